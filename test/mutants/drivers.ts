/** Mutants of the drivers of a time step and of the products, in either family. */
import type { Suite } from '../support/mutation.ts';
import { networkCompare, productCompare } from './problems.ts';

const FORWARD = 'recurrent/forward_step';
const FORWARD_UNIT = 'recurrent/forward_unit';
const BACKWARD = 'recurrent/backward_step';
const BACKWARD_UNIT = 'recurrent/backward_unit';
const STEP = 'recurrent/step';
const HIDDEN = 'recurrent/unrecalled';
const CELL = 'cells/rnn';
const AHEAD = 'common/ahead_subgroup';
const PRODUCT = 'linear/product';
const PRODUCT_VIEW = 'linear/product_view';
const COLUMN_SUMS = 'linear/column_sums';
const SLICES = 'common/slices';
const FORWARD_SLICED = 'recurrent/forward_step_sliced';
const BACKWARD_SLICED = 'recurrent/backward_step_sliced';
const PRODUCT_SLICED = 'linear/product_sliced';
const PRODUCT_STAGED = 'linear/product_staged';
const PRODUCT_BLOCKED = 'linear/product_blocked';

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
    AHEAD,
    'subgroupBroadcast(own, 3u)',
    'subgroupBroadcast(own, 2u)',
  ],
  'elements past the end count': [AHEAD, 'first + place <= last', 'true'],
  'all read the same element': [AHEAD, 'subgroupExclusiveAdd(1u)', '0u'],
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
  'saved values exchanged': [FORWARD_UNIT, '(row * SAVED + s) *', '(row * SAVED + SAVED - 1u - s) *'],
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

/** Of what only the drivers for a GPU do: staging by chunks, and sums shared by slices. */
const SLICED_MUTANTS: Suite['mutants'] = {
  'bias dropped': [FORWARD_SLICED, 'at.input_sum[g] += parameter(step.bias + column_of_w);', ''],
  'input of the first chunk only': [
    FORWARD_SLICED,
    '* step.input_size + base + k;',
    '* step.input_size + k;',
  ],
  'state of the first rows': [FORWARD_SLICED, '= rows_of_quad(first_row + 4u * q', '= rows_of_quad(4u * q'],
  'rows of W of the first chunk only': [
    FORWARD_SLICED,
    'step.weights + base * weight_stride + unit',
    'step.weights + unit',
  ],
  'recurrence dropped': [FORWARD_SLICED, 'base < step.hidden_size', 'base < 0u'],
  'recurrence transposed': [
    FORWARD_SLICED,
    'accumulate(&sums, slice, count, step.weights + (step.input_size + base) * weight_stride + unit);',
    'for (var k = slice; k < count; k += SLICES) { let w = parameter(step.weights + (step.input_size + unit) * weight_stride + base + k); for (var q = 0u; q < QUADS; q++) { sums[q] += staged[q * CHUNK + k] * w; } }',
  ],
  'state of the same time step': [HIDDEN, 'step.recurrent_in', 'step.state_out'],
  'input of the first sequence': [
    FORWARD_SLICED,
    'step.input_at + rows_of_quad(first_row + 4u * q, step.batch - 1u)',
    'step.input_at + vec4u()',
  ],
  'last index of a chunk dropped': [FORWARD_SLICED, 'k = slice; k < count', 'k = slice; k + 1u < count'],
  'first row of a group only': [
    FORWARD_SLICED,
    'let row = first_row + lane / COLUMNS;',
    'let row = first_row;',
  ],
  'last slice dropped': [SLICES, 's < SLICES', 's + 1u < SLICES'],
  'rows of a quad all its first': [SLICES, '[row % 4u]', '[0u]'],
  'third row of a quad the second': [SLICES, 'first + 2u', 'first + 1u'],
  'gradient not carried back': [BACKWARD_SLICED, 'select(length, 0u, step.is_last == 1u)', '0u'],
  'gradient through the input rows of W': [
    BACKWARD_SLICED,
    'step.weights + (step.input_size + unit)',
    'step.weights + unit',
  ],
  'gradient of the same time step': [BACKWARD_SLICED, '= step.d_sums_next', '= step.d_sums_at'],
  'products end one early': [PRODUCT_SLICED, 'k < count', 'k + 1u < count'],
  "readout's bias dropped": [PRODUCT_SLICED, 'bias_of(target_column) + ', ''],
};

const SLICED_SPLIT_MUTANTS: Suite['mutants'] = {
  'sums not kept apart': [FORWARD_SLICED, 'sums = Sums();', ''],
  'input sum dropped': [FORWARD_SLICED, 'at.input_sum = finish_sums(&sums, slice, column, lane);', ''],
  'gradients of the input sums sent back': [BACKWARD_SLICED, ' + RECURRENT_BLOCK * step.hidden_size', ''],
};

/** Of what an invocation with more than one unit and more than four rows does. */
const EACH_MUTANTS: Suite['mutants'] = {
  'quads exchanged': [SLICES, '= shares[q];', '= shares[QUADS - 1u - q];'],
  "every unit's row of W that of the first": [
    BACKWARD_SLICED,
    'min(first_unit + e * COLUMNS + column',
    'min(first_unit + column',
  ],
  'weights of the first unit': [BACKWARD_SLICED, 'd * w[e]', 'd * w[0u]'],
  'units exchanged': [
    BACKWARD_SLICED,
    'shares[q] = sums[e * QUADS + q]',
    'shares[q] = sums[(EACH - 1u - e) * QUADS + q]',
  ],
  'only the first unit written': [
    BACKWARD_SLICED,
    'let unit = first_unit + e * COLUMNS + lane % COLUMNS;',
    'let unit = first_unit + lane % COLUMNS;',
  ],
};

const BLOCKED_MUTANTS: Suite['mutants'] = {
  'past the end of the inner indices': [
    PRODUCT_BLOCKED,
    'select(vec4f(), a_next, base + a_part.y < product.inner)',
    'a_next',
  ],
  'rows of a quad all its first': [PRODUCT_BLOCKED, 'left[r] *', 'left[0u] *'],
  'right factor of the first depth': [PRODUCT_BLOCKED, 'b_quad(base + DEPTH + b_part.y', 'b_quad(b_part.y'],
  'left factor of the depth before': [PRODUCT_BLOCKED, 'base + DEPTH + a_part.y', 'base + a_part.y'],
  'bias dropped': [PRODUCT_BLOCKED, 'bias + sums', 'sums'],
  'third row of a quad read twice': [PRODUCT_STAGED, 'read_a(row + 3u', 'read_a(row + 2u'],
  'bias of a quad its first': [PRODUCT_STAGED, 'bias_of(column + 2u)', 'bias_of(column)'],
};

/** Of what an invocation with more than one quad of either factor does. */
const LARGE_BLOCK_MUTANTS: Suite['mutants'] = {
  'left factor of the first rows': [PRODUCT_BLOCKED, 'k * STRIDE + y + q * SIDE', 'k * STRIDE + y'],
  'right factor of the first columns': [PRODUCT_BLOCKED, 'k * STRIDE + x + c * SIDE', 'k * STRIDE + x'],
  'rows of an invocation exchanged': [
    PRODUCT_BLOCKED,
    '(y + q * SIDE) + r',
    '(y + (QUADS - 1u - q) * SIDE) + r',
  ],
};

const SHAPE = { steps: 4, batch: 3, inputSize: 5, hiddenSizes: [6], outputSize: 2 };
/** Enough rows and units for two units to an invocation in the step back. */
const LARGE_SHAPE = { steps: 2, batch: 97, inputSize: 1, hiddenSizes: [450], outputSize: 1 };
/** More inputs than a chunk, more units than a group's columns and than slices. */
const SLICED_SHAPE = { steps: 3, batch: 5, inputSize: 260, hiddenSizes: [18], outputSize: 2 };

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
  {
    name: 'a layer of slices',
    compare: networkCompare('rnn', 'hardware', SLICED_SHAPE),
    mutants: SLICED_MUTANTS,
  },
  {
    name: 'a layer of slices, its sums apart',
    compare: networkCompare('peephole', 'hardware', SLICED_SHAPE),
    mutants: SLICED_SPLIT_MUTANTS,
  },
  {
    name: 'a layer of slices, several units to an invocation',
    compare: networkCompare('rnn', 'hardware', LARGE_SHAPE),
    isSlow: true,
    mutants: EACH_MUTANTS,
  },
  {
    // Enough rows for blocks, and inner indices that end within one.
    name: 'a product of blocks',
    compare: productCompare('hardware', [3841, 17, 3]),
    mutants: BLOCKED_MUTANTS,
  },
  {
    name: 'a product of large blocks',
    compare: productCompare('hardware', [8129, 17, 130]),
    isSlow: true,
    mutants: LARGE_BLOCK_MUTANTS,
  },
];
