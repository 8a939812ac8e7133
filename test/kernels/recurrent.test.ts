/** Any cell through the drivers of a time step, forward and backward, against the float64 reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import { registerCell } from '../../gpu/cells/registry.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { referenceBackward } from '../../gpu/reference/oracle.ts';
import { registerReferenceCell } from '../../gpu/reference/registry.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../support/compare.ts';
import { runNetwork, testDevice, withoutSubgroups } from '../support/gpu.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { randomProblem, type Shape } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);

/**
 * A software adapter takes long over barriers and long sums of unrolled rows, so the kernels for a GPU get few shapes
 * here, and `bench:kit` has more. One row to a workgroup, two and four, with rows, units and slices left over; inputs
 * and states of more than a chunk; a layer on another.
 */
const SLICED_SHAPES: readonly Shape[] = [
  { steps: 1, batch: 1, inputSize: 1, hiddenSizes: [1], outputSize: 1 },
  { steps: 3, batch: 3, inputSize: 300, hiddenSizes: [20, 3], outputSize: 3 },
  { steps: 2, batch: 5, inputSize: 9, hiddenSizes: [270], outputSize: 1 },
  { steps: 5, batch: 9, inputSize: 2, hiddenSizes: [65], outputSize: 7 },
];

/** Sixteen rows to a workgroup and two units to an invocation, which takes long without a GPU: for one cell. */
const LARGE: Shape = { steps: 2, batch: 97, inputSize: 1, hiddenSizes: [450], outputSize: 1 };

/** Sizes of 1, odd sizes, and sizes beyond a tile and a workgroup. */
function shape(random: RandomSource): Shape {
  return {
    steps: random.pick([1, 2, 5, 11]),
    batch: random.pick([1, 3, 8, 17, 50]),
    inputSize: random.pick([1, 2, 9, 33]),
    hiddenSizes: Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick([1, 3, 20, 65, 129])),
    outputSize: random.pick([1, 3, 7]),
  };
}

beforeAll(() => {
  registerCell(peepholeDescription);
  registerReferenceCell('peephole', peepholeCell);
});

describe.each([
  { cell: 'rnn', states: 1 },
  { cell: 'lstm', states: 2 },
  { cell: 'gru', states: 1 },
  { cell: 'peephole', states: 2 },
])('$cell', ({ cell, states }) => {
  async function expectAsReference(family: KernelFamily, random: RandomSource, sizes: Shape): Promise<void> {
    const problem = randomProblem(random, cell, states, sizes);
    const expected = referenceBackward(
      problem.model,
      problem.parameters,
      problem.inputs,
      problem.batch,
      problem.dOutputs,
      { initial: problem.initialStates },
    );
    const actual = await runNetwork(problem, family);
    expectForwardClose(actual.outputs, expected.forward.outputs, 'outputs');
    expectParameterGradientsClose(problem.model, actual.gradients, expected.parameters);
  }

  test.each(SEEDS)('software kernels, random shape %i', async (seed) => {
    const random = new RandomSource(seed);
    await expectAsReference('software', random, shape(random));
  });

  test('software kernels without subgroups give the same bits', async () => {
    expect((await testDevice()).device.features.has('subgroups')).toBe(true);
    // Inner sizes that end one, two and three elements past a multiple of four.
    const sizes = { steps: 3, batch: 6, inputSize: 2, hiddenSizes: [7, 9], outputSize: 5 };
    const problem = randomProblem(new RandomSource(1), cell, states, sizes);
    const together = await runNetwork(problem, 'software');
    const alone = await runNetwork(problem, 'software', withoutSubgroups);
    expect(together.outputs).toEqual(alone.outputs);
    expect(together.gradients).toEqual(alone.gradients);
  });

  test.each(cell === 'gru' ? [...SLICED_SHAPES, LARGE] : SLICED_SHAPES)(
    'hardware kernels, T $steps, B $batch, I $inputSize, H $hiddenSizes, O $outputSize',
    async (sizes) => {
      await expectAsReference('hardware', new RandomSource(1), sizes);
    },
  );
});
