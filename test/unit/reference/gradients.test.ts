/** The reference's backward pass against central differences of its own forward pass. */
import { beforeAll, describe, expect, test } from 'vitest';
import { registerCell } from '../../../gpu/index.ts';
import {
  referenceBackward,
  referenceForward,
  referenceLossAndGradient,
  type Numbers,
} from '../../../gpu/reference/oracle.ts';
import { networkOf } from '../../../gpu/reference/network.ts';
import { finalStates } from '../../../gpu/reference/network-forward.ts';
import { registerReferenceCell } from '../../../gpu/reference/registry.ts';
import { expectMatchesDifferences, numericalGradient } from '../../support/differences.ts';
import { peepholeCell } from '../../support/peephole-cell.ts';
import { randomProblem, smallShape, type Problem } from '../../support/problem.ts';
import { RandomSource } from '../../support/random.ts';

function dot(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** Checks ∂/∂everything of L = Σ y·dy + Σ (last states)·(their gradients), for which dy and those are random. */
function expectGradientsMatchDifferences(problem: Problem): void {
  const { model, batch, dOutputs, dFinalStates } = problem;
  const parameters = Float64Array.from(problem.parameters);
  const inputs = Float64Array.from(problem.inputs);
  const initialStates = problem.initialStates.map((layer) => layer.map((state) => Float64Array.from(state)));
  const loss = (): number => {
    const forward = referenceForward(model, parameters, inputs, batch, initialStates);
    const last = finalStates(networkOf(model, parameters), forward);
    return (
      dot(forward.outputs, dOutputs) +
      last.reduce(
        (sum, layer, l) => sum + layer.reduce((part, state, s) => part + dot(state, dFinalStates[l]![s]!), 0),
        0,
      )
    );
  };
  const gradients = referenceBackward(model, parameters, inputs, batch, dOutputs, {
    initial: initialStates,
    dFinal: dFinalStates,
  });
  expectMatchesDifferences(gradients.parameters.values, numericalGradient(parameters, loss), 'parameters');
  expectMatchesDifferences(gradients.inputs.values, numericalGradient(inputs, loss), 'inputs');
  initialStates.forEach((layer, l) =>
    layer.forEach((state, s) => {
      const { values } = gradients.initialStates[l]![s]!;
      expectMatchesDifferences(values, numericalGradient(state, loss), `state ${s} of layer ${l}`);
    }),
  );
}

beforeAll(() => {
  registerReferenceCell('peephole', peepholeCell);
  registerCell({
    name: 'peephole',
    gates: ['i', 'n', 'o'],
    states: ['h', 'c'],
    vectors: ['p', 'q', 'r'],
    saved: 4,
    savedGates: { i: 0, n: 1, o: 2 },
    splitsSums: true,
    shader: '',
  });
});

describe.each([
  { cell: 'rnn', states: 1 },
  { cell: 'lstm', states: 2 },
  { cell: 'gru', states: 1 },
  { cell: 'peephole', states: 2 },
])('$cell against central differences', ({ cell, states }) => {
  test.each([1, 2, 3])('%i layers, random shapes', { timeout: 60_000 }, (layers) => {
    for (let trial = 0; trial < 6; trial++) {
      const random = new RandomSource(1000 * layers + trial);
      expectGradientsMatchDifferences(randomProblem(random, cell, states, smallShape(random, layers)));
    }
  });

  test('a long sequence', { timeout: 60_000 }, () => {
    const shape = { steps: 40, batch: 2, inputSize: 2, hiddenSizes: [5], outputSize: 1 };
    expectGradientsMatchDifferences(randomProblem(new RandomSource(7), cell, states, shape));
  });
});

test('mean squared error: loss by its definition, gradient by central differences', () => {
  const random = new RandomSource(3);
  const { model, batch, inputs, targets, ...rest } = randomProblem(random, 'rnn', 1, smallShape(random, 2));
  const parameters = Float64Array.from(rest.parameters);
  const loss = (): number => {
    const { outputs } = referenceForward(model, parameters, inputs, batch);
    return outputs.reduce((sum, y, n) => sum + (y - targets[n]!) ** 2, 0) / outputs.length;
  };
  const result = referenceLossAndGradient(model, parameters, inputs, targets, batch);
  expect(result.loss).toBeCloseTo(loss(), 14);
  expectMatchesDifferences(result.parameters.values, numericalGradient(parameters, loss), 'parameters');
  expect(result.gradientNorm).toBeCloseTo(Math.hypot(...result.parameters.values), 14);
});
