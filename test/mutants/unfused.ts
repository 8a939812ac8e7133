/** Mutants of a time step of which every operation is a dispatch. */
import type { Suite } from '../support/mutation.ts';
import { iterationCompare, SIZES } from './iterations.ts';
import { layerCompare } from './problems.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const JOIN_COLUMNS = 'linear/join_columns';
const FORWARD_CELL = 'recurrent/forward_cell';
const BACKWARD_CELL = 'recurrent/backward_cell';
const GIVEN = 'recurrent/through_given';

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };
const PLANE = SIZE.batch * SIZE.hiddenSize;
const INPUT = SIZE.batch * SIZE.inputSize;
/** Words of W's input rows, for a gate. */
const INPUT_ROWS = SIZE.inputSize * SIZE.hiddenSize;

const dropout = { rate: 0.4, perSequence: false, place: 2, seed: 8, iteration: 6 };

const JOINED = { kernel: 'join_columns' };
const THROUGH = { kernel: 'add_through_weights' };
const WEIGHT_GRADIENT = { kernel: 'product', buffers: { out: 'gradients' } };

const OF_JOINED: Suite['mutants'] = {
  'h left out beside x': [JOIN_COLUMNS, 'column < join.left_columns', 'true'],
  'x of the first row': [JOIN_COLUMNS, 'join.left_at + row * join.left_columns', 'join.left_at'],
  'h by the columns of the whole': [JOIN_COLUMNS, ' + column - join.left_columns', ' + column'],
  'sums of the first row': [FORWARD_CELL, '(row * GATES + g)', 'g'],
  'gates exchanged': [FORWARD_CELL, '(row * GATES + g)', '(row * GATES + GATES - 1u - g)'],
  'only the first units, backward': [BACKWARD_CELL, 'i < step.batch * step.hidden_size', 'i < step.batch'],
  'gradient of x for that of h': [GIVEN, '+ before + unit', '+ unit'],
  'gradient of the first row': [GIVEN, 'row * (before + step.hidden_size)', '0u'],
  'bias left out': leftOut({ kernel: 'copy_columns', buffers: { source: 'parameters' } }),
  'bias in place of the sums': field(
    { kernel: 'copy_columns', buffers: { source: 'parameters' } },
    'adds',
    0,
  ),
  'x one step late': fields(JOINED, ({ left_at }) => ({ left_at: Math.max(0, left_at! - INPUT) })),
  'h one step late': fields(JOINED, ({ right_at }) => ({ right_at: Math.max(0, right_at! - PLANE) })),
  'h as it is, not as W is to see it': fields(JOINED, ({ right_at }) => ({
    right_at: right_at! % (5 * PLANE),
  })),
  'z of the first step in every gradient': field(
    { ...WEIGHT_GRADIENT, buffers: { a: 'joined', out: 'gradients' } },
    'a_at',
    0,
  ),
  'dW of the first step only': field(WEIGHT_GRADIENT, 'accumulate', 0),
  'dW of the input rows only': shifted(WEIGHT_GRADIENT, 'rows', -SIZE.hiddenSize),
  'db of the first step only': field({ kernel: 'column_sums' }, 'accumulate', 0),
  'nothing back through W': leftOut(THROUGH),
  'nothing dropped on the way back': field(THROUGH, 'drop_rate', 0),
  'mask of the step before on the way back': shifted(THROUGH, 'drop_time', -1),
  'back through the sums of the first step': field(
    { kernel: 'product', buffers: { out: 'dJoined' } },
    'a_at',
    0,
  ),
  'gradient of x left out': leftOut({ kernel: 'copy_columns', buffers: { out: 'dInputs' } }),
  'gradient of x one step late': fields(
    { kernel: 'copy_columns', buffers: { out: 'dInputs' } },
    ({ out_at }) => ({
      out_at: Math.max(0, out_at! - INPUT),
    }),
  ),
};

const RECURRENT_SUMS = { kernel: 'product', buffers: { out: 'recurrentSums' } };
const BACK_TO_H = { kernel: 'product', buffers: { out: 'dJoined' } };

const OF_SUMS_APART: Suite['mutants'] = {
  'recurrent sums left out': [FORWARD_CELL, 'APART == 1u', 'false'],
  'gradient of h as beside that of x': [GIVEN, 'APART == 1u', 'false'],
  'h through the input rows of W': shifted(RECURRENT_SUMS, 'b_at', -3 * INPUT_ROWS),
  'h one step late': fields(RECURRENT_SUMS, ({ a_at }) => ({ a_at: Math.max(0, a_at! - PLANE) })),
  'x of the first step': field({ kernel: 'product', buffers: { out: 'stepSums' } }, 'a_at', 0),
  'dh from the gradients of the input sums': shifted(BACK_TO_H, 'a_at', -3 * SIZE.hiddenSize),
  'dh through the input rows of W': shifted(BACK_TO_H, 'b_at', -3 * INPUT_ROWS),
  'dx left out': leftOut({ kernel: 'product', buffers: { out: 'dInputs' } }),
  'dx added up': field({ kernel: 'product', buffers: { out: 'dInputs' } }, 'accumulate', 1),
  'dWx of the first step only': field({ ...WEIGHT_GRADIENT, buffers: { a: 'inputs' } }, 'accumulate', 0),
  'dWh with the h of the same step': shifted({ ...WEIGHT_GRADIENT, buffers: { a: 'states' } }, 'a_at', PLANE),
};

/** Time steps of a segment, where states are recomputed. */
const HELD = 3;

const OF_SEGMENTS: Suite['mutants'] = {
  'a segment does not go on through W': leftOut({
    ...THROUGH,
    where: ({ time }) => time === HELD - 1,
  }),
  'weights of the last segment swept only': fields(
    { kernel: 'product', buffers: { a: 'l0.joined', out: 'gradients' } },
    ({ a_at }) => ({ accumulate: a_at! > 0 ? 0 : 1 }),
  ),
  'second layer reads the first one step late': fields(
    { ...JOINED, buffers: { left: 'l0.states' } },
    ({ left_at }) => ({ left_at: left_at! - SIZES.batch * SIZES.hidden }),
  ),
  "second layer's gradient of x not put down": leftOut({ kernel: 'copy_columns', buffers: { out: 'l0.dh' } }),
  "second layer's gradient of x for every step": field(
    { kernel: 'copy_columns', buffers: { out: 'l0.dh' } },
    'out_at',
    0,
  ),
};

const unfused = { recurrence: 'unfused' } as const;

export const UNFUSED: readonly Suite[] = [
  {
    name: 'lstm with recurrent dropout',
    compare: layerCompare({ cell: 'lstm' }, 'software', SIZE, { ...unfused, dropout }),
    mutants: OF_JOINED,
  },
  {
    name: 'gru, its sums apart',
    compare: layerCompare({ cell: 'gru' }, 'software', SIZE, unfused),
    mutants: OF_SUMS_APART,
  },
  {
    name: 'two layers of lstm over streams by segments',
    compare: iterationCompare({ cell: 'lstm', layers: 'two', data: 'streams', keepEvery: 'some' }, unfused),
    mutants: OF_SEGMENTS,
  },
];
