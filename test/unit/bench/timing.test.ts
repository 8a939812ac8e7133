import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BUDGET_MS, callsOfRow, median, spread, Timing } from '../../../bench/timing.ts';

describe('the middle of samples', () => {
  test('is the middle one of an odd count', () => expect(median([9, 1, 5])).toBe(5));
  test('is the mean of two of an even count', () => expect(median([9, 1, 5, 2])).toBe(3.5));
  test('has the least and the most beside it', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, samples: [3, 1, 2] });
  });
});

test.each([
  [1000, 1],
  [30, 5],
  [0.001, 400],
])('of calls of %f ms a row has %i', (milliseconds, calls) => {
  expect(callsOfRow(milliseconds)).toBe(calls);
});

/** Calls that take so long each, and how many were asked for at a time. */
function calls(milliseconds: number): { asked: number[]; timing: Timing } {
  const asked: number[] = [];
  const timing = new Timing((count) => {
    asked.push(count);
    vi.advanceTimersByTime(count * milliseconds);
    return Promise.resolve(count * milliseconds);
  });
  return { asked, timing };
}

async function take(timing: Timing, first: number): Promise<void> {
  await timing.settle(first);
  while (!timing.done) await timing.row();
}

describe('a figure', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('of short calls is five rows of many, after one that does not count', async () => {
    const { asked, timing } = calls(2);
    await take(timing, 30);
    expect(asked).toEqual([5, 75, 75, 75, 75, 75]);
    expect(timing.figure).toMatchObject({ median: 2, least: 2, most: 2, samples: [2, 2, 2, 2, 2] });
  });

  test('of long calls is three, the first of them counted', async () => {
    const { asked, timing } = calls(5000);
    await take(timing, 4000);
    expect(asked).toEqual([1, 1]);
    expect(timing.figure).toMatchObject({ median: 5000, samples: [4000, 5000, 5000] });
  });

  test('is not taken where that would last longer than there is time for', async () => {
    const { asked, timing } = calls(5000);
    await timing.on(Promise.resolve(vi.advanceTimersByTime(0)));
    await take(timing, BUDGET_MS / 2 + 1);
    expect(asked).toEqual([]);
    expect(timing.figure).toEqual({ stopped: 'about 30.0 s each' });
  });

  test('counts what was done on its time before', async () => {
    const { timing } = calls(1);
    const work = new Promise<void>((resolve) => {
      setTimeout(resolve, 50_000);
    });
    const counted = timing.on(work);
    vi.advanceTimersByTime(50_000);
    await counted;
    expect(timing.left).toBe(BUDGET_MS - 50_000);
    await timing.settle(6000);
    expect(timing.figure).toEqual({ stopped: 'about 6.0 s each' });
  });
});
