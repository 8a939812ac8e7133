import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { latestWins, throttled } from '../../../app/cells/GenerateQueue.ts';

/** A queue whose sender is answered by hand, and all that it was asked and said. */
function queueByHand() {
  const sent: { request: number; resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  const answers: string[] = [];
  const errors: string[] = [];
  const queue = latestWins<number, string>({
    send: (request) => new Promise((resolve, reject) => sent.push({ request, resolve, reject })),
    answered: (answer, request) => answers.push(`${request}: ${answer}`),
    failed: (error, request) => errors.push(`${request}: ${(error as Error).message}`),
  });
  return { queue, sent, answers, errors };
}

/** Lets promises that are settled be followed. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('one request under way, the latest waiting', () => {
  it('sends the first at once', () => {
    const { queue, sent } = queueByHand();
    queue.request(1);
    expect(sent.map((s) => s.request)).toEqual([1]);
  });

  it('sends of those made meanwhile only the last', async () => {
    const { queue, sent, answers } = queueByHand();
    for (const request of [1, 2, 3, 4]) queue.request(request);
    expect(sent).toHaveLength(1);
    sent[0]!.resolve('a');
    await settle();
    expect(sent.map((s) => s.request)).toEqual([1, 4]);
    sent[1]!.resolve('b');
    await settle();
    expect(answers).toEqual(['1: a', '4: b']);
    expect(sent).toHaveLength(2);
  });

  it('sends at once again after a quiet time', async () => {
    const { queue, sent } = queueByHand();
    queue.request(1);
    sent[0]!.resolve('a');
    await settle();
    queue.request(2);
    expect(sent.map((s) => s.request)).toEqual([1, 2]);
  });

  it('goes on after a failure', async () => {
    const { queue, sent, errors, answers } = queueByHand();
    queue.request(1);
    queue.request(2);
    sent[0]!.reject(new Error('no run'));
    await settle();
    expect(errors).toEqual(['1: no run']);
    sent[1]!.resolve('b');
    await settle();
    expect(answers).toEqual(['2: b']);
  });

  it('neither answers nor sends once it is closed', async () => {
    const { queue, sent, answers, errors } = queueByHand();
    queue.request(1);
    queue.request(2);
    queue.close();
    sent[0]!.resolve('a');
    await settle();
    queue.request(3);
    expect(sent).toHaveLength(1);
    expect([...answers, ...errors]).toEqual([]);
  });
});

describe('a throttled action', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('happens at once, then once an interval, and never misses the last call', () => {
    const action = vi.fn<() => void>();
    const { call } = throttled(action, () => 200);
    for (let time = 0; time < 1000; time += 50) {
      call();
      vi.advanceTimersByTime(50);
    }
    expect(action.mock.calls.length).toBeGreaterThanOrEqual(5);
    expect(action.mock.calls.length).toBeLessThanOrEqual(6);
    const before = action.mock.calls.length;
    call();
    vi.advanceTimersByTime(200);
    expect(action).toHaveBeenCalledTimes(before + 1);
  });

  it('does not happen after it was called off', () => {
    const action = vi.fn<() => void>();
    const { call, cancel } = throttled(action, () => 200);
    call();
    call();
    cancel();
    vi.advanceTimersByTime(1000);
    expect(action).toHaveBeenCalledTimes(1);
  });
});
