/** Any cell through the drivers of a time step, forward and backward, against the float64 reference. */
import { beforeAll, describe, test } from 'vitest';
import { registerCell } from '../../gpu/cells/registry.ts';
import { referenceBackward } from '../../gpu/reference/oracle.ts';
import { registerReferenceCell } from '../../gpu/reference/registry.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../support/compare.ts';
import { FAMILIES, runNetwork } from '../support/gpu.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { randomProblem, type Shape } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';

/** A software adapter takes long over barriers, so the kernels for a GPU get fewer shapes here; `bench:kit` has more. */
const CASES = { software: 10, hardware: 5 };

/** Sizes of 1, odd sizes, and sizes beyond a tile and a workgroup of either family. */
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
  describe.each(FAMILIES)('%s kernels', (family) => {
    test.each(Array.from({ length: CASES[family] }, (_, index) => index + 1))(
      'random shape %i',
      async (seed) => {
        const random = new RandomSource(seed);
        const problem = randomProblem(random, cell, states, shape(random));
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
      },
    );
  });
});
