import { describe, expect, test } from 'vitest';
import type { OptimizerConfiguration } from '../../../gpu/index.ts';
import { clipByNorm, gradientNorm, optimizerStep } from '../../../gpu/reference/optimizer.ts';
import { RandomSource } from '../../support/random.ts';

/** The parameters after each of the updates by `gradients`. */
function trajectory(
  optimizer: OptimizerConfiguration,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  slots: number,
): number[][] {
  let parameters = Float64Array.from(start);
  let state = new Float64Array(slots * start.length);
  return gradients.map((gradient, index) => {
    const next = optimizerStep(optimizer, index + 1, parameters, state, Float64Array.from(gradient));
    parameters = Float64Array.from(next.parameters);
    state = Float64Array.from(next.state);
    return [...parameters];
  });
}

describe('by hand', () => {
  test('gradient descent: w − rate·g', () => {
    const path = trajectory(
      { algorithm: 'sgd', learningRate: 0.5 },
      [1, -2],
      [
        [2, 4],
        [-1, 0],
      ],
      0,
    );
    expect(path).toEqual([
      [0, -4],
      [0.5, -4],
    ]);
  });

  test('momentum: u = μ·u + g, w − rate·u', () => {
    const optimizer = { algorithm: 'momentum', learningRate: 0.5, momentum: 0.5 } as const;
    // u = 2, then 0.5·2 − 1 = 0, then 0 + 4 = 4
    expect(trajectory(optimizer, [1], [[2], [-1], [4]], 1)).toEqual([[0], [0], [-2]]);
  });

  test('Adam: the first step is the rate, whatever the gradient’s size; a zero gradient moves nothing', () => {
    const optimizer = {
      algorithm: 'adam',
      learningRate: 0.125,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-12,
    } as const;
    const [first] = trajectory(optimizer, [1, 1, 1], [[3, -1e-4, 0]], 2);
    expect(first![0]).toBeCloseTo(0.875, 9);
    expect(first![1]).toBeCloseTo(1.125, 8);
    expect(first![2]).toBe(1);
  });

  test('Adam: two steps', () => {
    const optimizer = { algorithm: 'adam', learningRate: 1, beta1: 0.5, beta2: 0.75, epsilon: 1 } as const;
    // m = 1, v = 1, m̂ = 2, v̂ = 4: w = 0 − 2/(2 + 1);  m = −0.5, v = 1.75, m̂ = −2/3, v̂ = 4: w += (2/3)/(2 + 1)
    const [first, second] = trajectory(optimizer, [0], [[2], [-2]], 2);
    expect(first![0]).toBeCloseTo(-2 / 3, 15);
    expect(second![0]).toBeCloseTo(-2 / 3 + 2 / 9, 15);
  });
});

/**
 * A corrected moment as a weighted mean: m̂ₜ = Σ βᵗ⁻ⁱ·gᵢ / Σ βᵗ⁻ⁱ, since the weights (1 − β)·βᵗ⁻ⁱ add up to 1 − βᵗ.
 */
function moment(beta: number, values: number[]): number {
  const weights = values.map((_, i) => beta ** (values.length - 1 - i));
  const total = weights.reduce((sum, weight) => sum + weight);
  return values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / total;
}

test('Adam against its moments written out as sums over all gradients', () => {
  const random = new RandomSource(1);
  const gradients = Array.from({ length: 40 }, () => [...random.normals(5)]);
  const optimizer = {
    algorithm: 'adam',
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  } as const;
  const start = [...random.normals(5)];
  const path = trajectory(optimizer, start, gradients, 2);

  const expected = [...start];
  for (let t = 1; t <= gradients.length; t++) {
    expected.forEach((value, index) => {
      const past = gradients.slice(0, t).map((gradient) => gradient[index]!);
      const m = moment(0.9, past);
      const v = moment(
        0.999,
        past.map((g) => g * g),
      );
      expected[index] = value - (0.01 * m) / (Math.sqrt(v) + 1e-8);
      expect(path[t - 1]![index]).toBeCloseTo(expected[index], 13);
    });
  }
});

test('a longer gradient is scaled down to the norm allowed, a shorter one left alone', () => {
  const gradient = Float64Array.of(3, -4, 0);
  expect(gradientNorm(gradient)).toBe(5);
  expect([...clipByNorm(gradient, 5, 1)]).toEqual([0.6000000000000001, -0.8, 0]);
  expect(clipByNorm(gradient, 5, 5)).toBe(gradient);
  expect(clipByNorm(gradient, 5, null)).toBe(gradient);
});
