/**
 * Which of several kernels are the fastest here: each trains a run of its own for a few iterations, by turns, so that
 * what slows the machine for a moment does not decide.
 */
import { DeviceLostError } from '../device/errors.ts';
import type { KernelChoice } from '../kernels/choice.ts';
import type { TrainingRun } from '../model/engine.ts';
import type { KernelTiming, TuneOptions, Tuning } from '../model/tuning.ts';

/** Milliseconds for all of it. */
const BUDGET = 1000;
/** What one measurement takes at least, in milliseconds: long beside a round trip. */
const SHORTEST = 15;
/** The most iterations of a measurement. */
const MOST_ITERATIONS = 256;
/** Measurements of each choice, of which the least counts. */
const ROUNDS = 5;
/** A choice that twice took so many times the least is not measured again. */
const HOPELESS = 1.5;
/** The default stays unless another takes less than this part of its time: noise must not choose. */
const WORTHWHILE = 0.95;

/** Where time comes from: replaced in tests. */
export interface TuneClock {
  /** Milliseconds, never going back. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

const systemClock: TuneClock = {
  now: () => performance.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

type Open = (kernels: KernelChoice) => Promise<TrainingRun>;
type Timing = { -readonly [Field in keyof KernelTiming]: KernelTiming[Field] };

/**
 * @param choices the default first.
 * @param open makes a run with these kernels; what it cannot make is left out.
 * @throws DeviceLostError; the signal's reason, at once where it is aborted.
 */
export async function tuneKernels(
  choices: readonly KernelChoice[],
  open: Open,
  { budget = BUDGET, progress = () => undefined, signal }: TuneOptions = {},
  clock: TuneClock = systemClock,
): Promise<Tuning> {
  signal?.throwIfAborted();
  const timings = choices.map((kernels): Timing => ({ kernels, milliseconds: null }));
  const over = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal });
  });
  const told = (done: number): void => progress({ done, of: choices.length });
  try {
    // What is under way when the time is over is left to end by itself.
    await Promise.race([measure(timings, open, over.signal, told, clock), clock.wait(budget), stopped]);
  } finally {
    over.abort();
  }
  told(choices.length);
  return { choice: fastest(timings).kernels, timings: timings.map((timing) => ({ ...timing })) };
}

/** Fills the timings in, as far as it comes before it is `over`; the runs are given back in any case. */
async function measure(
  timings: readonly Timing[],
  open: Open,
  over: AbortSignal,
  told: (done: number) => void,
  clock: TuneClock,
): Promise<void> {
  const row = new Row(over, clock);
  const runs = new Map<Timing, TrainingRun>();
  try {
    for (const [index, timing] of timings.entries()) {
      if (over.aborted) return;
      told(index);
      await leftOut(timing, async () => {
        const run = await open(timing.kernels);
        runs.set(timing, run);
        // Compiles.
        if (!over.aborted) await run.advance(0);
        if (runs.size === 1) await row.fit(timing, run);
        else await row.time(timing, run);
      });
    }
    for (let round = 1; round < ROUNDS; round += 1) {
      const most = round === 1 ? Infinity : HOPELESS * leastOf(timings);
      for (const [timing, run] of runs) {
        if (timing.milliseconds !== null && timing.milliseconds < most) await row.time(timing, run);
      }
    }
  } finally {
    for (const run of runs.values()) run.destroy();
  }
}

/** A choice too large for the adapter, or refused by its driver, is out; a lost device ends everything. */
async function leftOut(timing: Timing, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    timing.milliseconds = null;
  }
}

/** A measurement: as many iterations for every choice. */
class Row {
  #iterations = 1;
  readonly #over: AbortSignal;
  readonly #clock: TuneClock;

  constructor(over: AbortSignal, clock: TuneClock) {
    this.#over = over;
    this.#clock = clock;
  }

  /** Takes as many iterations as are long enough; the last measurement on the way counts. */
  async fit(timing: Timing, run: TrainingRun): Promise<void> {
    for (;;) {
      timing.milliseconds = null;
      const spent = await this.time(timing, run);
      if (spent >= SHORTEST || this.#iterations === MOST_ITERATIONS || this.#over.aborted) return;
      const wanted = Math.ceil((this.#iterations * SHORTEST) / Math.max(spent, 1e-3));
      this.#iterations = Math.min(MOST_ITERATIONS, Math.max(2 * this.#iterations, wanted));
    }
  }

  /** Milliseconds that it took; what is heard of too late does not count. */
  async time(timing: Timing, run: TrainingRun): Promise<number> {
    if (this.#over.aborted) return 0;
    const begun = this.#clock.now();
    await run.advance(this.#iterations);
    const spent = this.#clock.now() - begun;
    const each = spent / this.#iterations;
    if (!this.#over.aborted) timing.milliseconds = Math.min(timing.milliseconds ?? Infinity, each);
    return spent;
  }
}

function leastOf(timings: readonly Timing[]): number {
  return Math.min(...timings.map(({ milliseconds }) => milliseconds ?? Infinity));
}

/** The first one unless another is faster by more than noise, or it could not be measured. */
function fastest(timings: readonly Timing[]): Timing {
  const [byDefault] = timings;
  const least = leastOf(timings);
  if (least === Infinity || least >= WORTHWHILE * (byDefault!.milliseconds ?? Infinity)) return byDefault!;
  return timings.find(({ milliseconds }) => milliseconds === least)!;
}
