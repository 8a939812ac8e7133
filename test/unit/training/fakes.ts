/** A device in virtual time: it works through its queue, and the host hears of what is done after a latency. */
import { DeviceLostError } from '../../../gpu/device/errors.ts';
import type { KernelChoice } from '../../../gpu/kernels/choice.ts';
import type { BuiltConfiguration, RunConfiguration } from '../../../gpu/model/configuration.ts';
import type {
  Engine,
  EngineDescription,
  GenerationRequest,
  IterationRecord,
  TrainingRun,
  TrainingState,
  WindowedSeries,
} from '../../../gpu/model/engine.ts';
import type { Clock } from '../../../gpu/training/pacing.ts';
import { Trainer } from '../../../gpu/training/trainer.ts';
import type { TrainerOptions } from '../../../gpu/training/trainer-options.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

export class VirtualClock implements Clock {
  #now = 0;
  #events: { time: number; happen: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  nextTask(): Promise<void> {
    return Promise.resolve();
  }

  at(time: number, happen: () => void): void {
    this.#events.push({ time: Math.max(time, this.#now), happen });
  }

  /** Lets so many milliseconds pass; after each event all that follows from it is carried out. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (;;) {
      this.#events.sort((a, b) => a.time - b.time);
      const next = this.#events[0];
      if (!next || next.time > end) break;
      this.#events.shift();
      this.#now = next.time;
      next.happen();
      await settled();
    }
    this.#now = end;
  }
}

/** Resolves when no microtask is left. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface FakeTiming {
  /** Device time of an iteration, milliseconds. */
  iteration: number;
  /** From done on the device to known on the host, milliseconds. */
  latency: number;
  /** The host hears of what is done only at multiples of this; 0: at once. */
  poll: number;
  /** By how much a copy of the state comes later still. */
  copy: number;
}

interface Submission {
  readonly kind: 'advance' | 'forecast' | 'generate' | 'capture';
  readonly count: number;
  readonly time: number;
}

export class FakeEngine implements Engine {
  readonly description: EngineDescription;
  readonly lost: Promise<string>;
  readonly runs: FakeRun[] = [];
  /** The kernels of a run that asks for none. */
  byDefault: KernelChoice = HARDWARE_STEPS;
  destroyed = false;
  isLost = false;
  #lose!: (reason: string) => void;
  readonly clock: VirtualClock;
  readonly timing: FakeTiming;

  constructor(
    clock: VirtualClock,
    timing: Partial<FakeTiming> = {},
    kind: EngineDescription['kind'] = 'webgpu',
  ) {
    this.clock = clock;
    this.timing = { iteration: 1, latency: 1, poll: 0, copy: 0, ...timing };
    this.description = { kind, vendor: 'fake', architecture: '', software: true, label: `fake ${kind}` };
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  /** The newest run. */
  get run(): FakeRun {
    return this.runs.at(-1)!;
  }

  createRun(
    configuration: RunConfiguration,
    series: WindowedSeries,
    state: TrainingState,
  ): Promise<TrainingRun> {
    if (this.isLost) return Promise.reject(new DeviceLostError('gone'));
    const run = new FakeRun(this, configuration, series, state);
    this.runs.push(run);
    return Promise.resolve(run as unknown as TrainingRun);
  }

  ceiling(): Promise<null> {
    return Promise.resolve(null);
  }

  /** A GPU's, whatever the configuration. */
  kernelChoices({ kernels }: RunConfiguration): readonly KernelChoice[] {
    if (this.description.kind === 'reference') return [];
    return [{ ...this.byDefault, ...kernels }];
  }

  tune(): Promise<null> {
    return Promise.resolve(null);
  }

  lose(reason = 'crashed'): void {
    this.isLost = true;
    for (const run of this.runs) run.drop(reason);
    this.#lose(reason);
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** What a trainer asks of no run. */
type Unasked = 'examine' | 'profile' | 'force' | 'generateTokens' | 'searchTokens';

/** Its one parameter is the iteration that it is at; its loss is 1 / iteration. */
export class FakeRun implements Omit<TrainingRun, Unasked> {
  readonly configuration: BuiltConfiguration;
  readonly cost = { parameters: 1, bytes: 16, dispatchesPerIteration: 7, kernels: [] };
  readonly submissions: Submission[] = [];
  /** The first iteration whose update is refused, and why. */
  broken: { iteration: number; what: 'loss' | 'gradient' } | null = null;
  destroyed = false;
  learningRate: number;
  values: Float32Array;
  mostInFlight = 0;
  /** Device time spent. */
  busy = 0;
  readonly #engine: FakeEngine;
  /** At the end of the queue. */
  #iteration: number;
  #refused = false;
  #free = 0;
  #inFlight = 0;
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(
    engine: FakeEngine,
    configuration: RunConfiguration,
    series: WindowedSeries,
    state: TrainingState,
  ) {
    this.#engine = engine;
    const [kernels] = engine.kernelChoices(configuration);
    this.configuration = { ...configuration, ...(kernels && { kernels }) } as BuiltConfiguration;
    this.learningRate = configuration.training.optimizer.learningRate;
    this.values = series.values;
    this.#iteration = state.iteration;
  }

  get iteration(): number {
    return this.#iteration;
  }

  drop(reason: string): void {
    for (const reject of this.#waiting) reject(new DeviceLostError(reason));
    this.#waiting.clear();
  }

  #submit<T>(kind: Submission['kind'], count: number, work: number, result: T): Promise<T> {
    const { clock, timing, isLost } = this.#engine;
    if (isLost) return Promise.reject(new DeviceLostError('gone'));
    this.submissions.push({ kind, count, time: clock.now() });
    this.#free = Math.max(this.#free, clock.now()) + work;
    this.busy += work;
    const known = this.#free + timing.latency;
    const polled = timing.poll > 0 ? Math.ceil(known / timing.poll) * timing.poll : known;
    const heard = polled + (kind === 'capture' ? timing.copy : 0);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      clock.at(heard, () => {
        this.#waiting.delete(reject);
        resolve(result);
      });
    });
  }

  async advance(count: number): Promise<readonly IterationRecord[]> {
    const records: IterationRecord[] = [];
    for (let done = 0; done < count && !this.#refused; done++) {
      const iteration = this.#iteration + 1;
      this.#refused = iteration === this.broken?.iteration;
      const what = this.#refused ? this.broken?.what : null;
      records.push({
        iteration,
        loss: what === 'loss' ? NaN : 1 / iteration,
        gradientNorm: what ? Infinity : 1,
      });
      if (!this.#refused) this.#iteration = iteration;
    }
    this.#inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      return await this.#submit('advance', count, count * this.#engine.timing.iteration, records);
    } finally {
      this.#inFlight--;
    }
  }

  forecast(starts: Uint32Array): Promise<Float32Array> {
    const length = this.configuration.training.sequenceLength * starts.length;
    return this.#submit('forecast', 0, 1, new Float32Array(length).fill(this.#iteration));
  }

  generate({ steps, draws }: GenerationRequest): Promise<Float32Array> {
    return this.#submit('generate', steps, 1, new Float32Array(steps * draws).fill(this.#iteration));
  }

  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
  }

  setSeries(values: Float32Array): void {
    this.values = values;
  }

  capture(): Promise<TrainingState> {
    return this.#submit('capture', 0, 0, stateAt(this.#iteration));
  }

  restore(state: TrainingState): void {
    this.#iteration = state.iteration;
    this.#refused = false;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

export function stateAt(iteration: number): TrainingState {
  return { iteration, parameters: Float32Array.of(iteration), optimizerState: new Float32Array() };
}

export const configuration: RunConfiguration = {
  model: { inputSize: 1, layers: [{ cell: 'rnn', hiddenSize: 1 }], outputSize: 1 },
  training: {
    batchSize: 2,
    sequenceLength: 8,
    optimizer: { algorithm: 'sgd', learningRate: 0.1 },
    clipNorm: null,
    initializer: 'glorot',
    seed: 1,
  },
};

/** A trainer, and all that its listener was told. */
export function makeTrainer(clock: VirtualClock, options: Partial<TrainerOptions> = {}) {
  const told = { statuses: [] as string[], records: [] as IterationRecord[], evaluations: [] as number[] };
  const trainer: Trainer = new Trainer({
    configuration,
    series: {
      values: Float32Array.from({ length: 100 }, (_, i) => i % 7),
      features: 1,
      trainingStarts: Uint32Array.from({ length: 40 }, (_, i) => i),
    },
    heldOutStarts: Uint32Array.from({ length: 20 }, (_, i) => 60 + i),
    initial: stateAt(0),
    iterations: 1000,
    clock,
    listener: {
      changed: () => told.statuses.push(trainer.status),
      trained: (records) => told.records.push(...records),
      evaluated: () => told.evaluations.push(clock.now()),
    },
    ...options,
  });
  return { trainer, told };
}
