/** Gradients against central differences. */
import { expect } from 'vitest';

/** Of the largest value of a gradient, or of 1. */
const TOLERANCE = 1e-8;

/**
 * Error of the five-point formula: h⁴·f⁗′/30 by its order and 1.5·ε·|f|/h by rounding. With this h both
 * are below 10⁻¹¹ for functions that vary over 1.
 */
const STEP = 4e-4;

/** f′ at 0 ≈ (8·(f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h. */
function centralDifference(f: (offset: number) => number): number {
  return (8 * (f(STEP) - f(-STEP)) - (f(2 * STEP) - f(-2 * STEP))) / (12 * STEP);
}

/** Differences of `f` by each number of `values`, which is put back as it was. */
export function numericalGradient(values: Float64Array, f: () => number): Float64Array {
  return Float64Array.from(values, (value, index) => {
    const slope = centralDifference((offset) => {
      values[index] = value + offset;
      return f();
    });
    values[index] = value;
    return slope;
  });
}

/** What a function with kinks, such as those of relu, says at a point. */
export interface Sample {
  readonly values: readonly number[];
  /** On which side of each kink the point lies: between two points of one side the function is smooth. */
  readonly sides: string;
}

/**
 * Differences of each of the values of `f` by each number of `parameters`. NaN where a kink lies within the points that
 * they are taken from.
 */
export function numericalGradients(parameters: Float64Array, f: () => Sample): Float64Array[] {
  const base = f();
  const gradients = base.values.map(() => new Float64Array(parameters.length));
  parameters.forEach((value, index) => {
    const samples = [-2, -1, 1, 2].map((steps) => {
      parameters[index] = value + steps * STEP;
      return f();
    });
    parameters[index] = value;
    const smooth = samples.every(({ sides }) => sides === base.sides);
    gradients.forEach((gradient, which) => {
      const [a, b, c, d] = samples.map(({ values }) => values[which]!) as [number, number, number, number];
      gradient[index] = smooth ? (8 * (c - b) - (d - a)) / (12 * STEP) : Number.NaN;
    });
  });
  return gradients;
}

/** Where `expected` is NaN nothing is compared. @throws where a difference is above 1e-8 of the largest value, or of 1. */
export function expectMatchesDifferences(actual: Float64Array, expected: Float64Array, what: string): void {
  const scale = Math.max(1, ...expected.filter((value) => !Number.isNaN(value)).map(Math.abs));
  actual.forEach((value, index) => {
    if (Number.isNaN(expected[index])) return;
    const error = Math.abs(value - expected[index]!) / scale;
    expect(error, `${what} at ${index}: ${value}, by differences ${expected[index]}`).toBeLessThan(TOLERANCE);
  });
}
