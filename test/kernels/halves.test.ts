/** Parameters rounded to 16 bits, and what a time step reads of them. */
import { describe, expect, test } from 'vitest';
import { elementGroups, elementLanes } from '../../gpu/kernels/tiles.ts';
import { halfFromBits, LARGEST_HALF, roundToHalf } from '../support/half.ts';
import { expectHalves } from '../support/elements/halves.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

test('what a number of 16 bits is', () => {
  expect([1, -2.5, LARGEST_HALF, 2 ** -14, 0].map(roundToHalf)).toEqual([1, -2.5, LARGEST_HALF, 2 ** -14, 0]);
  expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 70_000].map(roundToHalf)).toEqual([1, 1 + 2 ** -9, LARGEST_HALF]);
  expect([2 ** -15, 1.01 * 2 ** -15, 1.99 * 2 ** -15].map(roundToHalf)).toEqual([0, 2 ** -14, 2 ** -14]);
  expect([0x3c00, 0xc100, 0x7bff, 1].map(halfFromBits)).toEqual([1, -2.5, LARGEST_HALF, 2 ** -24]);
});

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each([1, 2, 7, 1000])('%i parameters', async (length) => {
    await expectHalves(family, new RandomSource(length).normals(length));
  });

  test('of every size, beyond the largest too', async () => {
    const sizes = Array.from({ length: 44 }, (_, index) => 2 ** (index - 24));
    const values = [...sizes, -LARGEST_HALF, 65_519, 1e5, -3e38, 0].map((size) => 1.2345678 * size);
    await expectHalves(family, Float32Array.from(values));
  });
});

test('more parameters than the workgroups of a software adapter have invocations', async () => {
  // An invocation rounds two at a time.
  const [most] = elementGroups('software', Infinity);
  const length = 2 * most * elementLanes('software') + 101;
  await expectHalves('software', new RandomSource(1).normals(length));
});
