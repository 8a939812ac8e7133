/**
 * Trains a run while the reader watches: play, pause, one iteration, reset, abort, each in effect once the submissions
 * in flight are done, which is within one iteration or 100 ms. It knows nothing of an engine but the interface, and goes
 * on with another one after a lost device: see recovery.ts.
 */
import { DeviceLostError } from '../device/errors.ts';
import { type KernelChoice, sameKernels } from '../kernels/choice.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type {
  Engine,
  GenerationRequest,
  IterationRecord,
  RunCost,
  TrainingRun,
  TrainingState,
} from '../model/engine.ts';
import { NonFiniteError } from '../model/errors.ts';
import type { TuneOptions, Tuning } from '../model/tuning.ts';
import { Evaluation, type WindowErrors } from './evaluation.ts';
import { latencyFloor, notFinite, trainUntil } from './loop.ts';
import { type Clock, Pacer, RateMeter, systemClock } from './pacing.ts';
import { compiled, RunRecipe } from './recipe.ts';
import { RunSlot } from './slot.ts';
import { LARGEST_SUBMISSION, Snapshots } from './snapshots.ts';
import { Turns } from './turns.ts';
import type { TrainerListener, TrainerOptions, TrainerStatus } from './trainer-options.ts';

export class Trainer {
  status: TrainerStatus = 'idle';
  /** What went wrong and what to try; empty otherwise. */
  message = '';
  /** Iterations done. */
  iteration: number;
  iterationsAsked: number;
  /** Null before there was a run. */
  cost: RunCost | null = null;
  /** Those of the run; null before there was one, and of the reference. */
  kernels: KernelChoice | null = null;
  readonly #listener: TrainerListener;
  readonly #clock: Clock;
  readonly #iterations: number;
  readonly #evaluation: Evaluation;
  readonly #initial: TrainingState;
  readonly #snapshots: Snapshots;
  readonly #rate = new RateMeter();
  readonly #slot = new RunSlot((reason) => this.suspend(reason));
  readonly #recipe: RunRecipe;
  /** That of the run. */
  #engine: Engine | null = null;
  #pacer: Pacer | null = null;
  /** The iteration to train to; 0 where the reader does not want it to train. */
  #until = 0;
  /** Works under way for which training stands still. */
  #holding = 0;
  /** Runs begun: one that was long in the making must not replace a newer one. */
  #begun = 0;
  #loop: Promise<void> = Promise.resolve();
  readonly #commands = new Turns();
  readonly #aside = new Turns();

  constructor(options: TrainerOptions) {
    this.#listener = options.listener;
    this.#clock = options.clock ?? systemClock;
    this.#initial = options.initial;
    const { configuration, series, known = async () => undefined } = options;
    this.#recipe = new RunRecipe(configuration, series, known);
    this.#evaluation = new Evaluation(
      options.heldOutStarts,
      (starts) => this.use((run) => run.forecast(starts)),
      options.beforeEvaluation,
    );
    this.#iterations = options.iterations;
    this.#snapshots = new Snapshots(options.initial, this.#clock.now());
    this.iteration = options.initial.iteration;
    this.iterationsAsked = options.iterations;
  }

  /** As it was asked for, at the learning rate of now: kernels that were left open are open. */
  get configuration(): RunConfiguration {
    return this.#recipe.configuration;
  }

  get iterationsPerSubmission(): number {
    return this.#pacer?.count ?? 1;
  }

  get iterationsPerSecond(): number | null {
    return this.#rate.perSecond;
  }

  /** Of the model, null before it was measured. */
  get heldOutError(): WindowErrors | null {
    return this.#evaluation.errors;
  }

  /** Of saying that the next value is the last one read, on the same windows. */
  get persistenceError(): WindowErrors {
    return this.#evaluation.persistence(this.#recipe.series, this.configuration.training.sequenceLength);
  }

  /** The host's last copy, at most 5 s or 200 iterations old: what training goes on from after a lost device. */
  get snapshot(): TrainingState {
    return this.#snapshots.latest;
  }

  /**
   * Builds the run on an engine from the host's last copy, and goes on where training was interrupted. Where it is
   * asked for another engine meanwhile, or closed, this run is given back.
   * @throws ConfigurationError, OutOfMemoryError, DeviceLostError: there is no run on this engine.
   */
  async attach(engine: Engine): Promise<void> {
    const begun = ++this.#begun;
    const { kernels } = this.configuration;
    const run = await this.#recipe.make(engine, this.snapshot);
    if (begun !== this.#begun) {
      run.destroy();
      return;
    }
    if (kernels !== this.configuration.kernels) {
      run.destroy();
      await this.attach(engine);
      return;
    }
    if (!this.#settle(engine, run, this.snapshot) || this.status !== 'recovering') return;
    this.#become('idle');
    this.#start();
  }

  /**
   * Takes other kernels: the run goes over to them between two iterations, to the bit where it was, and trains on if it
   * did. What is left open is chosen anew.
   * @throws ConfigurationError, OutOfMemoryError, LimitError: the run then stays as it is.
   */
  async choose(kernels: Partial<KernelChoice>): Promise<void> {
    const before = this.configuration.kernels ?? {};
    this.#recipe.setKernels(kernels);
    const engine = this.#slot.current && this.#engine;
    // Where there is no run now, the next one takes them.
    if (!engine) return;
    const begun = ++this.#begun;
    try {
      if (sameKernels(await this.#recipe.kernelsOn(engine), this.kernels)) return;
      const run = await this.#recipe.make(engine, this.snapshot);
      // Training goes on while the new kernels compile.
      if (this.status === 'running') await compiled(run);
      await this.#commands.take(() => this.#handOver(engine, run, begun));
    } catch (error) {
      if (error instanceof DeviceLostError) return;
      if (begun === this.#begun) this.#recipe.setKernels(before);
      throw error;
    }
  }

  /** As Engine.tune, of this run as it is, training standing still; null also where there is no engine now. */
  tune(options: TuneOptions): Promise<Tuning | null> {
    const { configuration, series } = this.#recipe;
    return this.alone(
      async () => this.#engine && this.#engine.tune(configuration, series, this.snapshot, options),
    );
  }

  /**
   * Does work that wants the device for itself, after any other such work: training stands still meanwhile, and goes on
   * after it unless it was stopped. Play, pause and reset are taken at once, though nothing trains before it is done.
   */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#aside.take(() => this.#still(work));
  }

  /** The device is lost: waits for `attach`, and goes on then if it trains now. */
  suspend(reason: string): void {
    if (this.status === 'recovering' || this.status === 'failed') return;
    this.#engine = null;
    this.#slot.empty();
    this.#become('recovering', reason);
  }

  /** There is no way on. */
  fail(error: Error): void {
    this.#until = 0;
    this.#slot.close(error);
    this.#become('failed', error.message);
  }

  /** Trains until paused or finished; where it has finished, for as many iterations more. */
  play(): Promise<void> {
    return this.#commands.take(async () => {
      if (this.iteration >= this.iterationsAsked) this.iterationsAsked = this.iteration + this.#iterations;
      this.#until = this.iterationsAsked;
      this.#start();
    });
  }

  /** Resolves when nothing trains any more. */
  pause(): Promise<void> {
    this.#until = 0;
    return this.#commands.take(() => this.#halt());
  }

  /** Pauses, then trains one iteration. */
  step(): Promise<void> {
    this.#until = 0;
    return this.#commands.take(async () => {
      await this.#halt();
      this.#until = this.iteration + 1;
      this.iterationsAsked = Math.max(this.iterationsAsked, this.#until);
      this.#start();
      await this.#loop;
    });
  }

  /** Pauses, and goes back to the state that training began with. */
  reset(): Promise<void> {
    return this.load(this.#initial);
  }

  /** Pauses, and continues from a state such as that of a checkpoint. Reset still goes back to the beginning. */
  load(state: TrainingState): Promise<void> {
    this.#until = 0;
    return this.#commands.take(async () => {
      await this.#halt();
      this.#slot.current?.restore(state);
      this.#snapshots.replace(state, this.#clock.now());
      this.iteration = state.iteration;
      this.iterationsAsked = Math.max(this.#iterations, state.iteration);
      this.#evaluation.clear();
      this.#rate.start(this.#clock.now(), this.iteration);
      if (this.status !== 'failed' && this.status !== 'recovering') this.#become('idle');
      this.inBackground(this.evaluate());
    });
  }

  /** Stops for good and gives the memory back; what is in flight is dropped. */
  abort(): void {
    this.#until = 0;
    this.#slot.close(new Error('The run was closed.'));
  }

  /** From the next submission. @throws ConfigurationError: the rate then stays. */
  setLearningRate(learningRate: number): void {
    this.#recipe.setLearningRate(learningRate);
    this.#slot.current?.setLearningRate(learningRate);
  }

  /** Replaces the normalised values by as many others, from the next submission. @throws ConfigurationError */
  setSeries(values: Float32Array): void {
    this.#recipe.setSeries(values);
    this.#slot.current?.setSeries(values);
    if (this.status !== 'running') this.inBackground(this.evaluate());
  }

  /** Does work on the run at once, before any training not yet submitted; again on a new engine after a loss. */
  use<T>(work: (run: TrainingRun) => Promise<T>): Promise<T> {
    return this.#slot.use(work);
  }

  /** As TrainingRun. */
  generate(request: GenerationRequest): Promise<Float32Array> {
    return this.use((run) => run.generate(request));
  }

  /** Takes work that nobody waits for: where it fails, the run has failed. */
  inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#broke(error));
  }

  /** Measures the held-out error now. */
  async evaluate(): Promise<void> {
    const measured = await this.#evaluation.measure(() => this.#recipe.series, this.#clock.now());
    if (measured) this.#listener.evaluated();
  }

  /** A run takes its place, at a state; false where there is to be none. */
  #settle(engine: Engine, run: TrainingRun, state: TrainingState): boolean {
    this.#recipe.refresh(run, state);
    this.#engine = engine;
    this.cost = run.cost;
    this.kernels = run.configuration.kernels ?? null;
    this.iteration = state.iteration;
    this.#pacer = null;
    return this.#slot.fill(run);
  }

  /** Another run goes on from where this one is, unless a newer one was begun or this one is gone. */
  async #handOver(engine: Engine, run: TrainingRun, begun: number): Promise<void> {
    const old = this.#slot.current;
    const stands = (): boolean => begun === this.#begun && this.#slot.current === old;
    await this.#still(async () => {
      const state = stands() && (await old?.capture());
      if (!state || !stands()) return;
      this.#snapshots.replace(state, this.#clock.now());
      this.#settle(engine, run, state);
      old?.destroy();
    }).finally(() => this.#slot.current === run || run.destroy());
    this.#listener.changed();
  }

  /** Training stands still while work is done. */
  async #still<T>(work: () => Promise<T>): Promise<T> {
    this.#holding += 1;
    try {
      await this.#loop;
      return await work();
    } finally {
      this.#holding -= 1;
      if (this.status === 'running') this.#rate.start(this.#clock.now(), this.iteration);
      this.#goOn();
    }
  }

  async #halt(): Promise<void> {
    this.#until = 0;
    await this.#loop;
    // Where it stands still, no loop says so.
    if (this.status === 'running') this.#become('idle');
  }

  #start(): void {
    const run = this.#slot.current;
    if (!run || this.status === 'running' || this.#until <= this.iteration) return;
    this.#rate.start(this.#clock.now(), this.iteration);
    this.#become('running');
    this.#goOn();
  }

  /** Trains, where it is to and nothing keeps it from it. */
  #goOn(): void {
    const { current } = this.#slot;
    if (current && this.status === 'running' && this.#holding === 0) this.#loop = this.#train(current);
  }

  /** Trains to `#until`; never rejects. */
  async #train(run: TrainingRun): Promise<void> {
    const current = (): boolean => this.#slot.current === run;
    try {
      this.#pacer ??= new Pacer(await latencyFloor(run, this.#clock), LARGEST_SUBMISSION);
      await trainUntil({
        run,
        pacer: this.#pacer,
        snapshots: this.#snapshots,
        clock: this.#clock,
        iteration: this.iteration,
        until: () => (this.#holding > 0 ? 0 : this.#until),
        trained: (records) => current() && this.#accept(records),
        submitted: () => this.#evaluation.due(this.#clock.now()) && this.inBackground(this.evaluate()),
      });
      if (!current() || (this.#holding > 0 && !this.message)) return;
      this.#until = 0;
      if (this.message) await this.#keepLastGood(run);
      else this.#become(this.iteration >= this.iterationsAsked ? 'finished' : 'idle');
      this.inBackground(this.#snapshots.take(run, this.iteration, this.#clock.now()));
      this.inBackground(this.evaluate());
    } catch (error) {
      if (current()) this.#broke(error);
    }
  }

  #accept(records: readonly IterationRecord[]): void {
    const last = records.at(-1);
    if (!last) {
      // Refused: the record that says why came before.
      this.#until = 0;
      return;
    }
    const wrong = notFinite(last);
    this.iteration = wrong ? last.iteration - 1 : last.iteration;
    this.#rate.mark(this.#clock.now(), this.iteration);
    if (wrong) {
      this.#until = 0;
      this.message = new NonFiniteError(last.iteration, wrong).message;
    }
    this.#listener.trained(records);
  }

  /** After a refused update: ends the refusal, so that Play with a lower rate goes on from the last good weights. */
  async #keepLastGood(run: TrainingRun): Promise<void> {
    const state = { ...(await run.capture()), iteration: this.iteration };
    run.restore(state);
    this.#snapshots.replace(state, this.#clock.now());
    this.#become('stopped', this.message);
  }

  #broke(error: unknown): void {
    if (error instanceof DeviceLostError) this.suspend(error.message);
    else if (this.#slot.current) this.fail(error instanceof Error ? error : new Error(String(error)));
  }

  #become(status: TrainerStatus, message = ''): void {
    this.status = status;
    this.message = message;
    this.#listener.changed();
  }
}
