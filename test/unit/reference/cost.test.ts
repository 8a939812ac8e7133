/** Costs by hand. */
import { describe, expect, test } from 'vitest';
import { meanSquaredError, softmaxCrossEntropy } from '../../../gpu/reference/loss.ts';
import { referenceExamine } from '../../../gpu/reference/oracle.ts';
import {
  at,
  B,
  examplesOf,
  expectSame,
  LSTM,
  modelOf,
  O,
  parametersOf,
  steps,
  T,
} from '../../support/facts.ts';
import { RandomSource } from '../../support/random.ts';

describe('cost', () => {
  test('mean squared error by weight', () => {
    // Rows [1, 2] against [0, 4] with weight 2, [5, 5] with weight 0: 2·(1 + 4) / (2·2).
    const { loss, dOutputs } = meanSquaredError(
      Float64Array.of(1, 2, 5, 5),
      [0, 4, 0, 0],
      Float64Array.of(2, 0),
    );
    expect(loss).toBe(2.5);
    expect([...dOutputs]).toEqual([1, -2, 0, 0]);
  });

  test('cross-entropy from logits, however large', () => {
    const even = softmaxCrossEntropy(Float64Array.of(3, 3, 3, 3), [1, 0], Float64Array.of(1, 3));
    expect(even.loss).toBeCloseTo(Math.log(2), 15);
    expectSame(even.dOutputs, [0.125, -0.125, -0.375, 0.375]);
    const large = softmaxCrossEntropy(Float64Array.of(1000, 0, -1000), [1], Float64Array.of(1));
    expect(large.loss).toBe(1000);
    expect([...large.dOutputs]).toEqual([1, -1, 0]);
  });

  test('of nothing it is 0, and so is its gradient', () => {
    const zeros = { loss: 0, dOutputs: Float64Array.of(0, 0) };
    expect(meanSquaredError(Float64Array.of(1, 2), [0, 0], Float64Array.of(0))).toEqual(zeros);
    expect(softmaxCrossEntropy(Float64Array.of(1, 2), [0], Float64Array.of(0))).toEqual(zeros);
  });

  test('counts what the mask, the time steps and the lengths leave', () => {
    const random = new RandomSource(12);
    const mask = Float32Array.from({ length: T * B }, () => random.pick([0, 1, 2]));
    const examples = examplesOf({
      lengths: Uint32Array.of(2, 5, 3),
      mask,
      targets: random.normals(T * B * O),
    });
    const model = modelOf([LSTM]);
    const costSteps = { from: 1, to: 4 };
    const { outputs, loss } = referenceExamine(model, { seed: 1, costSteps }, parametersOf(model), examples);
    let [errors, total] = [0, 0];
    for (const t of [1, 2, 3]) {
      for (const b of steps(B)) {
        if (t >= examples.lengths![b]!) continue;
        const weight = mask[t * B + b]!;
        total += weight * O;
        const target = at(examples.targets, t, b, O);
        errors += weight * at(outputs, t, b, O).reduce((sum, y, o) => sum + (y - target[o]!) ** 2, 0);
      }
    }
    expect(loss).toBeCloseTo(errors / total, 14);
  });
});
