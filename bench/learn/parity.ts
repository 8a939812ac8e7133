/** Parity: whether the number of ones is odd. */
import type { Examples } from '../../gpu/index.ts';
import type { RandomSource } from '../../test/support/random.ts';
import { adam, classAccuracy, type Task } from './task.ts';

const BITS = 20;
const EXAMPLES = 16_384;

/**
 * Bits as 1 and −1, in `[T, N, 1]`, and the parity of those within each length. Only the answer after the last bit is
 * given: a target after every bit would teach the recurrence step by step, and so give the method away.
 */
function bits(random: RandomSource, count: number, lengthOf: () => number): Examples {
  const inputs = Float32Array.from({ length: BITS * count }, () => 2 * random.integer(0, 1) - 1);
  const lengths = Uint32Array.from({ length: count }, lengthOf);
  const targets = Uint32Array.from(lengths, (length, n) => {
    let ones = 0;
    for (let t = 0; t < length; t += 1) if (inputs[t * count + n] === 1) ones += 1;
    return ones % 2;
  });
  return { count, steps: BITS, inputs, targets, lengths };
}

/**
 * It trains on lengths from 1 to 20, since of a parity of 20 bits alone no part of the gradient tells anything: any 19
 * of them say nothing about it. It is judged at length 20, among 2²⁰ sequences; training has 16,384 of all lengths.
 */
export const parity: Task = {
  name: 'parity',
  setting: 'lstm 32',
  measure: 'accuracy',
  bar: 0.95,
  learnable: true,
  limit: 3000,
  configuration: (seed) => ({
    model: {
      inputSize: 1,
      layers: [{ cell: 'lstm', hiddenSize: 32 }],
      outputSize: 2,
      readout: 'last-step',
      head: 'softmax',
    },
    training: {
      batchSize: 64,
      sequenceLength: BITS,
      optimizer: adam(0.01),
      clipNorm: 1,
      initializer: 'orthogonal',
      seed,
    },
  }),
  training: (random) => ({
    kind: 'examples',
    ...bits(random, EXAMPLES, () => random.integer(1, BITS)),
  }),
  heldOut: (random, count) => bits(random, count, () => BITS),
  score: (outputs, { targets }) => classAccuracy(outputs, targets, 2),
};
