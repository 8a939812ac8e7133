import { describe, expect, it } from 'vitest';
import {
  createSession,
  type GenerateRuntime,
  type GenerateSettings,
  randomSeed,
  resample,
  zeroOf,
} from '../../../app/cells/GenerateSession.ts';
import type { SeriesScale } from '../../../app/cells/GenerateScale.ts';
import type { Generated, SeedRequest } from '../../../app/worker/protocol.ts';

const SCALE: SeriesScale = { range: [-10, 12], mean: 0.5, deviation: 4 };
const SETTINGS: GenerateSettings = {
  ready: true,
  points: 20,
  steps: 300,
  mode: 'carried',
  noise: 0,
  noiseSeed: 7,
  scale: SCALE,
};

/** A runtime that answers each request with its own count, and tells what it was asked. */
function countingRuntime() {
  const requests: SeedRequest[] = [];
  const excerpts: number[] = [];
  const runtime: GenerateRuntime = {
    generate: (_key, request) => {
      requests.push(request);
      const sequence = new Float32Array(request.steps).fill(requests.length);
      const answer: Generated = {
        sequences: [sequence],
        milliseconds: 3,
        isFirst: requests.length === 1,
        iteration: 40,
      };
      return Promise.resolve(answer);
    },
    excerpt: (_key, length, randomSeed) => {
      excerpts.push(randomSeed);
      return Promise.resolve(new Float32Array(length).fill(randomSeed));
    },
  };
  return { runtime, requests, excerpts };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

function opened(first: 'zeros' | 'series' | 'random' | 'hand' = 'zeros') {
  const counting = countingRuntime();
  const session = createSession(counting.runtime, 'predict#train', first);
  session.configure(SETTINGS);
  return { ...counting, session };
}

describe('a generate session', () => {
  it('asks at once, with the first seed, and keeps the answer', async () => {
    const { session, requests } = opened();
    await settle();
    expect(requests).toEqual([
      { seed: new Float32Array(20), steps: 300, mode: 'carried', noise: 0, draws: 1, randomSeed: 7 },
    ]);
    expect(session.store.getState()).toMatchObject({
      milliseconds: 3,
      isFirst: true,
      iteration: 40,
      working: false,
      problem: '',
    });
    expect(session.store.getState().sequences[0]).toHaveLength(300);
  });

  it('shows what is drawn before any answer, and asks with it', async () => {
    const { session, requests } = opened();
    await settle();
    const seed = new Float32Array(20).fill(3);
    session.draw(seed);
    expect(session.store.getState()).toMatchObject({ kind: 'hand', seed, working: true });
    await settle();
    expect(requests.at(-1)!.seed).toBe(seed);
  });

  it('skips what is overtaken: of many strokes, the first and the last are asked', async () => {
    const { session, requests } = opened();
    await settle();
    for (let value = 1; value <= 10; value++) session.draw(new Float32Array(20).fill(value));
    await settle();
    expect(requests.slice(1).map(({ seed }) => seed[0])).toEqual([1, 10]);
  });

  it('gives noise in the units of the series, and five draws of it', async () => {
    const { session, requests } = opened();
    session.configure({ ...SETTINGS, noise: 0.25 });
    await settle();
    expect(requests.at(-1)).toMatchObject({ noise: 1, draws: 5 });
  });

  it('takes another piece of the series at each press', async () => {
    const { session, excerpts } = opened('series');
    await settle();
    session.choose('series');
    await settle();
    expect(excerpts).toHaveLength(2);
    expect(excerpts[0]).not.toBe(excerpts[1]);
    expect(session.store.getState()).toMatchObject({ kind: 'series', seed: { 0: excerpts[1] } });
  });

  it('lets a stroke win over a piece that comes late', async () => {
    const { session } = opened();
    session.choose('series');
    session.draw(new Float32Array(20).fill(-1));
    await settle();
    expect(session.store.getState()).toMatchObject({ kind: 'hand', seed: { 0: -1 } });
  });

  it('brings back what was drawn', async () => {
    const { session } = opened();
    session.draw(new Float32Array(20).fill(2));
    session.choose('random');
    session.choose('hand');
    await settle();
    expect(session.store.getState()).toMatchObject({ kind: 'hand', seed: { 0: 2, 19: 2 } });
  });

  it('stretches the drawn seed where the window changes', async () => {
    const { session, requests } = opened();
    session.draw(Float32Array.from({ length: 20 }, (_, n) => n));
    session.configure({ ...SETTINGS, points: 39 });
    await settle();
    const { seed } = requests.at(-1)!;
    expect(seed).toHaveLength(39);
    expect(seed[38]).toBeCloseTo(19);
    expect(seed[19]).toBeCloseTo(9.5);
  });

  it('can be drawn on before the run is built, and asks as soon as it is', async () => {
    const { runtime, requests } = countingRuntime();
    const session = createSession(runtime, 'predict#train', 'zeros');
    session.configure({ ...SETTINGS, ready: false });
    session.draw(new Float32Array(20).fill(5));
    await settle();
    expect(requests).toEqual([]);
    session.configure(SETTINGS);
    await settle();
    expect(requests.map(({ seed }) => seed[0])).toEqual([5]);
  });

  it('keeps the wish for a piece of the series until the run can give one', async () => {
    const { runtime, requests, excerpts } = countingRuntime();
    const session = createSession(runtime, 'predict#train', 'zeros');
    session.configure({ ...SETTINGS, ready: false });
    session.choose('series');
    await settle();
    expect(excerpts).toEqual([]);
    session.configure(SETTINGS);
    await settle();
    expect(excerpts).toHaveLength(1);
    expect(requests.map(({ seed }) => seed[0])).toEqual(excerpts);
  });

  it('says why there is no answer, and forgets it with the next', async () => {
    const { runtime, session } = opened();
    await settle();
    const { generate } = runtime;
    runtime.generate = () => Promise.reject(new Error('there is no run'));
    session.refresh();
    await settle();
    expect(session.store.getState().problem).toBe('there is no run');
    runtime.generate = generate;
    session.refresh();
    await settle();
    expect(session.store.getState().problem).toBe('');
  });
});

describe('seeds', () => {
  it('of zeros are zero where the series goes through it, else its mean', () => {
    expect(zeroOf(SCALE)).toBe(0);
    expect(zeroOf({ range: [90, 110], mean: 101, deviation: 3 })).toBe(101);
  });

  it('at random are spread as the series, within its range, and differ', () => {
    const seed = randomSeed(5000, SCALE, 1);
    const mean = seed.reduce((sum, value) => sum + value / seed.length, 0);
    expect(mean).toBeCloseTo(SCALE.mean, 0);
    expect(seed.every((value) => value >= -10 && value <= 12)).toBe(true);
    expect(randomSeed(20, SCALE, 1)).toEqual(randomSeed(20, SCALE, 1));
    expect(randomSeed(20, SCALE, 2)).not.toEqual(randomSeed(20, SCALE, 1));
  });

  it('of one point can be stretched, and none cannot', () => {
    expect(resample(Float32Array.of(4), 3)).toEqual(Float32Array.of(4, 4, 4));
    expect(resample(Float32Array.of(1, 5), 1)).toEqual(Float32Array.of(1));
    expect(resample(new Float32Array(0), 3)).toBeNull();
  });
});
