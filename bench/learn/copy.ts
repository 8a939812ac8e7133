/** Copying from memory (Hochreiter and Schmidhuber, 1997; as in Arjovsky et al., 2016). */
import type { Examples } from '../../gpu/index.ts';
import type { RandomSource } from '../../test/support/random.ts';
import { adam, classAccuracy, type Task } from './task.ts';

const SYMBOLS = 8;
const LENGTH = 10;
const DELAY = 20;
const STEPS = LENGTH + DELAY + LENGTH;
const EXAMPLES = 4096;
/** Tokens after the symbols 0…7. */
const BLANK = SYMBOLS;
const GO = SYMBOLS + 1;

/** Ten symbols, twenty blanks of which the last says "go", and ten more, at which the symbols are to be said in order. */
function copies(random: RandomSource, count: number): Examples {
  const inputs = new Uint32Array(STEPS * count).fill(BLANK);
  const targets = new Uint32Array(STEPS * count);
  for (let index = 0; index < LENGTH * count; index += 1) {
    inputs[index] = random.integer(0, SYMBOLS - 1);
    targets[(LENGTH + DELAY) * count + index] = inputs[index]!;
  }
  inputs.fill(GO, (LENGTH + DELAY - 1) * count, (LENGTH + DELAY) * count);
  return { count, steps: STEPS, inputs, targets };
}

/**
 * Orthogonal recurrent rows hold 10 · 8 numbers in 128 units as a shift register does (Henaff, Szlam and LeCun, 2016),
 * which a gated cell must find first: it is the simple cell that should reach this. To guess gives 1/8.
 */
export const copy: Task = {
  name: 'copy',
  setting: 'rnn 128, orthogonal',
  measure: 'accuracy',
  bar: 0.95,
  learnable: true,
  limit: 1000,
  configuration: (seed) => ({
    model: {
      inputSize: SYMBOLS + 2,
      input: { kind: 'one-hot' },
      layers: [{ cell: 'rnn', hiddenSize: 128 }],
      outputSize: SYMBOLS,
      head: 'softmax',
    },
    training: {
      batchSize: 32,
      sequenceLength: STEPS,
      optimizer: adam(0.002),
      clipNorm: 1,
      initializer: 'orthogonal',
      costSteps: { from: LENGTH + DELAY, to: STEPS },
      seed,
    },
  }),
  training: (random) => ({ kind: 'examples', ...copies(random, EXAMPLES) }),
  heldOut: copies,
  score: (outputs, { targets, count }) => classAccuracy(outputs, targets, SYMBOLS, (LENGTH + DELAY) * count),
};
