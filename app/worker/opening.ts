/**
 * What an opened run is asked for goes before what it measures of itself: each has kernels of its own to compile, which on
 * a software adapter takes long, and longer where several are compiled at once.
 */

/** Milliseconds without a request, after which a run counts as opened. */
const MOMENT = 250;
/** Milliseconds after which it does in any case. */
const LONGEST = 2000;

export class Opening {
  #unanswered = 0;
  #lastAsked = performance.now();
  #over: Promise<void> | undefined;

  /** A request of the reader's, with what answers it. */
  async asked<T>(answer: () => Promise<T>): Promise<T> {
    this.#unanswered += 1;
    try {
      return await answer();
    } finally {
      this.#unanswered -= 1;
      this.#lastAsked = performance.now();
    }
  }

  /** Resolves once no request has come for a moment, and at once from then on. */
  over(): Promise<void> {
    return (this.#over ??= this.#quiet());
  }

  async #quiet(): Promise<void> {
    const latest = performance.now() + LONGEST;
    for (;;) {
      const now = performance.now();
      const left = this.#unanswered > 0 ? MOMENT : this.#lastAsked + MOMENT - now;
      if (left <= 0 || now >= latest) return;
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, latest - now)));
    }
  }
}
