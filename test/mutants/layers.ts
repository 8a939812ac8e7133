/** Mutants of the options of a recurrent layer. */
import type { CellChoice } from '../../gpu/cells/registry.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { Suite } from '../support/mutation.ts';
import type { LayerOptions } from '../support/recurrent-layer.ts';
import { FREE } from '../support/recurrent-oracle.ts';
import { layerCompare } from './problems.ts';

const FORWARD = 'recurrent/forward_step';
const FORWARD_SLICED = 'recurrent/forward_step_sliced';
const FORWARD_UNIT = 'recurrent/forward_unit';
const BACKWARD_UNIT = 'recurrent/backward_unit';
const BACKWARD_INITIAL = 'recurrent/backward_initial';
const TAKE_INITIAL = 'recurrent/take_initial';
const DROPPED = 'recurrent/dropped';
const ENDING = 'recurrent/ending';
const FORCED = 'recurrent/forced';
const KEPT = 'recurrent/gradient_kept';
const RNN = 'cells/rnn';
const LSTM = 'cells/lstm';
const GRU = 'cells/gru';

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };

const lengths = Uint32Array.of(4, 2, 1);
const dropout = { rate: 0.4, perSequence: false, place: 2, seed: 8, iteration: 6 };
/** Of an LSTM: a unit of each gate and of each state. */
const forced = new Float32Array(6 * SIZE.hiddenSize).fill(FREE);
[0.7, 0.3, -0.6, 0.9, 0.4, -0.8].forEach((value, row) => (forced[row * SIZE.hiddenSize + (row % 5)] = value));

interface Target {
  readonly what: string;
  readonly choice: CellChoice;
  readonly options: LayerOptions;
  /** Default: software. */
  readonly family?: KernelFamily;
  readonly mutants: Suite['mutants'];
}

const TARGETS: readonly Target[] = [
  {
    what: 'relu',
    choice: { cell: 'rnn', activation: 'relu' },
    options: {},
    mutants: {
      'negative sums let through': [RNN, 'select(a, 0.0, a < 0.0)', 'a'],
      'sign exchanged': [RNN, 'a < 0.0', 'a > 0.0'],
      'slope 1 everywhere': [RNN, 'select(0.0, 1.0, h > 0.0)', '1.0'],
      "tanh's slope": [RNN, 'return select(0.0, 1.0, h > 0.0);', 'return 1.0 - h * h;'],
    },
  },
  {
    what: 'peepholes',
    choice: { cell: 'lstm', peepholes: true },
    options: {},
    mutants: {
      'i sees through the peephole of f': [
        LSTM,
        'peephole(at.vectors, 0u, c_in)',
        'peephole(at.vectors, 1u, c_in)',
      ],
      'f sees nothing': [LSTM, ' + peephole(at.vectors, 1u, c_in)', ''],
      'o sees the state before': [LSTM, 'peephole(at.vectors, 2u, c)', 'peephole(at.vectors, 2u, c_in)'],
      'no gradient from o to c': [LSTM, ' + peephole(at.vectors, 2u, d_o)', ''],
      'no gradient from i to the state before': [LSTM, ' + peephole(at.vectors, 0u, d_i)', ''],
      'no gradient from f to the state before': [LSTM, ' + peephole(at.vectors, 1u, d_f)', ''],
      "gradients of i's and f's peepholes exchanged": [
        LSTM,
        'array(d_i * c_in, d_f * c_in',
        'array(d_f * c_in, d_i * c_in',
      ],
      "gradient of o's peephole with the state before": [LSTM, 'd_o * c)', 'd_o * c_in)'],
    },
  },
  {
    what: 'gates of an LSTM',
    choice: { cell: 'lstm' },
    options: {},
    mutants: {
      'gates exchanged': [
        LSTM,
        'gate(0u, safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0]',
        'gate(0u, safe_sigmoid(at.input_sum[1] + at.recurrent_sum[1]',
      ],
      'forget gate dropped': [LSTM, 'let c = f * c_in + i * g;\n  let o', 'let c = c_in + i * g;\n  let o'],
      'output not squashed': [LSTM, 'o * safe_tanh(c)', 'o * c'],
      'gradient of c not carried': [LSTM, 'd.state[1] = d_c * f', 'd.state[1] = 0.0'],
    },
  },
  {
    what: 'gates of a GRU',
    choice: { cell: 'gru' },
    options: {},
    mutants: {
      'update gate turned': [GRU, '(1.0 - z) * n + z * at.state[0]', 'z * n + (1.0 - z) * at.state[0]'],
      'reset gate before the bias': [
        GRU,
        'at.input_sum[2] + r * recurrent',
        'at.input_sum[2] + r * at.recurrent_sum[2] + at.vectors[0]',
      ],
      'reset gate dropped': [GRU, '+ r * recurrent', '+ recurrent'],
      'recurrent gradient without the reset gate': [
        GRU,
        'd.recurrent_sum[2] = d_n * r',
        'd.recurrent_sum[2] = d_n',
      ],
      'second bias like the first': [GRU, 'd.vectors[0] = d_n * r', 'd.vectors[0] = d_n'],
    },
  },
  {
    what: 'lengths',
    choice: { cell: 'lstm' },
    options: { lengths, givesFinal: true },
    mutants: {
      'no row ends': [ENDING, 'step.time < lengths[row]', 'true'],
      'rows end one late': [ENDING, 'step.time < lengths[row]', 'step.time <= lengths[row]'],
      'all rows end with the first': [ENDING, 'lengths[row]', 'lengths[0]'],
      'states past the end are 0': [FORWARD_UNIT, 'next.state = at.state;', ''],
      'gradient of the final states stops at the end': [BACKWARD_UNIT, 'd.state = d_state;', ''],
      'gradient from above past the end': [
        BACKWARD_UNIT,
        'select(0.0, tape.d_output, live)',
        'tape.d_output',
      ],
      'gradient left past the end': [BACKWARD_UNIT, 'select(0.0, d_state[0], live)', 'd_state[0]'],
      'whole gradient not left': [KEPT, 'd_outputs[place] = d_h;', ''],
    },
  },
  {
    what: 'lengths, reverse',
    choice: { cell: 'lstm' },
    options: { lengths, reverse: true },
    mutants: {
      'no row ends': [ENDING, 'step.time < lengths[row]', 'true'],
      'states past the end are 0': [FORWARD_UNIT, 'next.state = at.state;', ''],
      'gradient stops at the end': [BACKWARD_UNIT, 'd.state = d_state;', ''],
    },
  },
  {
    what: 'recurrent dropout',
    choice: { cell: 'gru' },
    options: { dropout },
    mutants: {
      'W sees h as it is': ['recurrent/unrecalled', 'step.recurrent_in', 'step.state_in'],
      'one mask for all time steps': [DROPPED, 'step.drop_time * step.batch', '0u'],
      'one mask for all rows': [DROPPED, '* step.batch + row)', '* step.batch)'],
      'another place': [DROPPED, 'step.drop_place', 'step.drop_place + 1u'],
      'the first iteration': [DROPPED, 'control.iteration', '0u'],
      'gradient through W as it is': [
        BACKWARD_UNIT,
        'dropped(row, unit, through_weights)',
        'through_weights',
      ],
      'initial state not dropped': [
        TAKE_INITIAL,
        'place % step.hidden_size, h)',
        'place % step.hidden_size, h) * 0.0 + h',
      ],
      'gradient to the initial state as it is': [
        BACKWARD_INITIAL,
        'dropped(row, unit, through_weights)',
        'through_weights',
      ],
      'gradient to the initial state in place of what is there': [
        BACKWARD_INITIAL,
        '+= dropped',
        '= dropped',
      ],
    },
  },
  {
    what: 'held at values',
    choice: { cell: 'lstm' },
    options: { forced },
    mutants: {
      'gates free': [FORCED, 'return held_or(value, index, held_unit);', 'return value;'],
      'gates of the first unit': [FORCED, 'held_unit = unit;', 'held_unit = 0u;'],
      'gradient through held gates': [FORCED, 'select(slope, 0.0, is_held(index, held_unit))', 'slope'],
      'states as the gates': [FORCED, 'held_or(value, GATES + index, unit)', 'held_or(value, index, unit)'],
      'gradient through held states': [FORCED, 'select(d, 0.0, is_held(GATES + index, unit))', 'd'],
    },
  },
  {
    what: 'hoisted input sums',
    choice: { cell: 'gru' },
    options: { hoisted: true },
    mutants: {
      'of the first row': [FORWARD, 'rows[r] * weight_stride + column]', 'column]'],
      'of the first time step': [
        FORWARD,
        'inputs[step.input_at + rows[r] * weight_stride',
        'inputs[rows[r] * weight_stride',
      ],
      'and the inputs once more': [FORWARD, 'select(step.input_size, 0u, HOISTED == 1u)', 'step.input_size'],
    },
  },
  {
    what: 'hoisted input sums',
    choice: { cell: 'gru' },
    options: { hoisted: true },
    family: 'hardware',
    mutants: {
      'of the first row': [FORWARD_SLICED, 'row * weight_stride + column_of_w', 'column_of_w'],
      'bias added once more': [
        FORWARD_SLICED,
        'at.input_sum[g] = inputs[',
        'at.input_sum[g] = parameter(step.bias + column_of_w) + inputs[',
      ],
    },
  },
];

export const LAYERS: readonly Suite[] = TARGETS.map(
  ({ what, choice, options, family = 'software', mutants }): Suite => ({
    name: `${what}, ${family}`,
    compare: layerCompare(choice, family, SIZE, options),
    mutants,
  }),
);
