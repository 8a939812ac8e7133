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
  readonly #inseparable: number;
  readonly #most: number;
  readonly #floor: number;
  readonly #now: () => number;
  #millisecondsPerIteration: number | null = null;
  /** Iterations of the last piece: the next has twice as many at most, since a measurement may be wrong. */
  #together = 1;
  #underWay = 0;
  #lastDone = 0;
  readonly #waiting: (() => void)[] = [];
  #order: Promise<unknown> = Promise.resolve();

  /**
   * @param dispatches of one iteration.
   * @param inseparable dispatches at its end that are never parted, from the decision on: between them the count of
   * updates is ahead of the parameters, and a copy made there would hold neither iteration.
   * @param most iterations that a piece may have.
   * @param floor milliseconds that a browser takes to answer although nothing is to be done: some look only every
   * tenth of a second, and that is not the GPU's time.
   */
  constructor(
    { dispatches, inseparable }: { dispatches: number; inseparable: number },
    most: number,
    floor: number,
    now: () => number = () => performance.now(),
  ) {
    this.#dispatches = dispatches;
    this.#inseparable = inseparable;
    this.#most = most;
    this.#floor = floor;
    this.#now = now;
  }

  /** The GPU's time for one iteration, as measured so far; null before there is a measurement. */
  get millisecondsPerIteration(): number | null {
    return this.#millisecondsPerIteration;
  }

  /**
   * Sends so many iterations, after all those asked for before; resolves when the last piece is done. Where a piece
   * fails, it rejects, and the pieces not yet sent are left out.
   */
  async run(iterations: number, send: Send): Promise<void> {
    const turn = this.#order.then(() => this.#sendPieces(iterations, send));
    this.#order = turn.catch(() => undefined);
    await (
      await turn
    ).done;
  }

  /** Does other work once all pieces asked for before are done; those asked for later wait for it. */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#order.then(async () => {
      while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return work();
    });
    this.#order = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves once all pieces are sent; `done` once all are done. Wrapped, since promises unwrap each other. */
  async #sendPieces(iterations: number, send: Send): Promise<{ done: Promise<unknown> }> {
    const done: Promise<void>[] = [];
    const failures: unknown[] = [];
    for (let left = iterations; left > 0 && failures.length === 0; left -= this.#together) {
      const size = this.#plan(left);
      const share = this.#together / this.#dispatches;
      for (let from = 0, to; from < this.#dispatches && failures.length === 0; from = to) {
        await this.#permit();
        to = from + size <= this.#dispatches - this.#inseparable ? from + size : this.#dispatches;
        const piece = this.#measured(send({ iterations: this.#together, from, to }), (to - from) * share);
        // Heard of at once: the wait for the next permit may be long, and nobody else listens yet.
        piece.catch((error: unknown) => failures.push(error));
        done.push(piece);
      }
    }
    const all = Promise.all(done);
    all.catch(() => undefined);
    return { done: all };
  }

  /** Sets the iterations of the next pieces; returns the dispatches of a piece. */
  #plan(left: number): number {
    const cost = Math.max(this.#millisecondsPerIteration ?? PIECE_MS, 1e-3);
    const fit = Math.floor(PIECE_MS / cost);
    this.#together = Math.max(1, Math.min(fit, left, 2 * this.#together, this.#most));
    const parts = fit > 1 ? 1 : Math.max(1, Math.round(cost / PIECE_MS));
    return Math.ceil(this.#dispatches / parts);
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
