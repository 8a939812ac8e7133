import { describe, expect, it } from 'vitest';
import { pcg4d, standardNormal } from '../../../app/data/random.ts';
import { moments } from '../../../app/data/statistics.ts';

/** PCG4D in arbitrary precision, reduced modulo 2^32 after each operation. */
function pcg4dExactly(counters: readonly number[]): number[] {
  const mask = 0xffff_ffffn;
  const v = counters.map((counter) => (BigInt(counter) * 1_664_525n + 1_013_904_223n) & mask);
  const mix = () => {
    for (const [to, a, b] of [
      [0, 1, 3],
      [1, 2, 0],
      [2, 0, 1],
      [3, 1, 2],
    ] as const) {
      v[to] = (v[to]! + v[a]! * v[b]!) & mask;
    }
  };
  mix();
  for (let lane = 0; lane < 4; lane++) v[lane] = v[lane]! ^ (v[lane]! >> 16n);
  mix();
  return v.map(Number);
}

describe('pcg4d', () => {
  it.each([
    [[0, 0, 0, 0]],
    [[1, 2, 3, 4]],
    [[4_294_967_295, 42, 4_294_967_295, 7]],
    [[123_456_789, 987_654_321, 2_147_483_648, 65_536]],
  ] as const)('is exact modulo 2^32 for %j', (counters) => {
    expect(pcg4d(counters)).toEqual(pcg4dExactly(counters));
  });
});

const draws = (seed: number) =>
  Float64Array.from({ length: 20_000 }, (_, index) => standardNormal(index, seed));

/** Mean product of the values of two series of mean 0 and deviation 1. */
const correlation = (a: Float64Array, b: Float64Array) =>
  b.reduce((sum, value, index) => sum + value * a[index]!, 0) / b.length;

describe('standardNormal', () => {
  it('has mean 0, deviation 1 and the share within one deviation of a normal distribution', () => {
    const values = draws(42);
    const { mean, deviation } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.03);
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.015);
  });

  it('gives every seed its own draws, uncorrelated in time and between seeds', () => {
    const [first, second] = [draws(1), draws(2)];
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.03);
    expect(Math.abs(correlation(first, first.subarray(1)))).toBeLessThan(0.03);
    expect(draws(1)).toEqual(first);
  });
});
