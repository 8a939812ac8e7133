/** What was refused is told as a loss where the device was lost, and as itself where it was not. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeviceLostError } from '../../../gpu/device/errors.ts';
import { unlessLost } from '../../../gpu/device/loss.ts';

const REFUSED = new Error('refused');
const WORDS = 'the process died';

function gone(message: string): GPUDeviceLostInfo {
  return { reason: 'unknown', message } as GPUDeviceLostInfo;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What becomes of a refusal by a device whose loss is known after so many milliseconds. */
async function told(lostAfter: number): Promise<unknown> {
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    if (lostAfter === 0) resolve(gone(WORDS));
    else if (lostAfter < Infinity) setTimeout(resolve, lostAfter, gone(WORDS));
  });
  const outcome = unlessLost({ lost }, Promise.reject(REFUSED)).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return outcome;
}

test.each([0, 20])('a device that is lost, as it says %i ms after: a loss', async (milliseconds) => {
  const error = await told(milliseconds);
  expect(error).toBeInstanceOf(DeviceLostError);
  expect((error as Error).message).toContain(WORDS);
});

test('a loss without words is told by its reason', async () => {
  const lost = Promise.resolve(gone(''));
  await expect(unlessLost({ lost }, Promise.reject(REFUSED))).rejects.toThrow('unknown');
});

test('a device that is not lost: what it refused with, within a twentieth of the second that choices have', async () => {
  const began = performance.now();
  expect(await told(Infinity)).toBe(REFUSED);
  expect(performance.now() - began).toBeLessThanOrEqual(50);
});

test('an answer is handed on at once', async () => {
  expect(await unlessLost({ lost: new Promise(() => {}) }, Promise.resolve(7))).toBe(7);
  expect(vi.getTimerCount()).toBe(0);
});
