/** The worker's side of the protocol: owns the engine, every series and every run. */
import {
  type Checkpoint,
  ConfigurationError,
  loadCheckpoint,
  type OpenedEngine,
  Recovery,
} from '../../gpu/index.ts';
import type { ImportChoices, ImportReport, SeriesSummary } from '../data/types.ts';
import type { ExperimentSettings, KernelSetting } from '../notebook/schema.ts';
import { measureCosts, planCosts } from './costs.ts';
import { Imports } from './imports.ts';
import type {
  CostReport,
  DeviceReport,
  Generated,
  Listener,
  LoadedRun,
  Runtime,
  SeedRequest,
} from './protocol.ts';
import { Reporter } from './reporter.ts';
import { Session } from './session.ts';
import { Tunings } from './tunings.ts';

/** Checkpoints that come with the page, by the run they were made for. */
const SHIPPED: Readonly<Record<string, string>> = {
  'predict#train': 'checkpoints/predict-train.safetensors',
};

interface Opened {
  readonly recovery: Recovery;
  readonly listener: Listener;
  /** The page's address. */
  readonly base: string;
}

export class WorkerRuntime implements Runtime {
  readonly #openEngine: () => Promise<OpenedEngine>;
  readonly #sessions = new Map<string, Session>();
  readonly #reporters = new Map<string, Reporter>();
  readonly #imports = new Imports();
  readonly #tunings = new Tunings();
  /** Builds of each run, one after the other. */
  readonly #builds = new Map<string, Promise<unknown>>();
  /** Ends the measurement under way. */
  #measuring = new AbortController();
  /** Calls made before `open` wait for it. */
  readonly #opened: Promise<Opened>;
  #resolveOpened!: (opened: Opened) => void;

  constructor(openEngine: () => Promise<OpenedEngine>) {
    this.#openEngine = openEngine;
    this.#opened = new Promise((resolve) => {
      this.#resolveOpened = resolve;
    });
  }

  async open(listener: Listener, base: string): Promise<DeviceReport> {
    const recovery = new Recovery({
      open: this.#openEngine,
      changed: (opened) => listener.device(deviceReport(opened)),
    });
    this.#resolveOpened({ recovery, listener, base });
    return deviceReport(await recovery.opened);
  }

  prepare(key: string, settings: ExperimentSettings): Promise<SeriesSummary> {
    const before = this.#builds.get(key) ?? Promise.resolve();
    const build = before.catch(() => undefined).then(() => this.#build(key, settings));
    this.#builds.set(key, build);
    return build;
  }

  async play(key: string): Promise<void> {
    await this.#session(key).play();
  }

  async pause(key: string): Promise<void> {
    await this.#session(key).pause();
  }

  async step(key: string): Promise<void> {
    await this.#session(key).step();
  }

  async reset(key: string): Promise<void> {
    await this.#session(key).reset();
  }

  async adjust(key: string, live: Parameters<Runtime['adjust']>[1]): Promise<SeriesSummary> {
    const session = this.#session(key);
    session.adjust(live);
    return session.summary;
  }

  async setKernels(key: string, kernels: KernelSetting): Promise<void> {
    await this.#session(key).setKernels(kernels);
  }

  async measureKernels(key: string): Promise<void> {
    await this.#session(key).measureKernels();
  }

  async showWindow(key: string, window: number): Promise<void> {
    await this.#session(key).showWindow(window);
  }

  async forecastCsv(key: string): Promise<string> {
    return this.#session(key).forecastCsv();
  }

  async loadShipped(key: string): Promise<boolean> {
    const path = SHIPPED[key];
    return path !== undefined && this.#session(key).loadShipped(() => this.#fetchCheckpoint(path));
  }

  async planCosts(key: string): Promise<CostReport | null> {
    await this.#builds.get(key);
    const { costed } = this.#session(key);
    return costed && planCosts(costed);
  }

  async measureCosts(key: string, progress: (share: number) => void): Promise<CostReport | null> {
    await this.#builds.get(key);
    const { costed } = this.#session(key);
    if (!costed) return null;
    this.#measuring.abort();
    const { signal } = (this.#measuring = new AbortController());
    const { engine } = await (await this.#opened).recovery.opened;
    try {
      return await this.#alone(() => measureCosts(engine, costed, { signal, progress }));
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  async stopMeasuring(): Promise<void> {
    this.#measuring.abort();
  }

  async generate(key: string, request: SeedRequest): Promise<Generated> {
    return this.#session(key).generate(request);
  }

  async excerpt(key: string, length: number, randomSeed: number): Promise<Float32Array> {
    return this.#session(key).excerpt(length, randomSeed);
  }

  async save(key: string): Promise<Uint8Array> {
    return this.#session(key).save();
  }

  async load(key: string, file: Uint8Array): Promise<LoadedRun> {
    return this.#session(key).load(file);
  }

  importSeries(name: string, content: Blob | string, choices: ImportChoices): Promise<ImportReport> {
    return this.#imports.read(name, content, choices);
  }

  async keepSeries(source: string): Promise<string> {
    return this.#imports.keep(source);
  }

  async #build(key: string, settings: ExperimentSettings): Promise<SeriesSummary> {
    const { recovery, listener } = await this.#opened;
    const current = this.#sessions.get(key);
    if (current?.fits(settings)) {
      current.adjust({ learningRate: settings.train.rate, noise: settings.data.noise });
      await current.setKernels(settings.train.kernels);
      return current.summary;
    }
    await current?.pause();
    const reporter = this.#reporters.get(key) ?? new Reporter(key, (report) => listener.run(report));
    const next = new Session(settings, this.#imports.kept, this.#tunings, reporter);
    // Until the next run is built, the one that is there stays as it stands.
    await recovery.add(next.trainer);
    if (current) {
      current.close();
      recovery.remove(current.trainer);
    }
    this.#reporters.set(key, reporter);
    this.#sessions.set(key, next);
    next.begin();
    return next.summary;
  }

  /** Does work while no run trains. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const sessions = [...this.#sessions.values()];
    return sessions.reduce(
      (inner, { trainer }) =>
        () =>
          trainer.alone(inner),
      work,
    )();
  }

  #session(key: string): Session {
    const session = this.#sessions.get(key);
    if (session) return session;
    const known = [...this.#sessions.keys()].join(', ') || 'none yet';
    throw new ConfigurationError('key', `there is no run "${key}"; there are: ${known}. Prepare it first.`);
  }

  async #fetchCheckpoint(path: string): Promise<Checkpoint> {
    const { base } = await this.#opened;
    const response = await fetch(new URL(path, base));
    if (!response.ok) {
      throw new Error(
        `The trained network that comes with the page could not be loaded: ${path} gave ${response.status}. Train one instead.`,
      );
    }
    return loadCheckpoint(new Uint8Array(await response.arrayBuffer()));
  }
}

function deviceReport({ engine, notice }: OpenedEngine): DeviceReport {
  return { engine: engine.description, notice };
}
