/** Mutants of what a training iteration records around the layers: windows, readouts, lengths, masks, tables of tokens. */
import type { Suite } from '../support/mutation.ts';
import { iterationCompare, SIZES } from './iterations.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const { batch, hidden, features } = SIZES;
/** Words of a time step's states. */
const PLANE = batch * hidden;
/** Time steps of a segment, where states are recomputed. */
const HELD = 3;

const FORWARD = { kernel: 'forward_step' };
const BACKWARD = { kernel: 'backward_step' };
const HEAD = { kernel: 'product', buffers: { out: 'outputs' } };
const HEAD_GRADIENT = { kernel: 'product', buffers: { b: 'dOutputs', out: 'gradients' } };
const GRADIENTS = { kernel: 'product', buffers: { out: 'gradients' } };

const OF_STREAMS: Suite['mutants'] = {
  'carry lost': leftOut({ kernel: 'keep_states' }),
  'carry of the top layer lost': leftOut({ kernel: 'keep_states', buffers: { carried: 'l1.carried' } }),
  'carry not read': leftOut({ kernel: 'begin_states' }),
  'h carried, c not': field({ kernel: 'keep_states' }, 'planes', 1),
  'h begun with, c not': field({ kernel: 'begin_states' }, 'planes', 1),
  'initial states carried': field({ kernel: 'keep_states' }, 'final_at', 0),
  'states before the last step carried': shifted({ kernel: 'keep_states' }, 'final_at', -PLANE),
  'begins ignored': field({ kernel: 'begin_states' }, 'has_begins', 0),
  'every window begins anew': field({ kernel: 'begin_states' }, 'windows', 1),
  'first window again and again': field({ kernel: 'gather_stream' }, 'windows', 1),
  'targets of the first window': field(
    { kernel: 'gather_stream', buffers: { gathered: 'targets' } },
    'windows',
    1,
  ),
  'cost mask ignored': ['loss/masked', 'mask[i]', '1.0'],
  'first of the time steps that count ignored': field({ kernel: 'weights' }, 'first', 0),
  'last of the time steps that count left out': shifted({ kernel: 'weights' }, 'end', -1),
  "readout's bias dropped": field(HEAD, 'has_bias', 0),
  'readout transposed': fields(HEAD, ({ b_inner, b_column }) => ({ b_inner: b_column!, b_column: b_inner! })),
  'readout of the step before': shifted(HEAD, 'a_at', -PLANE),
  "gradient of the readout's bias dropped": leftOut({ kernel: 'column_sums', buffers: { d: 'dOutputs' } }),
  "readout's gradient of the step before": shifted(HEAD_GRADIENT, 'a_at', -PLANE),
  "readout's gradient without the last step": shifted(HEAD_GRADIENT, 'inner', -batch),
  'second layer reads the first one step late': shifted(
    { ...FORWARD, buffers: { inputs: 'l0.states' } },
    'input_at',
    -PLANE,
  ),
  'dW of the second layer one step late': shifted(
    { kernel: 'product', buffers: { a: 'l0.states', b: 'l1.dSums', out: 'gradients' } },
    'a_at',
    -PLANE,
  ),
  'no gradient to the layer below': leftOut({ kernel: 'product', buffers: { a: 'l1.dSums', out: 'l0.dh' } }),
  'updates left out': leftOut({ kernel: 'update' }),
};

/** The step back that goes on from the segment after it, whose gradient lies at the start of the sums. */
const SEAM = {
  ...BACKWARD,
  where: ({ is_last, d_sums_at, d_sums_next }: Readonly<Record<string, number>>) =>
    is_last === 0 && d_sums_next! < d_sums_at!,
};

const OF_SEGMENTS: Suite['mutants'] = {
  'a segment does not go on through W': field(SEAM, 'is_last', 1),
  'a segment does not go on past W': field(SEAM, 'starts_at_zero', 1),
  'weight gradients of the last segment swept only': field(GRADIENTS, 'accumulate', 0),
  'bias gradients of the last segment swept only': field({ kernel: 'column_sums' }, 'accumulate', 0),
  'loss of the last segment swept only': field({ kernel: 'mean_squared_error' }, 'accumulate', 0),
  'targets of the first segment': field({ kernel: 'mean_squared_error' }, 'first_row', 0),
  'inputs of the first segment': fields({ ...FORWARD, buffers: { inputs: 'inputs' } }, ({ input_at }) => ({
    input_at: input_at! % (HELD * batch * features),
  })),
  'every segment from the first state': fields(
    { kernel: 'join', buffers: { first: 'l0.kept', out: 'l0.states' } },
    ({ first_at }) => ({ first_at: first_at === PLANE ? 0 : first_at! }),
  ),
  'states between segments not kept': leftOut({
    kernel: 'join',
    buffers: { first: 'l0.states', out: 'l0.kept' },
  }),
  'states between segments not fetched': leftOut({
    kernel: 'join',
    buffers: { first: 'l0.kept', out: 'l0.states' },
  }),
  'h as W sees it not fetched': leftOut({
    kernel: 'join',
    buffers: { first: 'l0.kept', out: 'l0.states' },
    where: ({ first_at }) => first_at! >= 3 * PLANE,
  }),
  'masks counted from the segment': fields(FORWARD, ({ drop_time }) => ({ drop_time: drop_time! % HELD })),
  'masks counted from the segment, backward': fields(BACKWARD, ({ drop_time }) => ({
    drop_time: drop_time! % HELD,
  })),
  'dropped initial state of the window before': leftOut({ kernel: 'take_initial' }),
  'first segment carried': shifted({ kernel: 'keep_states' }, 'final_at', -PLANE),
};

const LOOKED_UP = { kernel: 'look_up', buffers: { tokens: 'inputs' } };

const OF_ONE_HOT: Suite['mutants'] = {
  'row of the next token': shifted(LOOKED_UP, 'tokens_at', 1),
  'the row after': shifted(LOOKED_UP, 'table_at', 4 * hidden),
  'bias dropped': field(LOOKED_UP, 'has_bias', 0),
  'gradient to the row of the next token': shifted({ kernel: 'table_gradient' }, 'tokens_at', 1),
  'gradient of the last step dropped': shifted({ kernel: 'table_gradient' }, 'rows', -batch),
  'gradient of the rows dropped': leftOut({ kernel: 'table_gradient' }),
  'residual dropped': field({ kernel: 'join' }, 'has_residual', 0),
  'residual of the first step': fields({ kernel: 'join' }, ({ has_residual, residual_at }) => ({
    residual_at: has_residual === 1 ? residual_at! + PLANE : residual_at!,
  })),
  "residual's gradient dropped": leftOut({
    kernel: 'join_gradient',
    where: ({ accumulate }) => accumulate === 1,
  }),
  "residual's gradient in place of the rest": field({ kernel: 'join_gradient' }, 'accumulate', 0),
  'nothing dropped backward': field({ kernel: 'join_gradient' }, 'rate', 0),
  'another mask backward': shifted({ kernel: 'join_gradient' }, 'seed', 1),
  'mask one step late backward': shifted({ kernel: 'join_gradient' }, 'first_time', 1),
  'ended sequences count': field({ kernel: 'weights' }, 'batch', 1),
};

const OF_EMBEDDING: Suite['mutants'] = {
  'row of the next token': shifted(LOOKED_UP, 'tokens_at', 1),
  'the first vector for all': field(LOOKED_UP, 'vocabulary', 1),
  'gradient to the row of the next token': shifted({ kernel: 'table_gradient' }, 'tokens_at', 1),
  'gradient of the table dropped': leftOut({ kernel: 'table_gradient' }),
  'inputs not dropped': leftOut({ kernel: 'drop_inputs', buffers: { values: 'embedded' } }),
  'gradient of the inputs not dropped': leftOut({ kernel: 'drop_inputs', buffers: { values: 'dEmbedded' } }),
  'another mask backward': shifted({ kernel: 'drop_inputs', buffers: { values: 'dEmbedded' } }, 'place', 1),
  "residual's gradient dropped": leftOut({
    kernel: 'join_gradient',
    where: ({ accumulate }) => accumulate === 1,
  }),
};

const OF_OWN_TOKENS: Suite['mutants'] = {
  'own tokens not read': leftOut({ kernel: 'argmax' }),
  'tokens of the first step': field({ kernel: 'argmax' }, 'logits_at', 0),
  'told of the first row': field({ kernel: 'argmax' }, 'rows', 1),
};

const OF_OWN_VALUES: Suite['mutants'] = {
  'own values not read': leftOut({ kernel: 'join', buffers: { out: 'inputs' } }),
  'values of the first step': field({ kernel: 'join', buffers: { out: 'inputs' } }, 'first_at', 0),
};

const OF_STEP_BY_STEP: Suite['mutants'] = {
  'first step projected at every step': fields(HEAD, () => ({ a_at: PLANE })),
  'all written over the first': field(HEAD, 'out_at', 0),
  'gradient of the first step at every step': field(
    { kernel: 'product', buffers: { a: 'dOutputs' } },
    'a_at',
    0,
  ),
};

export const TRAINING: readonly Suite[] = [
  {
    name: 'lstm over streams, two layers, a mask and some time steps',
    compare: iterationCompare({
      cell: 'lstm',
      layers: 'two',
      data: 'streams',
      mask: 'mask',
      costSteps: 'some',
    }),
    mutants: OF_STREAMS,
  },
  {
    name: 'gru over streams by segments, with recurrent dropout',
    compare: iterationCompare({ cell: 'gru', data: 'streams', keepEvery: 'some', dropout: 'recurrent' }),
    mutants: OF_SEGMENTS,
  },
  {
    name: 'lstm of one-hot tokens, residual, with dropped outputs and lengths',
    compare: iterationCompare({
      cell: 'lstm',
      layers: 'two',
      input: 'one-hot',
      head: 'softmax',
      residual: 'residual',
      dropout: 'output',
      lengths: 'lengths',
    }),
    mutants: OF_ONE_HOT,
  },
  {
    name: 'rnn of embedded tokens, residual, with dropped inputs',
    compare: iterationCompare({ input: 'embedding', residual: 'residual', dropout: 'input' }),
    mutants: OF_EMBEDDING,
  },
  {
    name: 'gru that reads its own tokens',
    compare: iterationCompare({ cell: 'gru', input: 'one-hot', head: 'softmax', feeding: 'own' }),
    mutants: OF_OWN_TOKENS,
  },
  {
    name: 'rnn that reads its own values',
    compare: iterationCompare({ feeding: 'own' }),
    mutants: OF_OWN_VALUES,
  },
  {
    name: 'rnn with a projection at each step',
    compare: iterationCompare({ projection: 'per-step' }),
    mutants: OF_STEP_BY_STEP,
  },
];
