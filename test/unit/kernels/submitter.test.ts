import { expect, test } from 'vitest';
import { type Send, Submitter } from '../../../gpu/training/submitter.ts';

const MOST = 64;

/** A GPU that takes so long for an iteration of 50 dispatches, one piece after the other. */
function simulate(millisecondsPerIteration: number, latency = 0) {
  let now = 0;
  let free = 0;
  let underWay = 0;
  const pieces: { iterations: number; from: number; to: number }[] = [];
  const seen = { mostUnderWay: 0, pieces };
  const pending: { at: number; resolve: () => void }[] = [];
  const send: Send = (piece) => {
    pieces.push(piece);
    underWay += 1;
    seen.mostUnderWay = Math.max(seen.mostUnderWay, underWay);
    free = Math.max(free, now) + millisecondsPerIteration * piece.iterations * ((piece.to - piece.from) / 50);
    return new Promise((resolve) => pending.push({ at: free + latency, resolve }));
  };
  const submitter = new Submitter({ dispatches: 50, inseparable: 2 }, MOST, latency, () => now);
  const run = async (iterations: number): Promise<void> => {
    const state = { done: false };
    const finished = submitter.run(iterations, send).then(() => (state.done = true));
    while (!state.done) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = pending.shift();
      if (!next) continue;
      now = Math.max(now, next.at);
      underWay -= 1;
      next.resolve();
    }
    await finished;
  };
  return { run, seen, submitter };
}

test('fast iterations go many to a piece of about 10 ms', async () => {
  const { run, seen } = simulate(0.5);
  await run(400);
  expect(seen.pieces.reduce((sum, { iterations }) => sum + iterations, 0)).toBe(400);
  expect(seen.pieces.at(-2)!.iterations).toBeGreaterThanOrEqual(18);
  expect(Math.max(...seen.pieces.map(({ iterations }) => iterations))).toBeLessThanOrEqual(22);
});

test('slow iterations go in parts, every dispatch once and in order', async () => {
  const { run, seen } = simulate(60);
  await run(6);
  const last = seen.pieces.slice(-6);
  expect(last.length).toBe(6);
  expect(last[0]!.from).toBe(0);
  last.slice(1).forEach((piece, index) => expect(piece.from).toBe(last[index]!.to));
  expect(last.at(-1)!.to).toBe(50);
});

test('at most two pieces are under way', async () => {
  const { run, seen } = simulate(30);
  await Promise.all([run(5), run(5)]);
  expect(seen.mostUnderWay).toBe(2);
});

test("a browser's slow answers are not taken for the GPU's time", async () => {
  const { run, submitter } = simulate(0.2, 100);
  for (let index = 0; index < 20; index += 1) await run(50);
  expect(submitter.millisecondsPerIteration!).toBeLessThan(1);
});

test.each([20, 25, 40, 60, 80, 120, 170, 250, 500])(
  'the decision and the update go together, %i ms an iteration',
  async (milliseconds) => {
    const { run, seen } = simulate(milliseconds);
    await run(12);
    expect(seen.pieces.length).toBeGreaterThan(12);
    // Dispatch 48 decides, 49 updates.
    expect(seen.pieces.map(({ from }) => from)).not.toContain(49);
    expect(seen.pieces.filter(({ to }) => to === 50)).toHaveLength(12);
  },
);

test('pieces grow to twice the last at most, and to no more than the ring of records holds', async () => {
  const { run, seen } = simulate(0);
  await run(1000);
  const sizes = seen.pieces.map(({ iterations }) => iterations);
  sizes.slice(1).forEach((size, index) => expect(size).toBeLessThanOrEqual(2 * sizes[index]!));
  expect(Math.max(...sizes)).toBe(MOST);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1000);
});

test('where a piece fails while others wait, the rest is not sent and nothing goes unheard', async () => {
  const unheard: unknown[] = [];
  const listen = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', listen);
  const { run, seen, submitter } = simulate(100);
  await run(3);
  const sent = seen.pieces.length;
  const failures: (() => void)[] = [];
  const failing = submitter.run(5, (piece) => {
    seen.pieces.push(piece);
    return new Promise((_, reject) => failures.push(() => reject(new Error('lost'))));
  });
  const outcome = failing.catch((error: Error) => error.message);
  await new Promise((resolve) => setImmediate(resolve));
  failures[0]!();
  await new Promise((resolve) => setImmediate(resolve));
  failures[1]!();
  await expect(outcome).resolves.toBe('lost');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unheard).toEqual([]);
  expect(seen.pieces.length - sent).toBeLessThanOrEqual(3);
});

test('a piece that fails rejects, and the next run goes on', async () => {
  const submitter = new Submitter({ dispatches: 10, inseparable: 2 }, MOST, 0, () => 0);
  const failed = submitter.run(1, () => Promise.reject(new Error('lost')));
  await expect(failed).rejects.toThrow('lost');
  await submitter.run(1, () => Promise.resolve());
});

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('other work waits for pieces asked for before it, and those asked for later wait for it', async () => {
  const order: string[] = [];
  const submitter = new Submitter({ dispatches: 4, inseparable: 1 }, MOST, 0);
  const arrive: (() => void)[] = [];
  const send: Send = ({ iterations }) => {
    order.push(`sent ${iterations}`);
    return new Promise((resolve) => arrive.push(resolve));
  };
  const first = submitter.run(1, send).then(() => order.push('first done'));
  const work = submitter.apart(async () => {
    order.push('apart');
    await settle();
    return 'answer';
  });
  const last = submitter.run(1, send);
  await settle();
  expect(order).toEqual(['sent 1']);
  arrive.shift()!();
  expect(await work).toBe('answer');
  await first;
  await settle();
  expect(order).toEqual(['sent 1', 'apart', 'first done', 'sent 1']);
  arrive.shift()!();
  await last;
});

test('other work that fails holds nothing up', async () => {
  const submitter = new Submitter({ dispatches: 4, inseparable: 1 }, MOST, 0);
  await expect(submitter.apart(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await submitter.run(1, () => Promise.resolve());
  expect(await submitter.apart(() => Promise.resolve(7))).toBe(7);
});
