/** The place of a run that may be lost and replaced: whoever needs a run waits here for the next one. */
import { DeviceLostError } from '../device/errors.ts';
import type { TrainingRun } from '../model/engine.ts';

export class RunSlot {
  #current: TrainingRun | null = null;
  #closed: Error | null = null;
  #waiting: { resolve: (run: TrainingRun) => void; reject: (error: Error) => void }[] = [];
  readonly #lost: (reason: string) => void;

  /** `lost` is told when work found its run's device gone. */
  constructor(lost: (reason: string) => void) {
    this.#lost = lost;
  }

  /** Null while there is none. */
  get current(): TrainingRun | null {
    return this.#current;
  }

  /** Takes the run over; where there was to be no other, destroys it and says false. */
  fill(run: TrainingRun): boolean {
    if (this.#closed) {
      run.destroy();
      return false;
    }
    this.#current = run;
    for (const { resolve } of this.#waiting.splice(0)) resolve(run);
    return true;
  }

  empty(): void {
    this.#current = null;
  }

  /** There will be no other run: this one is destroyed, and whoever waits is told why. */
  close(error: Error): void {
    this.#current?.destroy();
    this.#current = null;
    this.#closed = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /**
   * Does the work on the run, at once where there is one, and again on the next where the device was lost or another
   * run took the place of this one.
   */
  async use<T>(work: (run: TrainingRun) => Promise<T>): Promise<T> {
    for (;;) {
      const run = this.#current ?? (await this.#next());
      try {
        return await work(run);
      } catch (error) {
        const lost = error instanceof DeviceLostError;
        if (this.#current !== run && (lost || this.#current)) continue;
        if (!lost) throw error;
        this.empty();
        this.#lost(error.message);
      }
    }
  }

  #next(): Promise<TrainingRun> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
