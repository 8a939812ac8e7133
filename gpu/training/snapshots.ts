/**
 * The host's copy of a run's state, from which training goes on when the device is lost. It is asked for early enough
 * that it is never more than 5 s or 200 iterations old, and the loop never waits for it unless it would grow older.
 */
import type { TrainingRun, TrainingState } from '../model/engine.ts';

/** The copy is never older than this. */
export const OLDEST_ITERATIONS = 200;
/** A copy is asked for after this many iterations, or this many milliseconds, whichever comes first. */
const ITERATIONS_BETWEEN = 64;
const MILLISECONDS_BETWEEN = 2000;
/** The most iterations of a submission, so that a copy and two submissions in flight stay within the age. */
export const LARGEST_SUBMISSION = 32;

export class Snapshots {
  #latest: TrainingState;
  #pending: Promise<void> | null = null;
  #askedIteration: number;
  #askedTime: number;
  /** Goes up when a state replaces the run's: a copy asked for before must not replace the newer one. */
  #era = 0;

  constructor(state: TrainingState, now: number) {
    this.#latest = state;
    this.#askedIteration = state.iteration;
    this.#askedTime = now;
  }

  get latest(): TrainingState {
    return this.#latest;
  }

  /** Whether a copy should be asked for once `submitted` iterations have been handed over. */
  due(submitted: number, now: number): boolean {
    if (this.#pending || submitted === this.#askedIteration) return false;
    return (
      submitted - this.#askedIteration >= ITERATIONS_BETWEEN || now - this.#askedTime >= MILLISECONDS_BETWEEN
    );
  }

  /** Iterations that may still be handed over before a newer copy has arrived. */
  room(submitted: number): number {
    return Math.max(0, this.#latest.iteration + OLDEST_ITERATIONS - submitted);
  }

  /**
   * Asks for a copy; resolves when it is here.
   * @throws DeviceLostError: the last copy then stands.
   */
  take(run: TrainingRun, submitted: number, now: number): Promise<void> {
    const era = this.#era;
    this.#askedIteration = submitted;
    this.#askedTime = now;
    const pending = run.capture().then((state) => {
      if (era === this.#era) this.#latest = state;
    });
    this.#pending = pending;
    return pending.finally(() => {
      if (this.#pending === pending) this.#pending = null;
    });
  }

  /** The run was set to this state. */
  replace(state: TrainingState, now: number): void {
    this.#era++;
    this.#latest = state;
    this.#pending = null;
    this.#askedIteration = state.iteration;
    this.#askedTime = now;
  }
}
