import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CASES, type GenerationMode, type Job } from '../../../bench/cases.ts';
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

async function take(entrant: Entrant, mode: GenerationMode = 'carried'): Promise<void> {
  await entrant.prepare();
  while (entrant.isTraining) await entrant.trainRow();
  await entrant.prepareGeneration(mode);
  while (entrant.isGenerating(mode)) await entrant.generationRow(mode);
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

  test('that cannot be fast enough is not begun', async () => {
    const { host } = place(quick);
    const open = vi.spyOn(host, 'open');
    const huge: Job = { test: CASES.at(-1)!, cell: 'lstm' };
    const [loop, ours] = ['loop', 'unroll'].map((name) => new Entrant(host, findPeer(name), huge));
    await loop!.prepare();
    expect(loop!.result.step).toEqual({ stopped: 'at least 105.7 s each' });
    expect(open).not.toHaveBeenCalled();
    await ours!.prepare();
    expect(ours!.isTraining).toBe(true);
  });

  test('that generates slowly is timed by a few values', async () => {
    const asked: unknown[] = [];
    const generate = (_: unknown, values: unknown): unknown => {
      asked.push(values);
      return { milliseconds: 20 * Number(values) };
    };
    const entrant = new Entrant(place({ ...quick, generate }).host, findPeer('loop'), JOB);
    await take(entrant, 'window');
    expect(asked).toEqual([10, 10, 10, 10]);
    expect(entrant.result.generation.window).toMatchObject({ median: 6000, samples: [6000, 6000, 6000] });
  });

  test('that would generate for too long is told so by its first values', async () => {
    const { host, ended } = place({ ...quick, generate: () => ({ milliseconds: 1e6 }) });
    const entrant = new Entrant(host, findPeer('loop'), JOB);
    await entrant.prepare();
    await entrant.prepareGeneration('window');
    expect(entrant.result.generation).toEqual({ window: { stopped: 'about 30000.0 s each' } });
    expect(ended()).toBe(0);
  });
});
