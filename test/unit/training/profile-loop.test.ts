/** The loop as it is measured: whatever pieces are under way at once, each one's time counts once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Measuring } from '../../../gpu/training/measuring.ts';
import { type Loop, measureLoop } from '../../../gpu/training/profile-loop.ts';

const DISPATCHES = 10;

/** A device that takes so many milliseconds for a dispatch, and works through one piece after the other. */
function simulate(milliseconds: number, budget: number): { measuring: Measuring; pieces: number[] } {
  const pieces: number[] = [];
  let encoded = 0;
  let free = 0;
  const encoder = {
    beginComputePass: () => ({ end: () => undefined }),
    finish: () => undefined,
  };
  const take = () => {
    const dispatches = encoded;
    encoded = 0;
    pieces.push(dispatches);
    return async () => {
      const done = Math.max(free, performance.now()) + dispatches * milliseconds;
      free = done;
      await new Promise((resolve) => setTimeout(resolve, done - performance.now()));
      return [1000 * dispatches];
    };
  };
  const measuring = {
    on: { device: { createCommandEncoder: () => encoder, queue: { submit: () => undefined } }, latency: 0 },
    plan: {
      length: DISPATCHES,
      encode: (_: unknown, from: number, to: number) => (encoded += to - from),
    },
    inseparable: 2,
    most: 64,
    kept: [null],
    preserved: { before: () => undefined, after: () => undefined },
    stopwatch: {
      timestamps: { writes: () => ({}), take },
      readback: { copy: () => async () => undefined },
    },
    budget,
    check: () => undefined,
  } as unknown as Measuring;
  return { measuring, pieces };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function measured(measuring: Measuring): Promise<Loop> {
  const loop = measureLoop(measuring);
  await vi.advanceTimersByTimeAsync(60_000);
  return loop;
}

test('an iteration in parts, two of them under way: the device’s time is that of all', async () => {
  const { measuring, pieces } = simulate(4, 15_000);
  const loop = await measured(measuring);
  expect(loop.submissions).toBeGreaterThan(1);
  expect(pieces.slice(1).reduce((sum, dispatches) => sum + dispatches, 0)).toBe(DISPATCHES);
  expect(loop.deviceMicroseconds).toBe(1000 * DISPATCHES);
  expect(loop.microseconds).toBeCloseTo(40_000, -1);
});

test('many iterations to a submission', async () => {
  const { measuring } = simulate(0.02, 30_000);
  const loop = await measured(measuring);
  expect(loop.submissions).toBeLessThan(0.1);
  expect(loop.deviceMicroseconds).toBeCloseTo(1000 * DISPATCHES, 6);
  expect(loop.microseconds).toBeLessThan(1000);
});
