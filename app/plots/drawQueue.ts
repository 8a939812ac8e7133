/**
 * One queue for all plots of the page. Whatever the number of points, a redraw costs plotly about 10 ms, so the
 * queue draws one plot per animation frame, at most ten a second in all, and rests longer after a slow redraw, so that
 * plots take no more than about a sixth of the page's time. A plot asked for again while it waits is drawn once.
 */
export interface DrawQueue {
  /** Draws `plot` when its turn comes, with the latest `draw` given for it. */
  request(plot: object, draw: () => void): void;
  /** Forgets a plot that has gone. */
  cancel(plot: object): void;
}

interface Clock {
  readonly now: () => number;
  readonly nextFrame: (then: () => void) => void;
}

const LEAST_INTERVAL = 100; // ms, so ten redraws a second
const LONGEST_INTERVAL = 400; // ms; the first draw of a page is slow, and must not hold up the next plot's
const REST_PER_DRAW = 5;

const pageClock: Clock = {
  now: () => performance.now(),
  nextFrame: (then) => void requestAnimationFrame(then),
};

export function createDrawQueue(clock: Clock = pageClock): DrawQueue {
  const waiting = new Map<object, () => void>(); // in the order of their requests
  let notBefore = 0;
  let ticking = false;

  function tick(): void {
    ticking = false;
    const [next] = waiting;
    if (!next) return;
    const start = clock.now();
    if (start >= notBefore) {
      const [plot, draw] = next;
      waiting.delete(plot);
      draw();
      const restful = (1 + REST_PER_DRAW) * (clock.now() - start);
      notBefore = start + Math.min(LONGEST_INTERVAL, Math.max(LEAST_INTERVAL, restful));
    }
    schedule();
  }

  function schedule(): void {
    if (ticking || waiting.size === 0) return;
    ticking = true;
    clock.nextFrame(tick);
  }

  return {
    request(plot, draw) {
      waiting.set(plot, draw);
      schedule();
    },
    cancel(plot) {
      waiting.delete(plot);
    },
  };
}

export const drawQueue: DrawQueue = createDrawQueue();
