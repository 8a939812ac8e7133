/**
 * One queue for all plots of the page. Curves cost 1 or 2 ms, axes that move 10 to 20 ms, more where the processor is
 * busy with training, so the queue draws one plot per animation frame, at most ten a second in all, and fewer where
 * redraws are slow: plots take about a twenty-fifth of the page's time. A plot asked for again while it waits is
 * drawn once.
 */
export interface DrawQueue {
  /**
   * Draws `plot` when its turn comes, with the latest `draw` given for it. With `soon`, at the next free frame: for
   * what the reader waits for, such as a first drawing or another theme.
   */
  request(plot: object, draw: () => void, soon?: boolean): void;
  /** Forgets a plot that has gone. */
  cancel(plot: object): void;
}

interface Waiting {
  readonly draw: () => void;
  readonly soon: boolean;
}

interface Clock {
  readonly now: () => number;
  readonly nextFrame: (then: () => void) => void;
  readonly wait: (milliseconds: number, then: () => void) => void;
}

const LEAST_INTERVAL = 100; // ms, so ten redraws a second
const LONGEST_INTERVAL = 1500; // ms
const INTERVAL_PER_COST = 25;

const pageClock: Clock = {
  now: () => performance.now(),
  nextFrame: (then) => void requestAnimationFrame(then),
  wait: (milliseconds, then) => void setTimeout(then, milliseconds),
};

export function createDrawQueue(clock: Clock = pageClock): DrawQueue {
  const waiting = new Map<object, Waiting>(); // in the order of their requests
  let notBefore = 0;
  let framed = false;
  let resting = false;

  function tick(): void {
    framed = false;
    const start = clock.now();
    const turns = [...waiting];
    const next = turns.find(([, { soon }]) => soon) ?? (start >= notBefore ? turns[0] : undefined);
    if (next) {
      const [plot, { draw, soon }] = next;
      waiting.delete(plot);
      draw();
      const rest = soon ? LEAST_INTERVAL : INTERVAL_PER_COST * (clock.now() - start);
      notBefore = start + Math.min(LONGEST_INTERVAL, Math.max(LEAST_INTERVAL, rest));
    }
    schedule();
  }

  /** Asks for a frame where something may be drawn in it, otherwise for one after the rest. */
  function schedule(): void {
    if (waiting.size === 0) return;
    const rest = notBefore - clock.now();
    const ready = rest <= 0 || [...waiting.values()].some(({ soon }) => soon);
    if (ready && !framed) {
      framed = true;
      clock.nextFrame(tick);
    } else if (!ready && !resting) {
      resting = true;
      clock.wait(rest, () => {
        resting = false;
        schedule();
      });
    }
  }

  return {
    request(plot, draw, soon = false) {
      waiting.set(plot, { draw, soon: soon || (waiting.get(plot)?.soon ?? false) });
      schedule();
    },
    cancel(plot) {
      waiting.delete(plot);
    },
  };
}

export const drawQueue: DrawQueue = createDrawQueue();
