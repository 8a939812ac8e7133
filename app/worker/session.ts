/** One run as a notebook cell knows it: its series, its trainer, and what is reported of both. */
import {
  type Checkpoint,
  ConfigurationError,
  initialState,
  loadCheckpoint,
  requireSameModel,
  saveCheckpoint,
  Trainer,
} from '../../gpu/index.ts';
import { forecastCsv } from '../data/csv.ts';
import type { ExperimentSettings, KernelSetting } from '../notebook/schema.ts';
import { configurationOf, sameRun } from './configuration.ts';
import type { CostedRun } from './costs.ts';
import { Kernels, kernelsApart } from './kernels.ts';
import { Opening } from './opening.ts';
import { drawPicture } from './picture.ts';
import type { ForecastPicture, Generated, LoadedRun, RunReport, Runtime, SeedRequest } from './protocol.ts';
import type { Reporter } from './reporter.ts';
import {
  cutExcerpt,
  denormalise,
  type ExperimentSeries,
  type ImportedSeries,
  makeSeries,
  normalise,
  windowed,
} from './series.ts';
import type { Tunings } from './tunings.ts';

export class Session {
  readonly trainer: Trainer;
  readonly #reporter: Reporter;
  readonly #imported: ImportedSeries;
  readonly #kernels: Kernels;
  readonly #opening = new Opening();
  /** In which modes it has gone on from a seed. */
  readonly #modes = new Set<SeedRequest['mode']>();
  #settings: ExperimentSettings;
  #series: ExperimentSeries;
  #window = 0;
  /** The last that was drawn of this attempt. */
  #picture: ForecastPicture | null = null;
  #drawing: Promise<void> | null = null;
  #closed = false;

  /** @throws ConfigurationError, SeriesError where the settings or the series cannot be. */
  constructor(settings: ExperimentSettings, imported: ImportedSeries, tunings: Tunings, reporter: Reporter) {
    const configuration = configurationOf(settings);
    this.#settings = settings;
    this.#imported = imported;
    this.#series = makeSeries(settings, imported);
    this.#reporter = reporter;
    this.#kernels = new Kernels(settings.train.kernels, tunings, () => this.#report('now'));
    this.trainer = new Trainer({
      configuration,
      series: windowed(this.#series.prepared),
      heldOutStarts: this.#series.prepared.heldOutStarts,
      initial: initialState(configuration),
      iterations: settings.train.iterations,
      known: this.#kernels.known,
      beforeEvaluation: () => this.#opening.over(),
      listener: {
        changed: () => this.#report('now'),
        trained: (records) => {
          reporter.origin = 'trained';
          reporter.trained(records);
          this.#report('soon');
        },
        evaluated: () => this.#evaluated(),
      },
    });
  }

  get summary(): ExperimentSeries['summary'] {
    return this.#series.summary;
  }

  /** Whether the run can go on under these settings, live ones apart. */
  fits(settings: ExperimentSettings): boolean {
    return this.trainer.status !== 'failed' && sameRun(this.#settings, settings);
  }

  /** The run is built: shows what it says before it was trained. */
  begin(): void {
    this.#reporter.restart('trained');
    this.#report('now');
    this.trainer.inBackground(this.trainer.evaluate());
  }

  close(): void {
    this.#closed = true;
    this.#kernels.interrupt('paused');
    this.#reporter.stop();
  }

  /** Trains; kernels that were never measured here are measured first. */
  async play(): Promise<void> {
    const trains = this.trainer.status === 'running';
    if (trains || (await this.#kernels.settle(this.trainer))) await this.trainer.play();
  }

  async pause(): Promise<void> {
    this.#kernels.interrupt('paused');
    await this.trainer.pause();
  }

  async step(): Promise<void> {
    this.#kernels.interrupt('paused');
    await this.trainer.step();
  }

  /** Measures the kernels anew; training stands still meanwhile. */
  async measureKernels(): Promise<void> {
    await this.#kernels.measure(this.trainer);
  }

  async setKernels(kernels: KernelSetting): Promise<void> {
    await this.#kernels.set(kernels, this.trainer);
    this.#settings = { ...this.#settings, train: { ...this.#settings.train, kernels } };
  }

  async reset(): Promise<void> {
    await this.#from('trained', () => this.trainer.reset());
  }

  adjust({ learningRate, noise }: Parameters<Runtime['adjust']>[1]): void {
    const { data, train } = this.#settings;
    if (learningRate !== undefined && learningRate !== train.rate) {
      if (!(learningRate > 0 && Number.isFinite(learningRate))) {
        throw new ConfigurationError('train.rate', `is ${learningRate}; allowed: numbers greater than 0.`);
      }
      this.#settings = { ...this.#settings, train: { ...train, rate: learningRate } };
      this.trainer.setLearningRate(learningRate);
    }
    if (noise !== undefined && noise !== data.noise) {
      const settings = { ...this.#settings, data: { ...data, noise } };
      this.#series = makeSeries(settings, this.#imported);
      this.#settings = settings;
      this.trainer.setSeries(this.#series.prepared.normalised);
    }
  }

  /** Null where it has no kernels to be costed. */
  get costed(): CostedRun | null {
    const { configuration, kernels, snapshot } = this.trainer;
    if (!kernels) return null;
    return {
      configuration: { ...configuration, kernels },
      series: windowed(this.#series.prepared),
      state: snapshot,
    };
  }

  async showWindow(window: number): Promise<void> {
    this.#window = window;
    await this.#drawNext();
  }

  /** Of what the network says now, which the last picture may be behind; of that one where the run has failed. */
  async forecastCsv(): Promise<string> {
    const last = this.trainer.status === 'failed' ? this.#picture : null;
    return forecastCsv(last ?? (await drawPicture(this.trainer, this.#series.prepared, this.#window)));
  }

  async generate({ seed, noise, ...request }: SeedRequest): Promise<Generated> {
    const window = this.#settings.train.window;
    const { prepared } = this.#series;
    const shortest = request.mode === 'window' ? window : 1;
    if (seed.length < shortest) {
      throw new ConfigurationError('seed', `has ${seed.length} values; at least ${shortest} are needed.`);
    }
    const bad = seed.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new ConfigurationError(`seed[${bad}]`, `is ${seed[bad]}; every value must be a finite number.`);
    }
    const { iteration } = this.trainer;
    const begun = performance.now();
    const outputs = await this.#opening.asked(() =>
      this.trainer.generate({
        ...request,
        seed: normalise(prepared, seed),
        noise: noise / prepared.deviation,
        window,
      }),
    );
    const milliseconds = performance.now() - begun;
    const isFirst = !this.#modes.has(request.mode);
    this.#modes.add(request.mode);
    const values = denormalise(prepared, outputs);
    const sequences = Array.from({ length: request.draws }, (_, draw) =>
      values.slice(draw * request.steps, (draw + 1) * request.steps),
    );
    return { sequences, milliseconds, isFirst, iteration };
  }

  excerpt(length: number, randomSeed: number): Float32Array {
    return cutExcerpt(this.#series.prepared, length, randomSeed);
  }

  async save(): Promise<Uint8Array> {
    const { mean, deviation } = this.#series.prepared;
    const { model, training } = this.trainer.configuration;
    const { state, kernels } = await this.trainer.use(async (run) => ({
      state: await run.capture(),
      kernels: run.configuration.kernels,
    }));
    return saveCheckpoint({
      configuration: { model, training, ...(kernels && { kernels }) },
      state,
      normalisation: { mean, deviation },
      source: this.#settings.data.source,
    });
  }

  /** @throws ConfigurationError where the file is damaged or holds another model. */
  async load(file: Uint8Array): Promise<LoadedRun> {
    const checkpoint = loadCheckpoint(file);
    requireSameModel(checkpoint.configuration, this.trainer.configuration);
    await this.#continueFrom(checkpoint, 'trained');
    const { source } = this.#settings.data;
    const { mean, deviation } = this.#series.prepared;
    const theirs = checkpoint.normalisation;
    // The moments of a generated series change with its noise, and the series is still the same.
    const sameValues =
      !this.#imported.has(source) || (theirs.mean === mean && theirs.deviation === deviation);
    const otherKernels = kernelsApart(checkpoint.configuration.kernels, this.trainer.kernels);
    return { trainedOn: checkpoint.source, series: source, sameValues, otherKernels };
  }

  /** Loads what `fetchCheckpoint` gives into a run of its model and series that was not trained; true if it did. */
  async loadShipped(fetchCheckpoint: () => Promise<Checkpoint>): Promise<boolean> {
    if (!this.#untrained()) return false;
    const checkpoint = await fetchCheckpoint();
    if (!this.#untrained() || checkpoint.source !== this.#settings.data.source) return false;
    try {
      requireSameModel(checkpoint.configuration, this.trainer.configuration);
    } catch {
      return false;
    }
    await this.#continueFrom(checkpoint, 'shipped');
    return true;
  }

  #untrained(): boolean {
    return !this.#closed && this.trainer.iteration === 0 && this.trainer.status !== 'running';
  }

  #continueFrom({ state }: Checkpoint, origin: RunReport['origin']): Promise<void> {
    return this.#from(origin, () => this.trainer.load(state));
  }

  /** Moves the run to another state: a new attempt, whose report is the first that shows it. */
  async #from(origin: RunReport['origin'], move: () => Promise<void>): Promise<void> {
    await this.pause();
    if (this.#closed) throw new Error('The run was built anew meanwhile. Try again.');
    this.#picture = null;
    this.#reporter.restart(origin);
    await move();
    this.#report('now');
  }

  #evaluated(): void {
    if (this.#closed) return;
    this.#reporter.evaluated(this.trainer.heldOutError, this.trainer.persistenceError);
    this.#report('soon');
    // While it trains and a picture is being drawn, the next evaluation asks again.
    const isAskedAgain = this.#drawing !== null && this.trainer.status === 'running';
    if (!isAskedAgain) this.trainer.inBackground(this.#drawNext());
  }

  /** Draws once no other picture is being drawn, which may be of what was before. */
  async #drawNext(): Promise<void> {
    await this.#drawing?.catch(() => undefined);
    await this.#draw();
  }

  /** One picture at a time: who asks meanwhile waits for that. */
  #draw(): Promise<void> {
    this.#drawing ??= this.#drawOne().finally(() => (this.#drawing = null));
    return this.#drawing;
  }

  async #drawOne(): Promise<void> {
    if (this.#closed) return;
    const { attempt } = this.#reporter;
    const picture = await drawPicture(this.trainer, this.#series.prepared, this.#window);
    if (attempt !== this.#reporter.attempt) return;
    this.#picture = picture;
    this.#reporter.drawn(picture);
    this.#report('soon');
  }

  #report(when: 'now' | 'soon'): void {
    if (this.#closed) return;
    this.#reporter.kernels = this.#kernels.report(this.trainer);
    this.#reporter.report(this.trainer, when);
  }
}
