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

export function expectMatchesDifferences(actual: Float64Array, expected: Float64Array, what: string): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  actual.forEach((value, index) => {
    const error = Math.abs(value - expected[index]!) / scale;
    expect(error, `${what} at ${index}: ${value}, by differences ${expected[index]}`).toBeLessThan(TOLERANCE);
  });
}
