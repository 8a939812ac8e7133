import { describe, expect, test } from 'vitest';
import type { OptimizerConfiguration, ScheduleConfiguration } from '../../../gpu/index.ts';
import {
  clipByNorm,
  clipByValue,
  gradientNorm,
  optimizerStep,
  scheduledRate,
} from '../../../gpu/reference/optimizer.ts';
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

  test('Nesterov: u = μ·u + g, w − rate·(g + μ·u)', () => {
    const optimizer = { algorithm: 'nesterov', learningRate: 0.5, momentum: 0.5 } as const;
    // u = 2: 1 − (2 + 1)/2;  u = 0: −0.5 − (−1 + 0)/2;  u = 4: 0 − (4 + 2)/2
    expect(trajectory(optimizer, [1], [[2], [-1], [4]], 1)).toEqual([[-0.5], [0], [-3]]);
  });

  test('RMSProp: v = ρ·v + (1 − ρ)·g², w − rate·g/(√v + ε), ε outside the root', () => {
    const optimizer = { algorithm: 'rmsprop', learningRate: 1, decay: 0.75, epsilon: 1 } as const;
    // v = 0.25·16 = 4: 0 − 4/(2 + 1);  v = 3 + 0.25·24 = 9: − √24/(3 + 1)
    const [first, second] = trajectory(optimizer, [0], [[4], [Math.sqrt(24)]], 1);
    expect(first![0]).toBeCloseTo(-4 / 3, 14);
    expect(second![0]).toBeCloseTo(-4 / 3 - Math.sqrt(24) / 4, 14);
  });

  test('weight decay adds λ·w to the gradient, which momentum then keeps', () => {
    const optimizer = { algorithm: 'momentum', learningRate: 0.5, momentum: 0.5, weightDecay: 0.25 } as const;
    // g = 1 + 1: u = 2, w = 4 − 1;  g = 0 + 0.75: u = 1.75, w = 3 − 0.875
    expect(trajectory(optimizer, [4], [[1], [0]], 1)).toEqual([[3], [2.125]]);
  });

  test('AdamW takes rate·λ·w off and leaves the moments alone; without decay it is Adam', () => {
    const adam = { learningRate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 1 } as const;
    const gradients = [[2], [-2], [0.5]];
    // No gradient: only the decay, w·(1 − 0.5·0.25) each time.
    expect(
      trajectory({ ...adam, algorithm: 'adamw', weightDecay: 0.25 }, [64], [[0], [0], [0]], 2).flat(),
    ).toEqual([56, 49, 42.875]);
    const plain = trajectory({ ...adam, algorithm: 'adam' }, [1], gradients, 2).flat();
    expect(trajectory({ ...adam, algorithm: 'adamw' }, [1], gradients, 2).flat()).toEqual(plain);
    // Each step is Adam's own from a weight already decayed: the moments do not know of the decay.
    let w = 1;
    const decayed = plain.map((value, index) => {
      w = w * (1 - 0.5 * 0.25) + value - (index === 0 ? 1 : plain[index - 1]!);
      return w;
    });
    trajectory({ ...adam, algorithm: 'adamw', weightDecay: 0.25 }, [1], gradients, 2)
      .flat()
      .forEach((value, index) => expect(value).toBeCloseTo(decayed[index]!, 14));
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

test('each element is held within ±clipValue', () => {
  const gradient = Float64Array.of(3, -4, 0.5, -0.25);
  expect([...clipByValue(gradient, 0.5)]).toEqual([0.5, -0.5, 0.5, -0.25]);
  expect(clipByValue(gradient, undefined)).toBe(gradient);
});

/** From a rate of 8. */
function rates(schedule: ScheduleConfiguration | undefined, iterations: readonly number[]): number[] {
  return iterations.map((iteration) => scheduledRate(8, schedule, iteration));
}

describe('schedules, iterations counted from 0', () => {
  test.each([undefined, { kind: 'constant' } as const])('%o', (schedule) => {
    expect(rates(schedule, [0, 1, 1e6])).toEqual([8, 8, 8]);
  });

  test('step: factor^⌊i / every⌋', () => {
    const schedule = { kind: 'step', every: 3, factor: 0.5 } as const;
    expect(rates(schedule, [0, 2, 3, 5, 6, 30])).toEqual([8, 8, 4, 4, 2, 8 / 1024]);
  });

  test('cosine: 1 at 0, ½ half way, 0 at the end and after it', () => {
    const schedule = { kind: 'cosine', iterations: 6 } as const;
    const expected = [8, 6, 4, 2, 0, 0];
    rates(schedule, [0, 2, 3, 4, 6, 100]).forEach((rate, index) =>
      expect(rate).toBeCloseTo(expected[index]!, 12),
    );
  });

  test('warm-up: (i + 1) / iterations, then 1', () => {
    const schedule = { kind: 'warm-up', iterations: 4 } as const;
    expect(rates(schedule, [0, 1, 3, 4, 100])).toEqual([2, 4, 8, 8, 8]);
  });
});
