/** Buffers for the comparisons of elementwise kernels. */
import type { RandomSource } from '../random.ts';

/** A control buffer that says only which iteration this is. */
export function controlAt(iteration: number): Uint32Array {
  const control = new Uint32Array(64);
  control[0] = iteration;
  return control;
}

/** `values` from word `at` on, with NaN around them. */
export function placed(values: ArrayLike<number>, at: number): Float32Array {
  const result = new Float32Array(at + values.length + 3).fill(NaN);
  result.set(values, at);
  return result;
}

/** The values from word `at` on, once all around them is found untouched. */
export function taken(buffer: Float32Array, at: number, length: number): Float32Array {
  buffer.forEach((value, index) => {
    const inside = index >= at && index < at + length;
    if (!inside && !Number.isNaN(value)) {
      throw new Error(`${value} was written at ${index}, outside of ${at} … ${at + length - 1}.`);
    }
  });
  return buffer.slice(at, at + length);
}

/** Words of each, as a buffer of its own needs them. */
export function lengthsOf(contents: Readonly<Record<string, ArrayLike<number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(contents).map(([name, { length }]) => [name, length]));
}

/** The same words, and as many. */
export function expectSameWords(actual: Float32Array, expected: Uint32Array, what: string): void {
  const words = new Uint32Array(actual.buffer, actual.byteOffset, actual.length);
  if (words.length !== expected.length)
    throw new Error(`${what}: ${words.length} words, expected ${expected.length}.`);
  const wrong = expected.findIndex((word, index) => words[index] !== word);
  if (wrong >= 0)
    throw new Error(`${what}: words differ at ${wrong}: ${words[wrong]}, expected ${expected[wrong]}.`);
}

/** Words of any bits. */
export function randomWords(random: RandomSource, length: number): Uint32Array {
  return Uint32Array.from({ length }, () => random.integer(0, 2 ** 32 - 1));
}
