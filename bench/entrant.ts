/** One peer in one place at one job: opened, timed row by row beside the others, and stopped where it takes too long. */
import { GENERATED, type GenerationMode, type Job, operations, WINDOW } from './cases.ts';
import type { Host, RemoteSession } from './host.ts';
import type { PeerEntry } from './peers/index.ts';
import type { Surveyed, Timed, Trained } from './session.ts';
import { BUDGET_MS, type Figure, SLOW_MS, Timing } from './timing.ts';

/** Losses of the first steps that are kept, to be compared. */
const KEPT_LOSSES = 4;
/** Values that are generated first, to know what all of them take. */
const FEW_VALUES = 10;
/** Training steps without which there is no figure. */
const FEWEST_STEPS = 4;

export interface EntrantResult {
  readonly where: string;
  readonly peer: string;
  readonly title: string;
  readonly step: Figure;
  /** From nothing to the first loss, all compiled: milliseconds. */
  readonly firstStep?: number;
  readonly dispatches?: number;
  readonly bytes?: number;
  /** What the training loop adds to the GPU's own time, as a share of that. */
  readonly overhead?: number;
  /** Of the first steps, each before its update. */
  readonly losses: readonly number[];
  readonly generation: Readonly<Partial<Record<GenerationMode, Figure>>>;
}

export class Entrant {
  readonly #host: Host;
  readonly #peer: PeerEntry;
  readonly #job: Job;
  readonly #training = new Timing((count) => this.#train(count));
  readonly #generation = new Map<GenerationMode, Timing>();
  readonly #losses: number[] = [];
  #session: RemoteSession | undefined;
  #firstStep: number | undefined;
  #surveyed: Surveyed | undefined;
  #overhead: number | undefined;

  constructor(host: Host, peer: PeerEntry, job: Job) {
    this.#host = host;
    this.#peer = peer;
    this.#job = job;
  }

  get label(): string {
    return `${this.#host.name} ${this.#peer.name}`;
  }

  /** Until the kernels are compiled and the length of a row is known. */
  async prepare(): Promise<void> {
    const timing = this.#training;
    const least = this.#peer.most ? operations(this.#job) / (1e6 * this.#peer.most) : 0;
    timing.require(FEWEST_STEPS, least, 'at least');
    await this.#guard(timing, async () => {
      this.#session = await this.#host.open();
      const first = await timing.on(this.#ask<Trained>(timing, 'prepare', this.#peer.name, this.#job));
      this.#firstStep = first.milliseconds;
      this.#keep(first.losses);
      this.#surveyed = await timing.on(this.#ask<Surveyed>(timing, 'survey'));
      this.#keep(this.#surveyed.losses);
      await timing.settle(this.#surveyed.milliseconds);
    });
  }

  trainRow(): Promise<void> {
    return this.#guard(this.#training, () => this.#training.row());
  }

  /** What the loop adds to the GPU's own time, measured after everything else. */
  async measureOverhead(): Promise<void> {
    if (this.#training.stopped !== undefined) return;
    const timing = new Timing(() => Promise.resolve(0));
    await this.#guard(timing, async () => {
      this.#overhead = (await this.#ask<number | null>(timing, 'overhead')) ?? undefined;
    });
  }

  /**
   * Where all values would take long, a few are generated in their place: each takes as long as the one before, the steps
   * that read the seed as long as those that go on from it.
   */
  async prepareGeneration(mode: GenerationMode): Promise<void> {
    if (this.#training.stopped !== undefined) return;
    const read = mode === 'carried' ? WINDOW : 0;
    const times = (read + GENERATED) / (read + FEW_VALUES);
    let whole = true;
    const timing: Timing = new Timing(async (count) =>
      whole
        ? this.#generate(timing, mode, count, GENERATED)
        : times * (await this.#generate(timing, mode, count, FEW_VALUES)),
    );
    await this.#guard(timing, async () => {
      const few = (): Promise<number> => timing.on(this.#generate(timing, mode, 1, FEW_VALUES));
      await few();
      const expected = times * (await few());
      whole = expected < SLOW_MS;
      await timing.settle(whole ? await timing.on(this.#generate(timing, mode, 1, GENERATED)) : expected);
    });
    this.#generation.set(mode, timing);
  }

  async generationRow(mode: GenerationMode): Promise<void> {
    const timing = this.#generation.get(mode);
    if (timing) await this.#guard(timing, () => timing.row());
  }

  get isTraining(): boolean {
    return !this.#training.done;
  }

  isGenerating(mode: GenerationMode): boolean {
    return this.#generation.get(mode)?.done === false;
  }

  get result(): EntrantResult {
    const surveyed = this.#surveyed;
    return {
      where: this.#host.name,
      peer: this.#peer.name,
      title: this.#peer.title,
      step: this.#training.figure,
      ...(this.#firstStep === undefined ? {} : { firstStep: this.#firstStep }),
      ...(surveyed ? { dispatches: surveyed.dispatches, bytes: surveyed.bytes } : {}),
      ...(this.#overhead === undefined ? {} : { overhead: this.#overhead }),
      losses: this.#losses,
      generation: Object.fromEntries([...this.#generation].map(([mode, { figure }]) => [mode, figure])),
    };
  }

  async end(): Promise<void> {
    await this.#session?.end();
    this.#session = undefined;
  }

  /** What fails, or is stopped, says so in its row, and nothing more is asked of it. */
  async #guard(timing: Timing, work: () => Promise<void>): Promise<void> {
    if (timing.done) return;
    try {
      await work();
    } catch (error) {
      timing.stopped = error instanceof Error ? error.message : String(error);
      await this.end();
    }
  }

  /** @throws Error where the answer is not there when the figure's time is up. */
  async #ask<Answer>(timing: Timing, method: Parameters<RemoteSession['call']>[0], ...values: unknown[]) {
    if (!this.#session) throw new Error('stopped before');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `over ${BUDGET_MS / 1000} s`;
      timer = setTimeout(() => reject(new Error(message)), Math.max(0, timing.left));
    });
    try {
      return (await Promise.race([this.#session.call(method, ...values), late])) as Answer;
    } finally {
      clearTimeout(timer);
    }
  }

  async #train(count: number): Promise<number> {
    const { milliseconds, losses } = await this.#ask<Trained>(this.#training, 'train', count);
    this.#keep(losses);
    return milliseconds;
  }

  async #generate(timing: Timing, mode: GenerationMode, times: number, values: number): Promise<number> {
    return (await this.#ask<Timed>(timing, 'generate', mode, values, times)).milliseconds;
  }

  #keep(losses: readonly number[]): void {
    this.#losses.push(...losses.slice(0, Math.max(0, KEPT_LOSSES - this.#losses.length)));
  }
}
