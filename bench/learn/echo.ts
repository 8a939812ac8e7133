/** A delayed echo, by truncated BPTT: what a window can teach, and what it cannot. */
import type { Examples } from '../../gpu/index.ts';
import { type RandomSource } from '../../test/support/random.ts';
import { adam, squaredError, type Task } from './task.ts';

const DELAY = 10;
const CHANNELS = 2;
const BATCH = 32;
/** Time steps of a training stream. */
const STREAM = 3000;
/** Time steps of a stream to be judged by. */
const JUDGED = 110;

/** Two inputs, each 1 or −1 at random, and as targets the same two, `DELAY` steps late; before that 0, which does not count. */
function echoes(random: RandomSource, count: number, steps: number): Examples {
  const inputs = Float32Array.from({ length: steps * count * CHANNELS }, () => 2 * random.integer(0, 1) - 1);
  const late = DELAY * count * CHANNELS;
  const targets = new Float32Array(inputs.length);
  targets.set(inputs.subarray(0, inputs.length - late), late);
  const mask = new Float32Array(steps * count).fill(1, DELAY * count);
  return { count, steps, inputs, targets, mask };
}

/**
 * Windows of a given length, with the state carried on. The recurrent rows start with a spectral radius of 0.5, since a
 * network that happens to hold its past long enough (one of orthogonal rows does) needs its readout trained only, which
 * no window prevents. A window of 5 gets as many time steps as one of 15, so three times the iterations.
 */
function windows(length: number, about: Pick<Task, 'bar' | 'learnable' | 'limit'>): Task {
  return {
    name: 'echo',
    setting: `rnn 48, window ${length}`,
    measure: 'squared error',
    ...about,
    configuration: (seed) => ({
      model: { inputSize: CHANNELS, layers: [{ cell: 'rnn', hiddenSize: 48 }], outputSize: CHANNELS },
      training: {
        batchSize: BATCH,
        sequenceLength: length,
        optimizer: adam(0.003),
        clipNorm: 1,
        initializer: 'orthogonal',
        spectralRadius: 0.5,
        seed,
      },
    }),
    training: (random) => ({ kind: 'streams', ...echoes(random, BATCH, STREAM) }),
    heldOut: (random, count) => echoes(random, Math.ceil(count / 10), JUDGED),
    score: (outputs, { targets, count }) => squaredError(outputs, targets, DELAY * count * CHANNELS),
  };
}

/** Always to say 0 has a squared error of 1. */
export const echo: readonly Task[] = [
  windows(15, { bar: 0.05, learnable: true, limit: 1500 }),
  windows(5, { bar: 0.9, learnable: false, limit: 4500 }),
];
