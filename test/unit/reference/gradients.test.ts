/** The reference's backward pass against central differences of its own forward pass. */
import { beforeAll, describe, expect, test } from 'vitest';
import { registerCell } from '../../../gpu/index.ts';
import {
  referenceBackward,
  referenceForward,
  referenceLossAndGradient,
  type Numbers,
} from '../../../gpu/reference/oracle.ts';
import { finalStates } from '../../../gpu/reference/network.ts';
import { registerReferenceCell } from '../../../gpu/reference/registry.ts';
import { peepholeCell } from '../../support/peephole-cell.ts';
import { randomProblem, smallShape, type Problem } from '../../support/problem.ts';
import { RandomSource } from '../../support/random.ts';

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
function numericalGradient(values: Float64Array, f: () => number): Float64Array {
  return Float64Array.from(values, (value, index) => {
    const slope = centralDifference((offset) => {
      values[index] = value + offset;
      return f();
    });
    values[index] = value;
    return slope;
  });
}

function expectClose(actual: Float64Array, expected: Float64Array, what: string): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  actual.forEach((value, index) => {
    const error = Math.abs(value - expected[index]!) / scale;
    expect(error, `${what} at ${index}: ${value}, by differences ${expected[index]}`).toBeLessThan(TOLERANCE);
  });
}

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
    const last = finalStates(forward);
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
  expectClose(gradients.parameters.values, numericalGradient(parameters, loss), 'parameters');
  expectClose(gradients.inputs.values, numericalGradient(inputs, loss), 'inputs');
  initialStates.forEach((layer, l) =>
    layer.forEach((state, s) => {
      const { values } = gradients.initialStates[l]![s]!;
      expectClose(values, numericalGradient(state, loss), `state ${s} of layer ${l}`);
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
  expectClose(result.parameters.values, numericalGradient(parameters, loss), 'parameters');
  expect(result.gradientNorm).toBeCloseTo(Math.hypot(...result.parameters.values), 14);
});
