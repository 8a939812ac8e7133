/** The adding problem (Hochreiter and Schmidhuber, 1997). */
import type { Examples } from '../../gpu/index.ts';
import type { RandomSource } from '../../test/support/random.ts';
import { adam, squaredError, type Task } from './task.ts';

const STEPS = 50;
const EXAMPLES = 4096;

/**
 * Each time step has a number in (0, 1) and a mark, which is 1 at one step of the first half and one of the second and
 * 0 elsewhere. The target, at the last step, is the sum of the two marked numbers. Always to say 1, the mean, has a
 * squared error of 1/6.
 */
function additions(random: RandomSource, count: number): Examples {
  const inputs = Float32Array.from({ length: STEPS * count * 2 }, (_, index) =>
    index % 2 === 0 ? random.uniform() : 0,
  );
  const targets = new Float32Array(count);
  for (let n = 0; n < count; n += 1) {
    for (const first of [0, STEPS / 2]) {
      const at = (random.integer(first, first + STEPS / 2 - 1) * count + n) * 2;
      inputs[at + 1] = 1;
      targets[n]! += inputs[at]!;
    }
  }
  return { count, steps: STEPS, inputs, targets };
}

export const adding: Task = {
  name: 'adding',
  setting: 'gru 32',
  measure: 'squared error',
  bar: 0.01,
  learnable: true,
  limit: 2000,
  configuration: (seed) => ({
    model: {
      inputSize: 2,
      layers: [{ cell: 'gru', hiddenSize: 32 }],
      outputSize: 1,
      readout: 'last-step',
    },
    training: {
      batchSize: 32,
      sequenceLength: STEPS,
      optimizer: adam(0.01),
      clipNorm: 1,
      initializer: 'orthogonal',
      seed,
    },
  }),
  training: (random) => ({ kind: 'examples', ...additions(random, EXAMPLES) }),
  heldOut: additions,
  score: (outputs, { targets }) => squaredError(outputs, targets),
};
