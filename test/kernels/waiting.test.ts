/** Dawn's questions wait; whoever else asks for a turn of the event loop gets it as Node gives it. */
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { testDevice } from '../support/gpu.ts';
import { EAGER_TURNS, isDawns, seldom } from '../support/waiting.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A native function that can be constructed, as those of Dawn are. */
function native(work: () => void): () => void {
  return new Proxy(function () {
    work();
  }, {});
}

/**
 * A wait that is over when it has asked `setSeldom` so often. Resolves with how many of its questions a timer put off; others
 * have timers too, such as Dawn's own questions of a test before.
 */
async function delaysOf(setSeldom: typeof setImmediate, questions: number): Promise<number> {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  let left = questions;
  const asked = new Promise<unknown>((resolve) => {
    const question = native(() => {
      left -= 1;
      if (left === 0) resolve(question);
      else setSeldom(question);
    });
    setSeldom(question);
  });
  const question = await asked;
  return timers.mock.calls.filter((given: readonly unknown[]) => given[2] === question).length;
}

test('Dawn is known by its questions, and nobody else', async () => {
  const { device } = await testDevice();
  const asked = vi.spyOn(globalThis, 'setImmediate');
  // The first may be answered by a question that is still on its way.
  for (let wait = 0; wait < 3; wait++) await device.queue.onSubmittedWorkDone();
  const questions = asked.mock.calls.map(([question]) => question);
  expect(questions.length).toBeGreaterThan(0);
  expect(questions.map(isDawns)).not.toContain(false);

  const [resolve] = await new Promise<unknown[]>((found) => found([found]));
  const others = [() => {}, expect, delaysOf, delaysOf.bind(null, setImmediate), resolve];
  expect(others.map(isDawns)).not.toContain(true);
});

test('after so many turns each question waits; the next wait is eager again', async () => {
  // One of its own: that of the process may be counting Dawn's turns.
  const setSeldom = seldom(setImmediate);
  expect(await delaysOf(setSeldom, EAGER_TURNS + 3)).toBe(3);
  expect(await delaysOf(setSeldom, EAGER_TURNS)).toBe(0);
});

test('others: values are handed on, a promise is made, and what is cleared does not come', async () => {
  expect(await promisify(setImmediate)(7)).toBe(7);
  const cleared = vi.fn();
  clearImmediate(setImmediate(cleared));
  expect(await new Promise((resolve) => setImmediate((...values) => resolve(values), 1, 'two'))).toEqual([
    1,
    'two',
  ]);
  expect(cleared).not.toHaveBeenCalled();
});
