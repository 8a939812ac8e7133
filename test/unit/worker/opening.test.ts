import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Opening } from '../../../app/worker/opening.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Milliseconds until it is over; requests are answered meanwhile. */
async function lengthOf(opening: Opening): Promise<number> {
  const begun = performance.now();
  const over = opening.over().then(() => performance.now() - begun);
  await vi.advanceTimersByTimeAsync(5000);
  return over;
}

function answeredAfter(milliseconds: number): () => Promise<void> {
  return () => new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe('an opening is over', () => {
  it('a moment after that is asked, where nothing else is', async () => {
    const opening = new Opening();
    await vi.advanceTimersByTimeAsync(3000);
    expect(await lengthOf(opening)).toBe(250);
  });

  it('for good', async () => {
    const opening = new Opening();
    expect(await lengthOf(opening)).toBe(250);
    void opening.asked(answeredAfter(1000));
    expect(await lengthOf(opening)).toBe(0);
  });

  it('a moment after the answer to what is asked, though it fails', async () => {
    const opening = new Opening();
    void opening.asked(answeredAfter(700));
    const failed = opening.asked(async () => {
      await answeredAfter(900)();
      throw new Error('no');
    });
    failed.catch(() => undefined);
    const length = await lengthOf(opening);
    expect(length).toBeGreaterThanOrEqual(1150);
    expect(length).toBeLessThan(1400);
    await expect(failed).rejects.toThrow('no');
  });

  it('after two seconds, whatever is asked', async () => {
    const opening = new Opening();
    void opening.asked(answeredAfter(60_000));
    expect(await lengthOf(opening)).toBe(2000);
  });
});
