/** Mutants of what a recurrent layer records for its time steps: which is read, which is written, what comes back. */
import type { Suite } from '../support/mutation.ts';
import { layerCompare } from './problems.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };
/** Words of a time step's states and inputs. */
const PLANE = SIZE.batch * SIZE.hiddenSize;
const INPUT = SIZE.batch * SIZE.inputSize;
const LAST = SIZE.steps - 1;

const FORWARD = { kernel: 'forward_step' };
const BACKWARD = { kernel: 'backward_step' };
const INITIAL = { kernel: 'backward_to_initial' };
const RECURRENT_GRADIENT = { kernel: 'product', buffers: { a: 'states', out: 'gradients' } };
const INPUT_GRADIENT = { kernel: 'product', buffers: { a: 'inputs', out: 'gradients' } };
const BIAS_GRADIENT = { kernel: 'column_sums', buffers: { out: 'gradients' } };

const lengths = Uint32Array.of(4, 2, 1);
const dropout = { rate: 0.4, perSequence: false, place: 2, seed: 8, iteration: 6 };

const OF_STEPS: Suite['mutants'] = {
  'input one step late': fields(FORWARD, ({ input_at }) => ({ input_at: Math.max(0, input_at! - INPUT) })),
  'input one step early': fields(FORWARD, ({ input_at }) => ({
    input_at: Math.min(LAST * INPUT, input_at! + INPUT),
  })),
  'W sees h one step late': fields(FORWARD, ({ recurrent_in }) => ({
    recurrent_in: Math.max(0, recurrent_in! - PLANE),
  })),
  'state one step late': fields(FORWARD, ({ state_in }) => ({ state_in: Math.max(0, state_in! - PLANE) })),
  'every step from the initial state': fields(FORWARD, () => ({ state_in: 0, recurrent_in: 0 })),
  'second state in the place of the first': field(FORWARD, 'state_stride', 0),
  'saved over those of step 0': field(FORWARD, 'saved_at', 0),
  'back from the saved values of step 0': field(BACKWARD, 'saved_at', 0),
  'back from the state of the same step': fields(BACKWARD, ({ state_out }) => ({ state_in: state_out! })),
  'gradient from above one step early': fields(BACKWARD, ({ d_output_at }) => ({
    d_output_at: Math.min(LAST * PLANE, d_output_at! + PLANE),
  })),
  'nothing back through W': field(BACKWARD, 'is_last', 1),
  'nothing back past W': field(BACKWARD, 'starts_at_zero', 1),
  'sums of the same step': fields(BACKWARD, ({ d_sums_at }) => ({ d_sums_next: d_sums_at! })),
  'nothing to the initial h through W': leftOut(INITIAL),
  'dWh with the h of the same step': shifted(RECURRENT_GRADIENT, 'a_at', PLANE),
  'dWh without the last time step': shifted(RECURRENT_GRADIENT, 'inner', -SIZE.batch),
  'dWh over the input rows': field(RECURRENT_GRADIENT, 'out_at', 0),
  'dWx without the last time step': shifted(INPUT_GRADIENT, 'inner', -SIZE.batch),
  'dWx of the first gate only': shifted(INPUT_GRADIENT, 'columns', -SIZE.hiddenSize),
  'db without the last time step': shifted(BIAS_GRADIENT, 'rows', -SIZE.batch),
  'db left out': leftOut(BIAS_GRADIENT),
  'dx through the recurrent rows of W': shifted(
    { kernel: 'product', buffers: { out: 'dInputs' } },
    'b_at',
    SIZE.inputSize * 4 * SIZE.hiddenSize,
  ),
};

const OF_SPLIT_SUMS: Suite['mutants'] = {
  'dWh from the gradients of the input sums': field(RECURRENT_GRADIENT, 'b_at', 0),
  'db from the gradients of the recurrent sums': fields(
    { ...BIAS_GRADIENT, where: ({ d_at }) => d_at === 0 },
    () => ({ d_at: 3 * SIZE.hiddenSize }),
  ),
  'second bias with the gradient of the recurrent sum of z': shifted(
    { ...BIAS_GRADIENT, where: ({ d_at }) => d_at! > 0 },
    'd_at',
    -2 * SIZE.hiddenSize,
  ),
};

const OF_REVERSE: Suite['mutants'] = {
  'reads forward': fields(FORWARD, ({ input_at }) => ({ input_at: LAST * INPUT - input_at! })),
  'gradient from above read forward': fields(BACKWARD, ({ d_output_at }) => ({
    d_output_at: LAST * PLANE - d_output_at!,
  })),
  'runs forward': fields(FORWARD, ({ state_in, state_out }) => ({
    state_in: state_out!,
    recurrent_in: state_out!,
    state_out: state_in!,
  })),
  'dWh with the h of the same step': shifted(RECURRENT_GRADIENT, 'a_at', -PLANE),
};

const OF_LENGTHS: Suite['mutants'] = {
  'states go on past the end': field(FORWARD, 'time', 0),
  'gradients arise past the end': field(BACKWARD, 'time', 0),
  'ends one step early, forward': shifted(FORWARD, 'time', 1),
  'ends one step early, backward': shifted(BACKWARD, 'time', 1),
};

const OF_DROPOUT: Suite['mutants'] = {
  'nothing dropped forward': field(FORWARD, 'drop_rate', 0),
  'nothing dropped backward': field(BACKWARD, 'drop_rate', 0),
  'mask of the next step forward': shifted(FORWARD, 'drop_time', 1),
  'mask of the next step backward': shifted(BACKWARD, 'drop_time', 1),
  'another mask backward': shifted(BACKWARD, 'drop_seed', 1),
  'mask of another place backward': shifted(BACKWARD, 'drop_place', 1),
  'nothing dropped on the way to the initial h': field(INITIAL, 'drop_rate', 0),
  'initial h not dropped': leftOut({ kernel: 'take_initial' }),
  'dWh with the whole h': field(RECURRENT_GRADIENT, 'a_at', 0),
  'the cell goes on with the dropped h': fields(FORWARD, ({ recurrent_in }) => ({ state_in: recurrent_in! })),
};

export const STEPS: readonly Suite[] = [
  { name: 'lstm', compare: layerCompare({ cell: 'lstm' }, 'software', SIZE), mutants: OF_STEPS },
  {
    name: 'gru, its sums apart',
    compare: layerCompare({ cell: 'gru' }, 'software', SIZE),
    mutants: OF_SPLIT_SUMS,
  },
  {
    name: 'rnn, reverse',
    compare: layerCompare({ cell: 'rnn' }, 'software', SIZE, { reverse: true }),
    mutants: OF_REVERSE,
  },
  {
    name: 'gru with lengths',
    compare: layerCompare({ cell: 'gru' }, 'software', SIZE, { lengths, givesFinal: true }),
    mutants: OF_LENGTHS,
  },
  {
    name: 'gru with recurrent dropout',
    compare: layerCompare({ cell: 'gru' }, 'software', SIZE, { dropout }),
    mutants: OF_DROPOUT,
  },
];
