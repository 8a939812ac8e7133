/**
 * The continuations that an opened run is asked for go before what it measures of itself: each has kernels of its own to
 * compile, which on a software adapter takes long, and longer where several are compiled at once.
 */

/** Milliseconds without a request, after which a run counts as opened. */
const MOMENT = 250;
/** Milliseconds after which it does in any case. */
const LONGEST = 2000;

export class Opening {
  #unanswered = 0;
  #lastAnswered = -Infinity;
  #over: Promise<void> | undefined;

  /** What a request is answered with. */
  async asked<T>(answer: () => Promise<T>): Promise<T> {
    this.#unanswered += 1;
    try {
      return await answer();
    } finally {
      this.#unanswered -= 1;
      this.#lastAnswered = performance.now();
    }
  }

  /** Resolves once no request has come for a moment since it was first called, and at once from then on. */
  over(): Promise<void> {
    return (this.#over ??= this.#quiet());
  }

  async #quiet(): Promise<void> {
    const begun = performance.now();
    const latest = begun + LONGEST;
    for (;;) {
      const now = performance.now();
      const left = this.#unanswered > 0 ? MOMENT : Math.max(begun, this.#lastAnswered) + MOMENT - now;
      if (left <= 0 || now >= latest) return;
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, latest - now)));
    }
  }
}
