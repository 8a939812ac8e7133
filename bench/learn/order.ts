/** Temporal order (Hochreiter and Schmidhuber, 1997, task 6a). */
import type { Examples } from '../../gpu/index.ts';
import type { RandomSource } from '../../test/support/random.ts';
import { adam, classAccuracy, type Task } from './task.ts';

const STEPS = 50;
const EXAMPLES = 4096;
/** Tokens: four that tell nothing, then X and Y. */
const DISTRACTORS = 4;

/**
 * Tokens that tell nothing, but for an X or Y in the second tenth of the sequence and another in the sixth. The class,
 * one of four, says which they were, in order: XX, XY, YX, YY.
 */
function orders(random: RandomSource, count: number): Examples {
  const inputs = Uint32Array.from({ length: STEPS * count }, () => random.integer(0, DISTRACTORS - 1));
  const targets = new Uint32Array(count);
  for (let n = 0; n < count; n += 1) {
    for (const tenth of [1, 5]) {
      const isY = random.integer(0, 1);
      const t = random.integer((tenth * STEPS) / 10, ((tenth + 1) * STEPS) / 10);
      inputs[t * count + n] = DISTRACTORS + isY;
      targets[n] = 2 * targets[n]! + isY;
    }
  }
  return { count, steps: STEPS, inputs, targets };
}

export const order: Task = {
  name: 'order',
  setting: 'lstm 24',
  measure: 'accuracy',
  bar: 0.95,
  learnable: true,
  limit: 1000,
  configuration: (seed) => ({
    model: {
      inputSize: DISTRACTORS + 2,
      input: { kind: 'one-hot' },
      layers: [{ cell: 'lstm', hiddenSize: 24 }],
      outputSize: 4,
      readout: 'last-step',
      head: 'softmax',
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
  training: (random) => ({ kind: 'examples', ...orders(random, EXAMPLES) }),
  heldOut: orders,
  score: (outputs, { targets }) => classAccuracy(outputs, targets, 4),
};
