/** Dawn's questions wait; whoever else asks for a turn of the event loop gets it as Node gives it. */
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { testDevice } from '../support/gpu.ts';
import { EAGER_TURNS, isDawns } from '../support/waiting.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A native function that can be constructed, as those of Dawn are. */
function native(work: () => void): () => void {
  return new Proxy(function () {
    work();
  }, {});
}

/** A wait that is over when it has asked so often. */
function waitFor(questions: number): Promise<void> {
  return new Promise((resolve) => {
    let left = questions;
    const question = native(() => {
      left -= 1;
      if (left === 0) resolve();
      else setImmediate(question);
    });
    setImmediate(question);
  });
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
  const others = [() => {}, expect, waitFor, waitFor.bind(null, 1), resolve];
  expect(others.map(isDawns)).not.toContain(true);
});

test('after so many turns each question waits; the next wait is eager again', async () => {
  const waits = vi.spyOn(globalThis, 'setTimeout');
  await waitFor(EAGER_TURNS + 3);
  expect(waits).toHaveBeenCalledTimes(3);
  await waitFor(EAGER_TURNS);
  expect(waits).toHaveBeenCalledTimes(3);
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
