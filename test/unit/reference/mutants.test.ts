/**
 * The bar of the kernel tests judged from both sides: an independent float32 network passes it over many random
 * shapes, and each way of getting that network wrong fails it.
 */
import { describe, expect, test } from 'vitest';
import { referenceBackward } from '../../../gpu/reference/oracle.ts';
import {
  expectForwardClose,
  expectGradientClose,
  expectParameterGradientsClose,
} from '../../support/compare.ts';
import { backwardMutants, float32Rnn, forwardMutants, type Mutant } from '../../support/float32-rnn.ts';
import { randomProblem, type Problem } from '../../support/problem.ts';
import { RandomSource } from '../../support/random.ts';

function compare(problem: Problem, mutant?: Mutant): { forward(): void; gradients(): void } {
  const { model, parameters, inputs, batch, dOutputs, initialStates, dFinalStates } = problem;
  const expected = referenceBackward(model, parameters, inputs, batch, dOutputs, {
    initial: initialStates,
    dFinal: dFinalStates,
  });
  const actual = float32Rnn(problem, mutant);
  return {
    forward: () => expectForwardClose(actual.outputs, expected.forward.outputs),
    gradients() {
      expectParameterGradientsClose(model, actual.parameters, expected.parameters);
      expectGradientClose(actual.inputs, expected.inputs, 'gradient of the inputs');
    },
  };
}

test('correct float32 code passes, over 300 random shapes', { timeout: 60_000 }, () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new RandomSource(seed);
    const problem = randomProblem(random, 'rnn', 1, {
      steps: random.pick([1, 2, 5, 20, 33]),
      batch: random.pick([1, 2, 3, 5]),
      inputSize: random.pick([1, 2, 3, 7]),
      hiddenSizes: Array.from({ length: random.integer(1, 3) }, () => random.pick([1, 2, 5, 9, 17])),
      outputSize: random.pick([1, 2, 3]),
    });
    const { forward, gradients } = compare(problem);
    expect(forward).not.toThrow();
    expect(gradients).not.toThrow();
  }
});

describe.each([
  { hiddenSizes: [5, 4], steps: 6, batch: 3 },
  { hiddenSizes: [33, 17], steps: 20, batch: 5 },
])('mutants at H $hiddenSizes, T $steps, B $batch', (shape) => {
  const problem = randomProblem(new RandomSource(11), 'rnn', 1, { inputSize: 2, outputSize: 2, ...shape });

  test.each(forwardMutants)('forward: %s', (mutant) => {
    expect(compare(problem, mutant).forward).toThrow(/forward: .* off, allowed/);
  });

  test.each(backwardMutants)('backward: %s', (mutant) => {
    const { forward, gradients } = compare(problem, mutant);
    forward();
    expect(gradients).toThrow(/gradient of .*: L2 error .*, allowed/);
  });
});

describe('comparisons', () => {
  const expected = { values: Float64Array.of(1, 2), magnitude: Float64Array.of(1, 2) };

  test('fail on what is not finite or of another length', () => {
    for (const wrong of [
      [1, Number.NaN],
      [1, Infinity],
    ]) {
      expect(() => expectForwardClose(wrong, [1, 2])).toThrow('not finite; at 1 of 2');
      expect(() => expectGradientClose(wrong, expected)).toThrow('not finite; at 1 of 2');
    }
    for (const wrong of [[1], [1, 2, 3], []]) {
      expect(() => expectForwardClose(wrong, [1, 2])).toThrow(`${wrong.length} values, expected 2`);
      expect(() => expectGradientClose(wrong, expected)).toThrow(`${wrong.length} values, expected 2`);
    }
    expect(() => expectForwardClose([], [])).toThrow('nothing to compare');
  });

  test('name the worst value', () => {
    expect(() => expectForwardClose([1, 2.5], [1, 2], 'h')).toThrow(
      /^h: 5\.00e-1 off.* at 1 of 2: 2\.5, expected 2/,
    );
    expect(() => expectGradientClose([1.5, 2], expected, 'dW')).toThrow(
      /^dW: L2 error.* at 0 of 2: 1\.5, expected 1/,
    );
  });
});
