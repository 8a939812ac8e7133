/** How a figure is taken: rows of calls, each about as long, and the middle one of their times. */

/** What a row should take, in milliseconds: many times what a clock or a scheduler adds. */
const ROW_MS = 150;
const MOST_CALLS = 400;
const ROWS = 5;
/** Rows where a single call takes over SLOW_MS. */
const FEW_ROWS = 3;
export const SLOW_MS = 1000;

/** What a figure of one peer may take, opening and compiling included, in milliseconds. */
export const BUDGET_MS = 60_000;

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly samples: readonly number[];
}

/** Of an even count, the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function spread(samples: readonly number[]): Spread {
  return { median: median(samples), least: Math.min(...samples), most: Math.max(...samples), samples };
}

/** Calls of a row, where one takes so many milliseconds. */
export function callsOfRow(milliseconds: number): number {
  return Math.max(1, Math.min(MOST_CALLS, Math.round(ROW_MS / milliseconds)));
}

export function rowsOf(milliseconds: number): number {
  return milliseconds > SLOW_MS ? FEW_ROWS : ROWS;
}

/** A figure, or why there is none. */
export type Figure = Spread | { readonly stopped: string };

/** A figure in the making: `call(n)` does it n times and resolves with the milliseconds of all of them. */
export class Timing {
  readonly samples: number[] = [];
  stopped: string | undefined;
  readonly #call: (count: number) => Promise<number>;
  #calls = 1;
  #rows = 0;
  #spent = 0;

  constructor(call: (count: number) => Promise<number>) {
    this.#call = call;
  }

  get done(): boolean {
    return this.stopped !== undefined || (this.#rows > 0 && this.samples.length >= this.#rows);
  }

  get left(): number {
    return BUDGET_MS - this.#spent;
  }

  get figure(): Figure {
    return this.stopped === undefined ? spread(this.samples) : { stopped: this.stopped };
  }

  /** Runs `work` on this figure's time. */
  async on<Result>(work: Promise<Result>): Promise<Result> {
    const begun = performance.now();
    try {
      return await work;
    } finally {
      this.#spent += performance.now() - begun;
    }
  }

  /** After the first call, which compiled: how long rows are, where a call took so many milliseconds. */
  async settle(milliseconds: number): Promise<void> {
    this.#calls = callsOfRow(milliseconds);
    this.#rows = rowsOf(milliseconds);
    if (this.#calls === 1) {
      this.samples.push(milliseconds);
      this.require(this.#rows - 1, milliseconds);
    } else {
      const warm = await this.on(this.#call(this.#calls));
      this.#calls = callsOfRow(warm / this.#calls);
    }
  }

  /** Stops where so many more calls, of so many milliseconds, would take longer than there is time for. */
  require(calls: number, milliseconds: number, word = 'about'): void {
    if (this.left < calls * milliseconds) {
      this.stopped = `${word} ${(milliseconds / 1000).toFixed(1)} s each`;
    }
  }

  async row(): Promise<void> {
    if (this.done) return;
    this.samples.push((await this.on(this.#call(this.#calls))) / this.#calls);
  }
}
