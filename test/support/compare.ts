/**
 * Comparisons of float32 results with the float64 reference, at the bar that correct float32 code meets and wrong
 * code does not. A wrong length, a NaN or an infinity always fails.
 */
import { parameterLayout } from '../../gpu/model/parameters.ts';
import type { ModelConfiguration } from '../../gpu/model/configuration.ts';
import type { Gradient, Numbers } from '../../gpu/reference/oracle.ts';

/** Of max(1, the largest reference value): every value of a forward pass is this close. */
export const FORWARD_TOLERANCE = 2e-6;

/** Of the L2 norm of the same sums over absolute terms: the L2 norm of a gradient's error is below this. */
export const GRADIENT_TOLERANCE = 5e-6;

/** Each value within 2e-6 · max(1, max|expected|). */
export function expectForwardClose(actual: Numbers, expected: Numbers, what = 'forward'): void {
  requireComparable(actual, expected, what);
  const scale = Math.max(1, largest(expected));
  const worst = worstIndex(actual, expected);
  const error = Math.abs(actual[worst]! - expected[worst]!);
  if (!(error <= FORWARD_TOLERANCE * scale)) {
    throw new Error(
      `${what}: ${error.toExponential(2)} off, allowed ${(FORWARD_TOLERANCE * scale).toExponential(2)}; ` +
        describe(actual, expected, worst),
    );
  }
}

/** ‖actual − expected‖₂ within 5e-6 · ‖the same sums over absolute terms‖₂. */
export function expectGradientClose(actual: Numbers, expected: Gradient, what = 'gradient'): void {
  requireComparable(actual, expected.values, what);
  requireComparable(expected.magnitude, expected.values, `${what}, magnitude`);
  const error = norm(Float64Array.from(expected.values, (value, index) => actual[index]! - value));
  const allowed = GRADIENT_TOLERANCE * norm(expected.magnitude);
  if (!(error <= allowed)) {
    const worst = worstIndex(actual, expected.values);
    throw new Error(
      `${what}: L2 error ${error.toExponential(2)}, allowed ${allowed.toExponential(2)}; worst ` +
        describe(actual, expected.values, worst),
    );
  }
}

/** Every parameter's gradient by itself, named as in the layout; the gaps between parameters must be 0. */
export function expectParameterGradientsClose(
  model: ModelConfiguration,
  actual: Numbers,
  expected: Gradient,
): void {
  const layout = parameterLayout(model);
  if (actual.length !== layout.length) {
    throw new Error(`gradient: ${actual.length} values, expected ${layout.length}.`);
  }
  const gaps = new Set(Array.from({ length: layout.length }, (_, index) => index));
  for (const { name, offset, length } of layout.views) {
    const part = (values: Numbers): Float64Array =>
      Float64Array.from(values).subarray(offset, offset + length);
    expectGradientClose(
      part(actual),
      { values: part(expected.values), magnitude: part(expected.magnitude) },
      `gradient of ${name}`,
    );
    for (let index = offset; index < offset + length; index++) gaps.delete(index);
  }
  for (const index of gaps) {
    if (actual[index] !== 0)
      throw new Error(`gradient: ${actual[index]} in the gap at ${index}, expected 0.`);
  }
}

/** |actual − expected| within `tolerance` of |expected|, for each of two lists of losses. */
export function expectLossesClose(
  actual: Numbers,
  expected: Numbers,
  tolerance: number,
  what = 'losses',
): void {
  requireComparable(actual, expected, what);
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / Math.abs(expected[index]!);
    if (!(error <= tolerance)) {
      throw new Error(
        `${what}: relative error ${error.toExponential(2)}, allowed ${tolerance}; ${describe(actual, expected, index)}`,
      );
    }
  }
}

/** Same length, same bits: −0 is not 0, and no NaN. */
export function expectSameBits(actual: Float32Array, expected: Float32Array, what = 'values'): void {
  requireComparable(actual, expected, what);
  for (let index = 0; index < expected.length; index++) {
    if (!Object.is(actual[index], expected[index])) {
      throw new Error(`${what}: bits differ; ${describe(actual, expected, index)}`);
    }
  }
}

function requireComparable(actual: Numbers, expected: Numbers, what: string): void {
  if (expected.length === 0) throw new Error(`${what}: nothing to compare.`);
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values, expected ${expected.length}.`);
  }
  for (let index = 0; index < expected.length; index++) {
    if (!Number.isFinite(actual[index]) || !Number.isFinite(expected[index])) {
      throw new Error(`${what}: not finite; ${describe(actual, expected, index)}`);
    }
  }
}

function describe(actual: Numbers, expected: Numbers, index: number): string {
  return `at ${index} of ${expected.length}: ${actual[index]}, expected ${expected[index]}.`;
}

function worstIndex(actual: Numbers, expected: Numbers): number {
  let worst = 0;
  for (let index = 1; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!);
    if (error > Math.abs(actual[worst]! - expected[worst]!)) worst = index;
  }
  return worst;
}

function largest(values: Numbers): number {
  let result = 0;
  for (let index = 0; index < values.length; index++) result = Math.max(result, Math.abs(values[index]!));
  return result;
}

function norm(values: Numbers): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! ** 2;
  return Math.sqrt(sum);
}
