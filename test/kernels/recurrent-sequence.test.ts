/** All time steps of a layer in one dispatch, against the float64 reference and against a dispatch a step. */
import { describe, expect, test } from 'vitest';
import type { CellDescription } from '../../gpu/cells/cell.ts';
import { cellOf } from '../../gpu/cells/registry.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { ReferenceCell } from '../../gpu/reference/cell.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { expectForwardClose } from '../support/compare.ts';
import type { Mutation } from '../support/gpu.ts';
import { someOptions } from '../support/layer-options.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { RandomSource } from '../support/random.ts';
import {
  type LayerOptions,
  type LayerProblem,
  type LayerResult,
  type LayerSize,
  randomLayer,
  runLayer,
} from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';
import { withScarceMemory } from '../support/scarce-memory.ts';

const CELLS: readonly (readonly [string, CellDescription, ReferenceCell])[] = [
  ...(['rnn', 'lstm', 'gru'] as const).map(
    (cell) => [cell, cellOf({ cell }), referenceCell({ cell })] as const,
  ),
  ['peephole', peepholeDescription, peepholeCell],
];

/** Fails where a step is a dispatch of its own, in either sweep. */
async function runSequence(
  problem: LayerProblem,
  options: LayerOptions = {},
  mutate: Mutation = (recording) => recording,
  family: KernelFamily = 'hardware',
): Promise<LayerResult> {
  const kernels: string[] = [];
  const result = await runLayer(problem, family, { ...options, recurrence: 'sequence' }, (recording) => {
    kernels.push(recording.kernel.name.split('.')[0]!);
    return mutate(recording);
  });
  expect(kernels.filter((name) => /^(forward|backward)_(step|sequence)$/.test(name))).toEqual([
    'forward_sequence',
    'backward_sequence',
  ]);
  return result;
}

/** One row to a workgroup, two and four by hardware kernels, with rows, units, slices and columns left over. */
const SIZES: readonly LayerSize[] = [
  { steps: 5, batch: 1, inputSize: 1, hiddenSize: 1 },
  { steps: 2, batch: 193, inputSize: 2, hiddenSize: 3 },
  { steps: 3, batch: 385, inputSize: 9, hiddenSize: 5 },
  { steps: 11, batch: 3, inputSize: 33, hiddenSize: 26 },
];

describe.each(CELLS)('%s', (_, cell, expected) => {
  test.each(SIZES)('T $steps, B $batch, I $inputSize, H $hiddenSize', async (size) => {
    const problem = randomLayer(new RandomSource(1), cell, size);
    const actual = await runSequence(problem);
    expectAsReference(problem, expected, {}, actual);
    const steps = await runLayer(problem, 'software');
    for (const name of Object.keys(steps) as (keyof LayerResult)[]) {
      if (steps[name].length > 0) expectForwardClose(actual[name], steps[name], name);
    }
  });

  test('weights beyond the registers, sums beyond the memory', async () => {
    const size = { steps: 3, batch: 3, inputSize: 2, hiddenSize: 21 };
    const problem = randomLayer(new RandomSource(2), cell, size);
    const actual = await runSequence(problem, {}, withScarceMemory);
    expectAsReference(problem, expected, {}, actual);
  });

  test.each([1, 2, 3, 4])('random options %i', async (seed) => {
    const random = new RandomSource(seed + 200);
    const problem = randomLayer(random, cell, {
      steps: random.pick([2, 5]),
      batch: random.pick([1, 3, 9]),
      inputSize: random.pick([1, 5]),
      hiddenSize: random.pick([1, 6, 19]),
    });
    const options = someOptions(random, problem);
    const actual = await runSequence(problem, options);
    expectAsReference(problem, expected, options, actual);
  });

  test.each([5, 6])('software kernels, random options %i', async (seed) => {
    const random = new RandomSource(seed + 200);
    const problem = randomLayer(random, cell, {
      steps: random.pick([2, 5]),
      batch: random.pick([1, 3, 9]),
      inputSize: random.pick([1, 5]),
      hiddenSize: random.pick([1, 6, 19, 37]),
    });
    const options = someOptions(random, problem);
    const actual = await runSequence(problem, options, undefined, 'software');
    expectAsReference(problem, expected, options, actual);
  });
});

test('more units than a workgroup has invocations', async () => {
  const size = { steps: 2, batch: 2, inputSize: 1, hiddenSize: 300 };
  const problem = randomLayer(new RandomSource(4), cellOf({ cell: 'rnn' }), size);
  const actual = await runSequence(problem, {}, withScarceMemory);
  expectAsReference(problem, referenceCell({ cell: 'rnn' }), {}, actual);
});

test.each([
  { what: 'two time steps', size: {}, kernel: 'forward_sequence.rnn' },
  { what: 'a single time step', size: { steps: 1 }, kernel: 'forward_step.rnn' },
  { what: 'a layer too large', size: { hiddenSize: 525 }, kernel: 'forward_step.rnn' },
])('$what: $kernel', async ({ size, kernel }) => {
  const whole = { steps: 2, batch: 1, inputSize: 1, hiddenSize: 2, ...size };
  const kernels: string[] = [];
  const problem = randomLayer(new RandomSource(5), cellOf({ cell: 'rnn' }), whole);
  await runLayer(problem, 'software', { recurrence: 'sequence' }, (recording) => {
    kernels.push(recording.kernel.name);
    return recording;
  });
  expect(kernels).toContain(kernel);
});
