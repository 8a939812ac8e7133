import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CASES, type Job } from '../../../bench/cases.ts';
import { Entrant } from '../../../bench/entrant.ts';
import type { Host, RemoteSession } from '../../../bench/host.ts';
import { findPeer } from '../../../bench/peers/index.ts';
import { BUDGET_MS } from '../../../bench/timing.ts';

const JOB: Job = { test: CASES[0]!, cell: 'rnn' };

/** A place whose sessions answer as they are told to. */
function place(answers: Partial<Record<string, (...values: unknown[]) => unknown>>): {
  host: Host;
  ended: () => number;
} {
  let ended = 0;
  const session: RemoteSession = {
    call: (method, ...values) => Promise.resolve(answers[method]?.(...values)),
    end: () => {
      ended += 1;
      return Promise.resolve();
    },
  };
  const host: Host = {
    name: 'here',
    open: () => Promise.resolve(session),
    close: () => Promise.resolve(),
  };
  return { host, ended: () => ended };
}

const quick = {
  prepare: () => ({ milliseconds: 70, losses: [0.5] }),
  survey: () => ({ milliseconds: 10, losses: [0.4], dispatches: 53, bytes: 1000 }),
  train: (count: unknown) => ({ milliseconds: 3 * Number(count), losses: [0.3, 0.2, 0.1] }),
  generate: (_mode: unknown, values: unknown, times: unknown) => ({
    milliseconds: (Number(values) * Number(times)) / 10,
  }),
  overhead: () => 0.05,
};

async function take(entrant: Entrant): Promise<void> {
  await entrant.prepare();
  while (entrant.isTraining) await entrant.trainRow();
  await entrant.prepareGeneration('carried');
  while (entrant.isGenerating('carried')) await entrant.generationRow('carried');
  await entrant.measureOverhead();
}

describe('a peer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('is prepared, surveyed and timed', async () => {
    const entrant = new Entrant(place(quick).host, findPeer('unroll'), JOB);
    await take(entrant);
    expect(entrant.result).toMatchObject({
      where: 'here',
      peer: 'unroll',
      firstStep: 70,
      dispatches: 53,
      bytes: 1000,
      losses: [0.5, 0.4, 0.3, 0.2],
      overhead: 0.05,
      step: { median: 3 },
      generation: { carried: { median: 30 } },
    });
  });

  test('that fails says why, and is asked for nothing more', async () => {
    const train = vi.fn<() => unknown>();
    const broken = {
      prepare: () => {
        throw new Error('no WASM here');
      },
      train,
    };
    const { host, ended } = place({ ...quick, ...broken });
    const entrant = new Entrant(host, findPeer('jax-wasm'), JOB);
    await take(entrant);
    expect(entrant.result.step).toEqual({ stopped: 'no WASM here' });
    expect(entrant.result.generation).toEqual({});
    expect(train).not.toHaveBeenCalled();
    expect(ended()).toBe(1);
  });

  test('that does not answer in time is ended', async () => {
    const { host, ended } = place({ ...quick, prepare: () => new Promise(() => {}) });
    const entrant = new Entrant(host, findPeer('loop'), JOB);
    const prepared = entrant.prepare();
    await vi.advanceTimersByTimeAsync(BUDGET_MS - 1);
    expect(ended()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await prepared;
    expect(entrant.result.step).toEqual({ stopped: 'over 60 s' });
    expect(ended()).toBe(1);
  });

  test('that would generate for too long is told so by its first values', async () => {
    const { host, ended } = place({ ...quick, generate: () => ({ milliseconds: 1e6 }) });
    const entrant = new Entrant(host, findPeer('loop'), JOB);
    await entrant.prepare();
    await entrant.prepareGeneration('window');
    expect(entrant.result.generation).toEqual({ window: { stopped: 'it takes about 30000.0 s' } });
    expect(ended()).toBe(0);
  });
});
