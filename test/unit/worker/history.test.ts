import { describe, expect, it } from 'vitest';
import { appendToHistory, EMPTY_HISTORY, HISTORY_LIMIT, thin } from '../../../app/worker/history.ts';

const count = (length: number, first = 1) => Array.from({ length }, (_, i) => first + i);

/** A wave with one peak and one trough far outside. */
function loss(iteration: number): number {
  if (iteration === 23_457) return 1000;
  return iteration === 165_431 ? -1000 : Math.sin(iteration);
}

describe('appendToHistory', () => {
  it('keeps everything while there is little', () => {
    const first = appendToHistory(EMPTY_HISTORY, { iterations: [1, 2], losses: [5, 4] });
    const both = appendToHistory(first, { iterations: [3], losses: [3] });
    expect(both).toEqual({ iterations: [1, 2, 3], losses: [5, 4, 3] });
    expect(appendToHistory(both, EMPTY_HISTORY)).toBe(both);
  });

  it('replaces what is trained once more after a lost device', () => {
    const before = { iterations: [1, 2, 3, 4, 5], losses: [9, 8, 7, 6, 5] };
    expect(appendToHistory(before, { iterations: [3, 4], losses: [70, 60] })).toEqual({
      iterations: [1, 2, 3, 4],
      losses: [9, 8, 70, 60],
    });
  });

  it('never holds more than its limit, over many iterations, the extremes among them', () => {
    let history = EMPTY_HISTORY;
    for (let first = 1; first < 200_000; first += 100) {
      const iterations = count(100, first);
      history = appendToHistory(history, { iterations, losses: iterations.map(loss) });
      if (history.iterations.length > HISTORY_LIMIT) break;
    }
    expect(history.iterations.length).toBeLessThanOrEqual(HISTORY_LIMIT);
    expect(history.iterations.length).toBeGreaterThan(HISTORY_LIMIT / 4);
    expect(history.losses).toHaveLength(history.iterations.length);
    expect(history.losses[history.iterations.indexOf(23_457)]).toBe(1000);
    expect(history.losses[history.iterations.indexOf(165_431)]).toBe(-1000);
    expect(history.iterations.every((n, i) => i === 0 || n > history.iterations[i - 1]!)).toBe(true);
    expect(history.iterations.at(-1)).toBe(200_000);
  });
});

describe('thin', () => {
  it('leaves a short history alone', () => {
    const history = { iterations: [1, 2, 3], losses: [1, 2, 3] };
    expect(thin(history, 3)).toEqual(history);
  });

  it('keeps the lowest and the highest of each stretch, in order', () => {
    const history = { iterations: count(8), losses: [5, 9, 1, 5, 5, 2, 5, 8] };
    expect(thin(history, 4)).toEqual({ iterations: [2, 3, 6, 8], losses: [9, 1, 2, 8] });
  });

  it('never keeps more than it may, whatever the number and the limit', () => {
    for (let length = 101; length < 400; length++) {
      const history = { iterations: count(length, 7 * length), losses: count(length).map(Math.sin) };
      expect(thin(history, 100).iterations.length).toBeLessThanOrEqual(100);
    }
  });

  it('manages gaps between iterations', () => {
    const history = { iterations: [1, 2, 3, 4, 1000, 1001], losses: [1, 2, 3, 4, 5, 6] };
    const { iterations } = thin(history, 4);
    expect(iterations).toEqual([1, 4, 1000, 1001]);
  });
});
