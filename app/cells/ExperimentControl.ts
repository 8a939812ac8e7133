/**
 * What a reader does to one experiment: the settings as the controls show them, beside those that the run was built
 * with, and every action. It outlives the view, as the run does, so that leaving a lesson loses nothing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExperimentSettings, KernelSetting } from '../notebook/schema.ts';
import type { Runtime } from '../worker/protocol.ts';
import { isTraining, type RunView } from '../worker/views.ts';
import { type SettingsChange, withChange } from './ExperimentChoices.ts';
import { loadProblem, loadRemark } from './ExperimentLoading.ts';
import { type ExperimentView, firstView, type OwnSource, waiting } from './ExperimentView.ts';
import { latestWins, type LatestWins } from './GenerateQueue.ts';

/** The runtime's methods that an experiment calls, as they look from the page. */
export type ExperimentRuntime = Pick<
  Runtime,
  | 'prepare'
  | 'play'
  | 'pause'
  | 'step'
  | 'reset'
  | 'adjust'
  | 'setKernels'
  | 'measureKernels'
  | 'showWindow'
  | 'forecastCsv'
  | 'save'
  | 'load'
  | 'keepSeries'
>;

type Live = Parameters<Runtime['adjust']>[1];

export class ExperimentControl {
  readonly key: string;
  /** The document's own settings. */
  readonly lesson: ExperimentSettings;
  readonly view: StoreApi<ExperimentView>;
  readonly #runtime: ExperimentRuntime;
  readonly #run: StoreApi<RunView>;
  readonly #adjustments: LatestWins<Live>;
  readonly #windows: LatestWins<number>;
  #live: Live = {};
  #built: Promise<void> = Promise.resolve();
  /** The settings last tried; null where they could not be built. */
  #attempted: ExperimentSettings | null = null;

  constructor(key: string, lesson: ExperimentSettings, runtime: ExperimentRuntime, run: StoreApi<RunView>) {
    this.key = key;
    this.lesson = lesson;
    this.#runtime = runtime;
    this.#run = run;
    this.view = createStore(() => firstView(lesson));
    const failed = (error: unknown) => this.#fail(error);
    this.#adjustments = latestWins({
      send: (live) => runtime.adjust(key, live),
      answered: (summary) => this.view.setState({ summary, problem: '' }),
      failed,
    });
    this.#windows = latestWins({
      send: (window) => runtime.showWindow(key, window),
      answered: () => undefined,
      failed,
    });
  }

  /** Builds the run unless it stands. */
  open(): void {
    if (!this.view.getState().applied) this.#build();
  }

  /** Forgets why the last action failed, unless nothing runs because of it. */
  leave(): void {
    if (this.view.getState().applied) this.view.setState({ problem: '' });
  }

  /**
   * Takes rate, noise and kernels at once. The rest waits for Reset, unless nothing was trained yet and so nothing is lost.
   */
  change(change: SettingsChange): void {
    const before = this.view.getState();
    const settings = withChange(before.settings, change);
    const { applied } = before;
    const { iteration, status } = this.#run.getState();
    this.view.setState({ settings });
    if (!applied || (iteration === 0 && status !== 'running' && waiting(this.view.getState()).length > 0)) {
      this.#build();
      return;
    }
    this.#adjust(settings, applied);
  }

  /** Takes the series that the reader's import read last. */
  bring(read: OwnSource): Promise<void | null> {
    return this.#ask(async () => {
      const source = await this.#runtime.keepSeries(read.source);
      const others = this.view.getState().ownSources.filter((own) => own.source !== source);
      this.view.setState({ ownSources: [...others, { ...read, source }] });
      this.chooseSeries(source);
    });
  }

  /** A series that the page makes, or one that was brought. */
  chooseSeries(source: string): void {
    const own = this.view.getState().ownSources.find((known) => known.source === source);
    // What is done about missing values belongs to the file.
    const { missing } = own ?? this.lesson.data;
    this.change({ data: { source, missing, ...(own && { noise: 0 }) } });
  }

  /** Takes the document's own settings again, all of them. */
  restoreLesson(): Promise<void> {
    this.view.setState({ settings: this.lesson });
    this.#build();
    return this.#built;
  }

  /** Shows again what the run was built with. */
  dropChanges(): void {
    const { applied } = this.view.getState();
    if (applied) this.view.setState({ settings: applied, problem: '' });
  }

  play(): void {
    this.view.setState({ starting: this.view.getState().building });
    void this.#act(() => this.#runtime.play(this.key)).then(() => this.view.setState({ starting: false }));
  }

  pause(): void {
    void this.#act(() => this.#halting(() => this.#runtime.pause(this.key)));
  }

  toggle(): void {
    if (this.view.getState().pausing) return;
    if (isTraining(this.#run.getState())) this.pause();
    else this.play();
  }

  step(): void {
    void this.#act(() => this.#halting(() => this.#runtime.step(this.key)));
  }

  /** Back to iteration 0, with the settings that waited, if any; resolves when it is there. */
  async reset(): Promise<void> {
    if (waiting(this.view.getState()).length === 0) {
      await this.#act(() => this.#halting(() => this.#runtime.reset(this.key)));
      return;
    }
    await this.#act(async () => {
      await this.#halting(() => this.#runtime.pause(this.key));
      this.#build();
    });
    await this.#built;
  }

  /** Resolves when the kernels were measured anew, or that was given up. */
  measureKernels(): Promise<void> {
    return this.#act(() => this.#runtime.measureKernels(this.key));
  }

  showWindow(window: number): void {
    this.view.setState({ window });
    this.#windows.request(window);
  }

  /** The forecast shown, as CSV; null where that failed, with the reason in the view. */
  forecastCsv(): Promise<string | null> {
    return this.#ask(() => this.#runtime.forecastCsv(this.key));
  }

  /** The run as a file; null where that failed. */
  save(): Promise<Uint8Array | null> {
    return this.#ask(() => this.#runtime.save(this.key));
  }

  async load(file: File): Promise<void> {
    const loaded = await this.#ask(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return this.#halting(() => this.#runtime.load(this.key, bytes)).catch((error: unknown) => {
        throw new Error(loadProblem(file.name, error), { cause: error });
      });
    });
    if (loaded) this.view.setState({ remark: loadRemark(file.name, loaded) });
  }

  #adjust(settings: ExperimentSettings, applied: ExperimentSettings): void {
    if (settings.train.kernels !== applied.train.kernels) {
      void this.#setKernels(settings.train.kernels, applied.train.kernels);
    }
    const live: Live = {};
    if (settings.train.rate !== applied.train.rate) live.learningRate = settings.train.rate;
    // Noise chosen for a series that waits for a reset waits with it.
    const sameSeries = settings.data.source === applied.data.source;
    if (sameSeries && settings.data.noise !== applied.data.noise) live.noise = settings.data.noise;
    if (Object.keys(live).length === 0) return;
    const { learningRate = applied.train.rate, noise = applied.data.noise } = live;
    this.#apply({ data: { noise }, train: { rate: learningRate } });
    // A waiting adjustment is replaced by the next, so that one carries all that changed since the run was built.
    this.#live = { ...this.#live, ...live };
    this.#adjustments.request(this.#live);
  }

  /** Kernels that cannot be had are given up again: the run stays as it is. */
  async #setKernels(kernels: KernelSetting, before: KernelSetting): Promise<void> {
    this.#apply({ train: { kernels } });
    const taken = await this.#ask(async () => {
      await this.#runtime.setKernels(this.key, kernels);
      return true;
    });
    const { settings } = this.view.getState();
    if (taken || settings.train.kernels !== kernels) return;
    this.view.setState({ settings: withChange(settings, { train: { kernels: before } }) });
    this.#apply({ train: { kernels: before } });
  }

  /** The run has these settings from now on. */
  #apply(change: SettingsChange): void {
    const { applied } = this.view.getState();
    if (applied) this.view.setState({ applied: withChange(applied, change) });
  }

  /** Builds with the settings as they are when its turn comes, so that of many changes only the last is built. */
  #build(): void {
    this.#built = this.#built.then(async () => {
      const { settings } = this.view.getState();
      if (settings === this.#attempted) return;
      this.#attempted = settings;
      this.view.setState({ building: true });
      const summary = await this.#ask(() => this.#runtime.prepare(this.key, settings));
      this.view.setState({ building: false });
      if (!summary) {
        this.#attempted = null;
        return;
      }
      this.#live = {};
      this.view.setState({ summary, applied: settings, window: 0 });
      // Rate and noise that changed meanwhile were told to the run before this one.
      this.#adjust(this.view.getState().settings, settings);
    });
  }

  /** Acts once the run stands; an action asked for early waits, one for a run that could not be built is dropped. */
  async #act(action: () => Promise<void>): Promise<void> {
    await this.#built;
    if (this.view.getState().applied) await this.#ask(action);
  }

  /** Does what training is stopped for, and tells meanwhile that it is being stopped. */
  async #halting<Answer>(action: () => Promise<Answer>): Promise<Answer> {
    this.view.setState({ pausing: isTraining(this.#run.getState()) });
    try {
      return await action();
    } finally {
      this.view.setState({ pausing: false });
    }
  }

  async #ask<Answer>(action: () => Promise<Answer>): Promise<Answer | null> {
    try {
      const answer = await action();
      this.view.setState({ problem: '', remark: '' });
      return answer;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #fail(error: unknown): void {
    this.view.setState({ problem: error instanceof Error ? error.message : String(error) });
  }
}
