/**
 * Sends training to the GPU in pieces short enough that whatever else the reader asks for is not kept waiting: as
 * many iterations as fit PIECE_MS, or one, or a part of one; at most two pieces are under way at once.
 */

/** What a submission should take of the GPU's time, in milliseconds. */
const PIECE_MS = 10;
const UNDER_WAY = 2;

/** Sends dispatches `from` … `to` − 1 of `iterations` iterations; resolves when they are done. */
export type Send = (piece: { iterations: number; from: number; to: number }) => Promise<void>;

export class Submitter {
  readonly #dispatches: number;
  readonly #floor: number;
  readonly #now: () => number;
  #millisecondsPerIteration: number | null = null;
  #underWay = 0;
  #lastDone = 0;
  readonly #waiting: (() => void)[] = [];
  #order: Promise<unknown> = Promise.resolve();

  /**
   * @param dispatches of one iteration.
   * @param floor milliseconds that a browser takes to answer although nothing is to be done: some look only every
   * tenth of a second, and that is not the GPU's time.
   */
  constructor(dispatches: number, floor: number, now: () => number = () => performance.now()) {
    this.#dispatches = dispatches;
    this.#floor = floor;
    this.#now = now;
  }

  /** The GPU's time for one iteration, as measured so far; null before there is a measurement. */
  get millisecondsPerIteration(): number | null {
    return this.#millisecondsPerIteration;
  }

  /** Sends so many iterations, after all those asked for before; resolves when the last piece is done. */
  async run(iterations: number, send: Send): Promise<void> {
    const turn = this.#order.then(() => this.#sendPieces(iterations, send));
    this.#order = turn.catch(() => undefined);
    await (
      await turn
    ).done;
  }

  /** Resolves once all pieces are sent; `done` once all are done. Wrapped, since promises unwrap each other. */
  async #sendPieces(iterations: number, send: Send): Promise<{ done: Promise<unknown> }> {
    const done: Promise<void>[] = [];
    let left = iterations;
    while (left > 0) {
      const cost = this.#millisecondsPerIteration ?? PIECE_MS;
      const together = Math.max(1, Math.min(left, Math.floor(PIECE_MS / Math.max(cost, 1e-3))));
      const parts = together > 1 ? 1 : Math.min(this.#dispatches, Math.max(1, Math.round(cost / PIECE_MS)));
      const size = Math.ceil(this.#dispatches / parts);
      for (let from = 0; from < this.#dispatches; from += size) {
        await this.#permit();
        const to = Math.min(from + size, this.#dispatches);
        done.push(
          this.#measured(
            send({ iterations: together, from, to }),
            together * ((to - from) / this.#dispatches),
          ),
        );
      }
      left -= together;
    }
    const all = Promise.all(done);
    all.catch(() => undefined);
    return { done: all };
  }

  async #permit(): Promise<void> {
    while (this.#underWay >= UNDER_WAY) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#underWay += 1;
  }

  async #measured(piece: Promise<void>, share: number): Promise<void> {
    const sent = this.#now();
    try {
      await piece;
      const now = this.#now();
      const cost = Math.max(0, now - Math.max(sent, this.#lastDone) - this.#floor) / share;
      this.#lastDone = now;
      const known = this.#millisecondsPerIteration;
      this.#millisecondsPerIteration = known === null ? cost : known + 0.2 * (cost - known);
    } finally {
      this.#underWay -= 1;
      this.#waiting.shift()?.();
    }
  }
}
