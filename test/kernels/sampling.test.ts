/** Tokens from logits: the largest, drawn ones, and beam search, against their definitions in float64. */
import { describe, expect, test } from 'vitest';
import { NO_END } from '../../gpu/layers/sampling.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';
import {
  compareSample,
  expectHypotheses,
  prefixModel,
  runArgmax,
  runBeamSearch,
  runSample,
  sampleProblem,
  tableModel,
} from '../support/sampling.gpu.ts';
import { beamSearch, everySequence, keptWeights } from '../support/sampling.ts';

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(Array.from({ length: 16 }, (_, index) => index + 1))('a draw as in float64, %i', async (seed) => {
    const random = new RandomSource(seed + 7000);
    const vocabulary = random.pick([1, 2, 5, 64, 70, 201]);
    const step = random.pick([0, 1, 3]);
    const problem = sampleProblem(
      random,
      {
        mode: 'sample',
        batch: random.pick([1, 7, 130]),
        vocabulary,
        step,
        temperature: random.pick([0.3, 1, 2.5]),
        topK: random.pick([0, 1, 3, vocabulary, vocabulary + 5]),
        seed: random.pick([1, 0xffff_ffff, 123_456]),
        endToken: random.pick([NO_END, 0]),
      },
      seed % 2 === 0,
    );
    await expect(compareSample(problem, family)).resolves.toBeUndefined();
  });

  test.each([
    [1, 1],
    [5, 33],
    [130, 200],
  ])('the largest logit, of equal ones the lowest: %i rows of %i', async (batch, vocabulary) => {
    const given = { batch, vocabulary, temperature: 1, topK: 0, seed: 1, endToken: 0 };
    const random = new RandomSource(31);
    for (const step of [0, 2]) {
      const problem = sampleProblem(random, { ...given, mode: 'greedy', step }, true);
      await expect(compareSample(problem, family)).resolves.toBeUndefined();
    }
    const logits = random.normals(batch * vocabulary).map((logit) => -Math.abs(Math.round(2 * logit)));
    const expected = Array.from({ length: batch }, (_, row) => {
      const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
      return own.indexOf(Math.max(...own));
    });
    expect(await runArgmax(family, logits, batch)).toEqual(expected);
  });

  /** Σ (observed − expected)² / expected; a value as large comes once in 10,000 honest trials. */
  test.each([
    { topK: 0, temperature: 1, allowed: 23.51 },
    { topK: 3, temperature: 2, allowed: 18.42 },
  ])('frequencies, top $topK at temperature $temperature', async ({ topK, temperature, allowed }) => {
    const row = [0.5, -0.3, 1.2, 0, -1];
    const batch = 6000;
    const logits = Float32Array.from({ length: batch * 5 }, (_, index) => row[index % 5]!);
    const settings = { temperature, topK, seed: 99, endToken: NO_END };
    const tokens = new Uint32Array(batch * 2);
    const given = { ...settings, mode: 'sample', batch, vocabulary: 5, step: 0, logits, tokens } as const;
    const drawn = await runSample(given, family);
    const weights = keptWeights(row, settings);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const observed = weights.map((_, token) => drawn.filter((other) => other === token).length);
    const statistic = weights.reduce((sum, weight, token) => {
      const expected = (batch * weight) / total;
      return weight === 0 ? sum : sum + (observed[token]! - expected) ** 2 / expected;
    }, 0);
    expect(observed.filter((count, token) => count > 0 && weights[token] === 0)).toEqual([]);
    expect(statistic).toBeLessThan(allowed);
    expect(statistic).toBeGreaterThan(0);
  });

  test.each([
    { vocabulary: 3, steps: 4, beams: 27, endToken: NO_END },
    { vocabulary: 3, steps: 4, beams: 30, endToken: 1 },
    { vocabulary: 2, steps: 1, beams: 5, endToken: 0 },
    { vocabulary: 1, steps: 3, beams: 2, endToken: NO_END },
  ])(
    'beams enough for every sequence: the best of all, %o',
    async ({ vocabulary, steps, beams, endToken }) => {
      const model = tableModel(new RandomSource(11), vocabulary);
      const every = everySequence(prefixModel(model), steps, endToken);
      const actual = await runBeamSearch(model, family, { steps, beams, endToken });
      expect(() => expectHypotheses(actual, every.slice(0, beams))).not.toThrow();
    },
  );

  test.each([
    { vocabulary: 7, steps: 8, beams: 1, endToken: NO_END },
    { vocabulary: 7, steps: 9, beams: 3, endToken: 2 },
    { vocabulary: 90, steps: 6, beams: 8, endToken: 5 },
    { vocabulary: 4, steps: 12, beams: 17, endToken: 0 },
  ])('few beams: as by sorting all continuations, %o', async ({ vocabulary, steps, beams, endToken }) => {
    const model = tableModel(new RandomSource(12), vocabulary);
    const expected = beamSearch(prefixModel(model), steps, beams, endToken);
    const actual = await runBeamSearch(model, family, { steps, beams, endToken });
    expect(() => expectHypotheses(actual, expected)).not.toThrow();
    expect(actual).toHaveLength(beams);
  });
});
