/** One request under way, and of those made meanwhile only the latest: what follows a finger must never queue up. */

export interface LatestWins<Request> {
  /** Sends at once where nothing is under way; otherwise takes the place of what is waiting. */
  request(request: Request): void;
  /** Whether a request waits for the one under way. */
  waiting(): boolean;
  /** Forgets what waits; what is under way is no longer answered. */
  close(): void;
}

export interface LatestWinsOptions<Request, Answer> {
  readonly send: (request: Request) => Promise<Answer>;
  /** Called once for each answer, in the order of the requests. */
  readonly answered: (answer: Answer, request: Request) => void;
  /** Called where a request fails; the queue goes on. */
  readonly failed: (error: unknown, request: Request) => void;
}

export function latestWins<Request, Answer>(
  options: LatestWinsOptions<Request, Answer>,
): LatestWins<Request> {
  let underWay = false;
  let closed = false;
  let waiting: { readonly request: Request } | null = null;

  async function serve(request: Request): Promise<void> {
    try {
      const answer = await options.send(request);
      if (!closed) options.answered(answer, request);
    } catch (error) {
      if (!closed) options.failed(error, request);
    }
  }

  async function run(first: Request): Promise<void> {
    underWay = true;
    let next: { readonly request: Request } | null = { request: first };
    while (next) {
      waiting = null;
      await serve(next.request);
      next = waiting;
    }
    underWay = false;
  }

  return {
    request(request) {
      if (closed) return;
      if (underWay) waiting = { request };
      else void run(request);
    },
    waiting: () => waiting !== null,
    close() {
      closed = true;
      waiting = null;
    },
  };
}

/**
 * Calls at most once in `interval` milliseconds, asked for anew each time: at once after a quiet time, otherwise when
 * the interval is over.
 */
export function throttled(action: () => void, interval: () => number): { call(): void; cancel(): void } {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const act = () => {
    timer = null;
    last = performance.now();
    action();
  };
  return {
    call() {
      if (timer !== null) return;
      const wait = last + interval() - performance.now();
      if (wait <= 0) act();
      else timer = setTimeout(act, wait);
    },
    cancel() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
