/** The strided product and the column sums against sums in float64, in each of the three uses of a linear layer. */
import { describe, expect, test } from 'vitest';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { blockFor, blockSide } from '../../gpu/kernels/workgroups.ts';
import {
  linearForward,
  linearGradient,
  linearInputGradient,
  recordColumnSums,
  recordProduct,
} from '../../gpu/layers/linear.ts';
import { expectForwardClose, expectGradientClose } from '../support/compare.ts';
import { FAMILIES, runRecordings } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

/** out [M, N] = a [M, K] · b [K, N], and the same sums over absolute terms. */
function multiply(
  [rows, inner, columns]: readonly [number, number, number],
  a: (row: number, k: number) => number,
  b: (k: number, column: number) => number,
): { values: Float64Array; magnitude: Float64Array } {
  const values = new Float64Array(rows * columns);
  const magnitude = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let k = 0; k < inner; k += 1) {
        const term = a(row, k) * b(k, column);
        values[row * columns + column]! += term;
        magnitude[row * columns + column]! += Math.abs(term);
      }
    }
  }
  return { values, magnitude };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  test.each(Array.from({ length: 10 }, (_, index) => index + 1))('random shape %i', async (seed) => {
    const random = new RandomSource(seed + 1000);
    const size = (): number => random.pick([1, 2, 7, 33, 64, 131]);
    await expectLinear(family, random, [random.pick([1, 5, 64, 300]), size(), size()]);
  });
});

/** The third is in blocks for the hardware family. */
describe.each(FAMILIES)('%s kernels, added to what is there', (family) => {
  test.each([
    [1, 5, 7],
    [3, 40, 33],
    [3841, 2, 3],
  ] as const)('M %i, K %i, N %i', async (rows, inner, columns) => {
    const random = new RandomSource(rows);
    const [a, b, before, sums] = [rows * inner, inner * columns, rows * columns, columns].map((length) =>
      random.normals(length),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const results = await runRecordings(
      { a: a.length, b: b.length, out: before.length, sums: columns },
      { a, b, out: before, sums },
      ({ a, b, out, sums }) => [
        recordProduct(
          family,
          [rows, inner, columns],
          { buffer: a!, at: 0, rowStride: inner, innerStride: 1 },
          { buffer: b!, at: 0, innerStride: columns, columnStride: 1 },
          { buffer: out!, at: 0, rowStride: columns, accumulate: true },
        ),
        recordColumnSums(
          family,
          [inner, columns],
          { buffer: b!, at: 0, rowStride: columns },
          { buffer: sums!, at: 0, accumulate: true },
        ),
      ],
    );
    const product = multiply(
      [rows, inner, columns],
      (row, k) => a[row * inner + k]!,
      (k, column) => b[k * columns + column]!,
    );
    const ones = multiply(
      [1, inner, columns],
      () => 1,
      (k, column) => b[k * columns + column]!,
    );
    expectForwardClose(
      results['out']!,
      product.values.map((value, i) => value + before[i]!),
      'product',
    );
    expectForwardClose(
      results['sums']!,
      ones.values.map((value, i) => value + sums[i]!),
      'column sums',
    );
  });
});

/** Only there does the size of a result choose other kernels: blocks of 64 for the first, of 128 for the second. */
describe('hardware kernels, large results', () => {
  test.each([
    { sizes: [520, 530, 21], block: 64, rows: 520, columns: 530 },
    { sizes: [9, 3, 16_300], block: 128, rows: 9, columns: 16_300 },
  ] as const)('in blocks of $block', async ({ sizes, block, rows, columns }) => {
    expect(blockSide(blockFor(rows, columns)!)).toBe(block);
    await expectLinear('hardware', new RandomSource(5), sizes);
  });
});

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

function place(buffer?: GPUBuffer): { buffer: GPUBuffer; at: number } {
  return { buffer: buffer!, at: 0 };
}

/** A linear layer forward and backward, with so many rows, inputs and outputs. */
async function expectLinear(
  family: KernelFamily,
  random: RandomSource,
  [rows, inputSize, outputSize]: readonly [number, number, number],
): Promise<void> {
  const at = random.pick([0, 4, 12]);
  const weights = random.normals(inputSize * outputSize);
  const bias = random.normals(outputSize);
  const x = random.normals(rows * inputSize);
  const dy = random.normals(rows * outputSize);
  const parameters = joined(weights, bias);
  const results = await runRecordings(
    {
      parameters: parameters.length,
      gradients: parameters.length,
      x: at + x.length,
      y: dy.length,
      dy: dy.length,
      dx: x.length,
    },
    { parameters, x: joined(new Float32Array(at), x), dy },
    ({ parameters, gradients, x, y, dy, dx }) => {
      const layer = { inputSize, outputSize, weights: 0, bias: weights.length };
      const context = { family, parameters: parameters!, gradients: gradients! };
      const from = { buffer: x!, at };
      return [
        linearForward(context, layer, rows, { x: from, y: place(y) }),
        linearInputGradient(context, layer, rows, { dx: place(dx), dy: place(dy) }),
        ...linearGradient(context, layer, rows, { x: from, dy: place(dy) }, false),
      ];
    },
  );

  const forward = multiply(
    [rows, inputSize + 1, outputSize],
    (row, k) => (k < inputSize ? x[row * inputSize + k]! : 1),
    (k, column) => parameters[k * outputSize + column]!,
  );
  expectForwardClose(results['y']!, forward.values, 'y');
  const toInput = multiply(
    [rows, outputSize, inputSize],
    (row, k) => dy[row * outputSize + k]!,
    (k, column) => weights[column * outputSize + k]!,
  );
  expectGradientClose(results['dx']!, toInput, 'dx');
  const toParameters = multiply(
    [inputSize + 1, rows, outputSize],
    (row, k) => (row < inputSize ? x[k * inputSize + row]! : 1),
    (k, column) => dy[k * outputSize + column]!,
  );
  expectGradientClose(results['gradients']!, toParameters, 'dU and dd');
}
