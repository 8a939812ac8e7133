/** Mutants of the drivers of a time step and of the products for GPUs: in slices and in blocks. */
import type { Suite } from '../support/mutation.ts';
import { networkCompare, productCompare } from './problems.ts';

const HIDDEN = 'recurrent/unrecalled';
const SLICES = 'common/slices';
const FORWARD_SLICED = 'recurrent/forward_step_sliced';
const BACKWARD_SLICED = 'recurrent/backward_step_sliced';
const PRODUCT_SLICED = 'linear/product_sliced';
const PRODUCT_STAGED = 'linear/product_staged';
const PRODUCT_BLOCKED = 'linear/product_blocked';

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

/** Enough rows and units for two units to an invocation in the step back. */
const LARGE_SHAPE = { steps: 2, batch: 97, inputSize: 1, hiddenSizes: [450], outputSize: 1 };
/** More inputs than a chunk, more units than a group's columns and than slices. */
const SLICED_SHAPE = { steps: 3, batch: 5, inputSize: 260, hiddenSizes: [18], outputSize: 2 };

export const SLICED_DRIVERS: readonly Suite[] = [
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
