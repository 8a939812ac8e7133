/** Mutants of what layers record where a run takes other kernels than the simple step's. */
import type { Suite } from '../support/mutation.ts';
import { iterationCompare, SIZES } from './iterations.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const { batch, hidden, features } = SIZES;
/** Words of a time step's states, and of an LSTM's sums. */
const PLANE = batch * hidden;
const SUMS_PLANE = 4 * PLANE;
/** Time steps of a segment, where states are recomputed. */
const HELD = 3;

const FORWARD = { kernel: 'forward_step' };
const SUMS = { kernel: 'product', buffers: { out: 'l0.sums' } };
const TOP_SUMS = { kernel: 'product', buffers: { out: 'l1.sums' } };

const OF_HOISTED_SUMS: Suite['mutants'] = {
  'bias left out': field(SUMS, 'has_bias', 0),
  'last row of W for the bias': shifted(SUMS, 'bias_at', -4 * hidden),
  'through the recurrent rows of W': shifted(SUMS, 'b_at', 4 * hidden * features),
  'inputs of the first segment': fields(SUMS, ({ a_at }) => ({ a_at: a_at! % (HELD * batch * features) })),
  'inputs one step late': fields(SUMS, ({ a_at }) => ({ a_at: Math.max(0, a_at! - batch * features) })),
  'second layer reads the first one step early': shifted(TOP_SUMS, 'a_at', PLANE),
  'last time step left out': shifted(SUMS, 'rows', -batch),
  "second layer's left out": leftOut(TOP_SUMS),
  'every step adds those of the first': field({ ...FORWARD, buffers: { inputs: 'l0.sums' } }, 'input_at', 0),
  'those of the step before': fields({ ...FORWARD, buffers: { inputs: 'l1.sums' } }, ({ input_at }) => ({
    input_at: Math.max(0, input_at! - SUMS_PLANE),
  })),
  'dWx from the sums of the steps': fields(
    { kernel: 'product', buffers: { a: 'inputs', out: 'gradients' } },
    ({ a_inner }) => ({ a_inner: 4 * a_inner! }),
  ),
};

export const CHOICES: readonly Suite[] = [
  {
    name: 'lstm over streams by segments, two layers, their input sums hoisted',
    compare: iterationCompare(
      { cell: 'lstm', layers: 'two', data: 'streams', keepEvery: 'some', dropout: 'between' },
      { hoisted: true },
    ),
    mutants: OF_HOISTED_SUMS,
  },
];
