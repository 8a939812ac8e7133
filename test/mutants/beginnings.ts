/** Mutants of what a sequence begins with and looks at: an encoder, attention, a vector; and of both directions of time. */
import type { Suite } from '../support/mutation.ts';
import { iterationCompare, SIZES } from './iterations.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const { steps, batch, hidden, sourceSteps } = SIZES;
/** Words of a time step's states, of one direction. */
const PLANE = batch * hidden;
const LAST = steps - 1;
/** What is added to the places of an encoder's dropout. */
const OF_ENCODER = 8192;

const FORWARD = { kernel: 'forward_step' };
const HANDED_ON = { kernel: 'join', buffers: { first: 'encoder.l0.states', out: 'l0.states' } };
const ATTENDED = { kernel: 'product', buffers: { out: 'attended' } };

const OF_ATTENTION: Suite['mutants'] = {
  "encoder's states not handed on": leftOut(HANDED_ON),
  "encoder's c not handed on": leftOut({ ...HANDED_ON, where: ({ out_at }) => out_at! > 0 }),
  "forward half before the encoder's last step": shifted(HANDED_ON, 'first_at', -PLANE),
  'reverse half before the encoder has read': shifted(HANDED_ON, 'second_at', sourceSteps * PLANE),
  'gradient of the states not handed back': leftOut({
    kernel: 'join_gradient',
    buffers: { d_out: 'l0.dStates' },
  }),
  'gradient of the initial states without W': leftOut({ kernel: 'backward_to_initial' }),
  "encoder's frozen state goes on": field(
    { ...FORWARD, buffers: { states: 'encoder.l0.states' } },
    'time',
    0,
  ),
  "encoder's reverse from the last padding": field(
    { ...FORWARD, buffers: { states: 'encoder.l0.reverse.states' } },
    'time',
    0,
  ),
  "source's rows of the next token": shifted(
    { kernel: 'look_up', buffers: { tokens: 'encoder.inputs' } },
    'tokens_at',
    1,
  ),
  "source's table gradient dropped": leftOut({
    kernel: 'table_gradient',
    buffers: { tokens: 'encoder.inputs' },
  }),
  'source looked at past its end': field({ kernel: 'attention.softmax' }, 'has_lengths', 0),
  "attention's c dropped": field(ATTENDED, 'has_bias', 0),
  'gradient of c dropped': leftOut({ kernel: 'column_sums', buffers: { d: 'attention.dSums' } }),
  'gradient of v dropped': leftOut({ kernel: 'column_sums', buffers: { d: 'attention.dVector' } }),
  'keys not made': leftOut({ kernel: 'product', buffers: { out: 'attention.keys' } }),
  'queries not made': leftOut({ kernel: 'product', buffers: { out: 'attention.queries' } }),
  'context dropped': leftOut({ kernel: 'pairs', buffers: { out: 'attention.joined' } }),
  'h beside the context dropped': leftOut({
    kernel: 'copy_columns',
    buffers: { out: 'attention.joined' },
  }),
  'h past the scores not in the gradient': leftOut({
    kernel: 'copy_columns',
    where: ({ adds }) => adds === 1,
  }),
  'gradient to the source through the context dropped': leftOut({
    kernel: 'pairs',
    buffers: { out: 'encoder.l1.dOutputs' },
  }),
  'gradient to the source through the keys dropped': leftOut({
    kernel: 'product',
    buffers: { a: 'attention.dKeys', out: 'encoder.l1.dOutputs' },
  }),
  'last tanh dropped': leftOut({ kernel: 'attention.squash' }),
  'between layers nothing dropped backward': field(
    { kernel: 'join_gradient', buffers: { d_out: 'l0.dOutputs' } },
    'rate',
    0,
  ),
  'between layers of the encoder nothing dropped backward': field(
    { kernel: 'join_gradient', buffers: { d_out: 'encoder.l0.dOutputs' } },
    'rate',
    0,
  ),
  "encoder's masks those of the main stack": fields(
    { kernel: 'join', buffers: { out: 'encoder.l0.outputs' } },
    ({ place }) => ({ place: place! - OF_ENCODER }),
  ),
};

const OF_DOT: Suite['mutants'] = {
  'source looked at past its end': field({ kernel: 'attention.softmax' }, 'has_lengths', 0),
  'scores not a softmax': leftOut({ kernel: 'attention.softmax' }),
  'gradient of the weights as of the scores': leftOut({ kernel: 'attention.softmax_backward' }),
  'context dropped': leftOut({ kernel: 'pairs', buffers: { out: 'attention.joined' } }),
  'source not in the gradient': leftOut({ kernel: 'pairs', buffers: { out: 'encoder.l0.dOutputs' } }),
};

const REVERSE = { ...FORWARD, buffers: { states: 'l1.reverse.states' } };
const FINAL = { kernel: 'join', buffers: { out: 'final' } };
const START = { kernel: 'product', buffers: { a: 'vectors' } };

const OF_VECTOR: Suite['mutants'] = {
  "start's e dropped": field({ ...START, buffers: { ...START.buffers, out: 'l0.states' } }, 'has_bias', 0),
  "start's V of the columns before": shifted(
    { ...START, buffers: { ...START.buffers, out: 'l0.reverse.states' } },
    'b_at',
    -hidden,
  ),
  'gradient of V dropped': leftOut({ ...START, buffers: { ...START.buffers, out: 'gradients' } }),
  'gradient of e dropped': leftOut({ kernel: 'column_sums', buffers: { d: 'l0.dStates' } }),
  'gradient of the initial states without W': leftOut({ kernel: 'backward_to_initial' }),
  'initial states not dropped': leftOut({ kernel: 'take_initial' }),
  'reverse direction reads forward': fields(REVERSE, ({ input_at }) => ({
    input_at: LAST * batch * 2 * hidden - input_at!,
  })),
  'last state taken at T': field({ ...FORWARD, buffers: { states: 'l1.states' } }, 'time', 0),
  'reverse direction begins at T': field(REVERSE, 'time', 0),
  'final h one step early': shifted(FINAL, 'first_at', -PLANE),
  "reverse's final h before it has read": shifted(FINAL, 'second_at', steps * PLANE),
  'final h of the forward direction twice': fields(
    { kernel: 'join_gradient', buffers: { d_out: 'dFinal' } },
    () => ({ part_column: 0 }),
  ),
  "reverse's gradient in place of the forward one's": field(
    { kernel: 'product', buffers: { a: 'l1.reverse.dSums', out: 'l0.dOutputs' } },
    'accumulate',
    0,
  ),
  'residual dropped': field({ kernel: 'join', buffers: { out: 'l0.outputs' } }, 'has_residual', 0),
  'masks differ by time step': fields(FORWARD, ({ time, drop_rate }) => ({
    drop_time: drop_rate! > 0 ? time! + 1 : 0,
  })),
  "reverse's masks those of forward": shifted(REVERSE, 'drop_place', -1),
};

export const BEGINNINGS: readonly Suite[] = [
  {
    name: 'lstm, an encoder of both directions, additive attention, lengths, dropout between layers',
    compare: iterationCompare({
      cell: 'lstm',
      layers: 'two',
      start: 'bidirectional encoder',
      attention: 'additive',
      input: 'embedding',
      head: 'softmax',
      lengths: 'lengths',
      dropout: 'between',
    }),
    mutants: OF_ATTENTION,
  },
  {
    name: 'gru, an encoder, dot attention, lengths',
    compare: iterationCompare({ cell: 'gru', start: 'encoder', attention: 'dot', lengths: 'lengths' }),
    mutants: OF_DOT,
  },
  {
    name: 'lstm of both directions from a vector, last step, residual, lengths, recurrent dropout',
    compare: iterationCompare({
      cell: 'lstm',
      layers: 'two',
      direction: 'bidirectional',
      start: 'vector',
      readout: 'last-step',
      residual: 'residual',
      lengths: 'lengths',
      dropout: 'recurrent',
      masks: 'per sequence',
    }),
    mutants: OF_VECTOR,
  },
];
