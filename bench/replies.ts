/** Answers of another process that are still to come, by the number of the call. */

export interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export class Replies {
  readonly #waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >();
  #calls = 0;
  #failure: string | undefined;

  /** A number for the next call, from 1, and its answer. Rejects at once where the other side has failed. */
  expect(): { id: number; answer: Promise<unknown> } {
    this.#calls += 1;
    return { id: this.#calls, answer: this.answerTo(this.#calls) };
  }

  answerTo(id: number): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(new Error(this.#failure));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  receive({ id, answer, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  /** No answer will come any more. */
  fail(reason: string): void {
    this.#failure = reason;
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
