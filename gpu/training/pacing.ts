/**
 * How many iterations go into one submission, and how many submissions may be in flight.
 *
 * A submission should keep the device busy for about 10 ms: long enough to hide the cost of submitting, short enough
 * that a drag or Pause need not wait. The device's time is not observable in every browser, only when the host hears
 * that work is done, and some answer every 100 ms only. So the floor, the time of an empty round trip, is measured
 * first and subtracted, and the count grows while the time does not.
 */

/** Device time that a submission aims at, milliseconds. */
const TARGET = 10;
/** Weight of the newest measurement in the running mean. */
const NEWEST = 0.25;
/** Submissions longer than this never overlap, so that Pause waits for one iteration, not for two. */
const LONGEST_OVERLAPPED = 50;

export class Pacer {
  /** Iterations of the next submission. */
  count = 1;
  readonly #floor: number;
  readonly #largest: number;
  /** Running mean of the device time of one iteration, milliseconds. */
  #perIteration: number | null = null;
  #lastDone = -Infinity;

  /** `floor`: milliseconds of an empty round trip; `largest`: the most iterations of a submission. */
  constructor(floor: number, largest: number) {
    this.#floor = floor;
    this.#largest = largest;
  }

  /**
   * Submissions that may be in flight: two hide the way to the host and back. One is enough where a submission is
   * long beside that way, and then whatever the reader asks for waits half as long.
   */
  get depth(): 1 | 2 {
    if (this.#perIteration === null) return 1;
    const work = this.#perIteration * this.count;
    return work > Math.min(LONGEST_OVERLAPPED, Math.max(2 * TARGET, 5 * this.#floor)) ? 1 : 2;
  }

  /** A submission of `count` iterations, made at `submitted`, was heard of at `done` (milliseconds). */
  record(count: number, submitted: number, done: number): void {
    // Behind another submission, only the time since that one was done is this one's own.
    const own = done - Math.max(submitted, this.#lastDone);
    const work = Math.max(0, Math.min(own, done - submitted - this.#floor));
    this.#lastDone = done;
    const measured = work / count;
    this.#perIteration =
      this.#perIteration === null ? measured : this.#perIteration + NEWEST * (measured - this.#perIteration);
    const wanted = TARGET / Math.max(this.#perIteration, 1e-9);
    const bounded = Math.min(Math.max(wanted, this.count / 2), this.count * 2, this.#largest);
    this.count = Math.max(1, Math.floor(bounded));
  }
}

/** Iterations per second over the last second. */
export class RateMeter {
  #marks: { time: number; iteration: number }[] = [];

  /** Starts a new stretch: what lies between two stretches is not counted. */
  start(time: number, iteration: number): void {
    this.#marks = [{ time, iteration }];
  }

  /** Iteration `iteration` was heard of at `time`, milliseconds. */
  mark(time: number, iteration: number): void {
    this.#marks.push({ time, iteration });
    while (this.#marks.length > 2 && this.#marks[1]!.time <= time - 1000) this.#marks.shift();
  }

  /** Null before anything was measured. */
  get perSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.time <= first.time) return null;
    return ((last.iteration - first.iteration) * 1000) / (last.time - first.time);
  }
}

/** Where time comes from: replaced in tests. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Resolves after messages that wait have been handled. */
  nextTask(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  nextTask: () =>
    new Promise((resolve) => {
      // A timer would be held back by 4 ms in a browser.
      if (typeof setImmediate === 'function') {
        setImmediate(resolve);
        return;
      }
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener(
        'message',
        () => {
          port1.close();
          resolve();
        },
        { once: true },
      );
      port1.start();
      port2.postMessage(null);
    }),
};
