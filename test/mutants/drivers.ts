/** Mutants of the drivers of a time step and of the products for software adapters. */
import type { Suite } from '../support/mutation.ts';
import { networkCompare } from './problems.ts';

const FORWARD = 'recurrent/forward_step';
const FORWARD_UNIT = 'recurrent/forward_unit';
const BACKWARD = 'recurrent/backward_step';
const BACKWARD_UNIT = 'recurrent/backward_unit';
const STEP = 'recurrent/step';
const HIDDEN = 'recurrent/unrecalled';
const CELL = 'cells/rnn';
const TOGETHER = 'common/together_subgroup';
const PRODUCT = 'linear/product';
const PRODUCT_VIEW = 'linear/product_view';
const COLUMN_SUMS = 'linear/column_sums';

const MUTANTS: Suite['mutants'] = {
  'bias dropped': [
    FORWARD,
    'sums[(g * COLUMNS + c) * ROWS + r] = bias;',
    'sums[(g * COLUMNS + c) * ROWS + r] = 0.0;',
  ],
  'input dropped': [FORWARD, 'k < inputs_to_add', 'k < 0u'],
  'last input dropped': [FORWARD, 'k < inputs_to_add', 'k + 1u < inputs_to_add'],
  'recurrence dropped': [FORWARD, 'k < step.hidden_size', 'k < 0u'],
  'recurrence transposed': [
    FORWARD,
    'parameter(rows[i] + g * step.hidden_size + (*units)[c])',
    'parameter(select(rows[i] + (*units)[c], step.weights + (step.input_size + (*units)[c]) * step.hidden_size + min(first + i, last) - step.input_size, first >= step.input_size))',
  ],
  'state of the same time step': [HIDDEN, 'step.recurrent_in', 'step.state_out'],
  'rows of W from the input part': [
    FORWARD,
    'step.input_size + k, step.input_size + step.hidden_size - 1u',
    'k, step.hidden_size - 1u',
  ],
  'input of the first sequence': [
    FORWARD,
    'inputs[step.input_at + rows[r] * step.input_size + own.index]',
    'inputs[step.input_at + own.index]',
  ],
  'input of time step 0': [FORWARD, 'let element = inputs[step.input_at + ', 'let element = inputs['],
  'no tanh': [CELL, 'phi(at.input_sum[0] + at.recurrent_sum[0])', '(at.input_sum[0] + at.recurrent_sum[0])'],
  "WGSL's own sign": [
    CELL,
    'phi(at.input_sum[0] + at.recurrent_sum[0])',
    'phi(-at.input_sum[0] - at.recurrent_sum[0])',
  ],
  'derivative dropped': [CELL, 'd_state[0] * phi_slope(at.state_out[0])', 'd_state[0]'],
  'derivative of the wrong sign': [CELL, 'return 1.0 - h * h', 'return 1.0 + h * h'],
  'derivative at the state before': [CELL, 'phi_slope(at.state_out[0])', 'phi_slope(at.state_in[0])'],
  'gradient not carried back': [
    BACKWARD,
    'let inner = select(columns, 0u, step.is_last == 1u);',
    'let inner = 0u;',
  ],
  'gradient of the last step carried on': [BACKWARD, 'select(columns, 0u, step.is_last == 1u)', 'columns'],
  'gradient through the input rows of W': [
    BACKWARD,
    'step.weights + (step.input_size + min',
    'step.weights + (min',
  ],
  'gradient from above dropped': [
    BACKWARD_UNIT,
    'from_above + dropped(row, unit, through_weights)',
    'dropped(row, unit, through_weights)',
  ],
  'gradient from above of another step': [
    BACKWARD_UNIT,
    'd_outputs[step.d_output_at + place]',
    'd_outputs[place]',
  ],
  'gradient of the first sequence': [
    BACKWARD,
    'min(tile_row(tile, r), step.batch - 1u) * d_sums_stride()',
    '0u',
  ],
  'gradient of the same time step': [BACKWARD, 'rows[r] = step.d_sums_next', 'rows[r] = step.d_sums_at'],
  'products end one early': [PRODUCT, '], own.counts)', '], own.counts && own.index < last)'],
  'an element handed on in the place of the next': [
    TOGETHER,
    'subgroupBroadcast(own, 3u)',
    'subgroupBroadcast(own, 2u)',
  ],
  'elements past the end count': [TOGETHER, 'first + place <= last', 'true'],
  'all read the same element': [TOGETHER, 'subgroupExclusiveAdd(1u)', '0u'],
  "readout's bias dropped": [PRODUCT_VIEW, 'product.has_bias == 1u', 'false'],
  'bias gradient ends one early': [COLUMN_SUMS, 'value, row < sums.rows', 'value, row + 1u < sums.rows'],
};

/** Of what only a cell with split sums, more states and vectors of its own uses. */
const SPLIT_MUTANTS: Suite['mutants'] = {
  'sums not kept apart': [FORWARD, 'sums = Sums();', ''],
  'input sum dropped': [FORWARD, 'at.input_sum[g] = input_sums[(g * COLUMNS + c) * ROWS + r];', ''],
  'gates exchanged': [
    FORWARD,
    'at.recurrent_sum[g] = recurrent_sums[(g ',
    'at.recurrent_sum[GATES - 1u - g] = recurrent_sums[(g ',
  ],
  'second state not carried': [
    FORWARD_UNIT,
    'states[step.state_in + s * step.state_stride + place]',
    'states[step.state_in + place]',
  ],
  'saved values exchanged': ['recurrent/saved', '(row * SAVED + s) *', '(row * SAVED + SAVED - 1u - s) *'],
  'own vectors dropped': [STEP, 'vectors[v] = parameter(step.vectors + v * step.vector_stride + unit);', ''],
  'own vectors of the first unit': [STEP, 'v * step.vector_stride + unit', 'v * step.vector_stride'],
  'direct gradient of the states dropped': [
    BACKWARD_UNIT,
    'd_states[s * plane + place] = d.state[s];',
    'd_states[s * plane + place] = 0.0;',
  ],
  'direct gradient kept from the last run': [
    BACKWARD_UNIT,
    'select(d_states[s * plane + place], 0.0, step.starts_at_zero == 1u)',
    'd_states[s * plane + place]',
  ],
  'gradients of the input sums sent back': [BACKWARD, '+ RECURRENT_BLOCK * step.hidden_size;', '+ 0u;'],
  'gradient of the own vectors dropped': [BACKWARD_UNIT, '= d.vectors[v];', '= 0.0;'],
};

const SHAPE = { steps: 4, batch: 3, inputSize: 5, hiddenSizes: [6], outputSize: 2 };

export const DRIVERS: readonly Suite[] = [
  {
    name: 'a layer of tiles',
    compare: networkCompare('rnn', 'software', SHAPE),
    mutants: MUTANTS,
  },
  {
    name: 'a layer of tiles, its sums apart',
    compare: networkCompare('peephole', 'software', SHAPE),
    mutants: SPLIT_MUTANTS,
  },
];
