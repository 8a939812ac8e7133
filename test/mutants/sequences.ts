/** Mutants of the drivers of all time steps: steps, rows, slices and columns mixed up, and what is carried on lost. */
import type { Compare, Suite } from '../support/mutation.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { LayerOptions } from '../support/recurrent-layer.ts';
import { withScarceMemory } from '../support/scarce-memory.ts';
import { continuingCompare, layerCompare } from './problems.ts';
import { field, fields } from './recordings.ts';

const FORWARD = 'recurrent/forward_sequence';
const INPUTS = 'recurrent/given_inputs';
const BACKWARD = 'recurrent/backward_sequence';
const STEPS = 'recurrent/many_steps';
const DRIVER = 'recurrent/sequence';

/** What comes between the shares of a product and their being joined. */
const COMPLETE = `column] = sums[s];
      }
    }
    workgroupBarrier();`;

/** And between their being handed over and taken. */
const HANDED = `= (*sums)[s];
      }
    }
    workgroupBarrier();`;

/** Where the weights that are kept are read: see `UNROLLED` in the driver. */
const UNROLLED = '\n      held[i * EACH + e] = ';
const ROLLED = '\n        held[i * EACH + e] = ';

function ofKept(place: string): Suite['mutants'] {
  const weight = (inner: string, column: string): string => `${place}weight(right, ${inner}, ${column})`;
  const [inner, column] = ['i * SLICES + slice', 'e * COLUMNS + column'];
  return {
    'kept weights of the first columns': [DRIVER, weight(inner, column), weight(inner, 'column')],
    'kept weights of the first inner indices': [DRIVER, weight(inner, column), weight('slice', column)],
  };
}

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };
/** Two rows to a workgroup, the last of which has one. */
const ROWS = { steps: 3, batch: 193, inputSize: 2, hiddenSize: 3 };
/** Two columns to an invocation. */
const COLUMNS = { steps: 3, batch: 2, inputSize: 1, hiddenSize: 64 };

const lengths = Uint32Array.of(4, 2, 1);
const dropout = { rate: 0.4, perSequence: false, place: 2, seed: 8, iteration: 6 };

const OF_FORWARD: Suite['mutants'] = {
  'h not carried on': [FORWARD, 'factor[at.here * INNER + at.unit] = next.seen;', ''],
  'state not carried on': [FORWARD, 'kept.state = next.state;', ''],
  'initial h dropped': [DRIVER, '= first_factor(first_row + row, k);', '= 0.0;'],
  'initial state dropped': [FORWARD, 'kept.state = state_before(at.row, at.unit);', ''],
  'recurrence dropped': [FORWARD, 'kept.recurrent_sum[g] = product_at(', '_ = product_at('],
  'gates exchanged': [FORWARD, 'product_at(at.here, g * ', 'product_at(at.here, (GATES - 1u - g) * '],
  'rows of W from the input part': [FORWARD, 'first.weights + first.input_size * columns', 'first.weights'],
  'input of the first time step': [INPUTS, 'step.input_at += ', '_ = '],
  'input of the first sequence': [INPUTS, 'step.input_at + at.row * step.input_size', 'step.input_at'],
  'last input dropped': [INPUTS, 'k < inputs_to_add', 'k + 1u < inputs_to_add'],
  'bias dropped': [INPUTS, 'kept.input_sum[g] = parameter(step.bias + column);', 'kept.input_sum[g] = 0.0;'],
  'product read before it is complete': [DRIVER, COMPLETE, COMPLETE.replace('workgroupBarrier();', '')],
  'last time step left out': field({ kernel: 'forward_sequence' }, 'steps', SIZE.steps - 1),
  'saved values of the first time step': [STEPS, 'step.saved_at += plane * SAVED;', ''],
  'every step to the slot of the first': [STEPS, 'step.state_out += plane;', ''],
};

const OF_BACKWARD: Suite['mutants'] = {
  'gradient of the sums not carried back': [
    BACKWARD,
    'factor[at.here * INNER + g * step.hidden_size + at.unit] =',
    '_ =',
  ],
  'gradient of the states not carried back': [BACKWARD, 'Kept(kept.tape, d.state)', 'kept'],
  'gradient of the final states dropped': [BACKWARD, 'kept.d_state = d_state_after(at.row, at.unit);', ''],
  'gradient through the input rows of W': [
    BACKWARD,
    'first.weights + first.input_size * columns',
    'first.weights',
  ],
  'gates exchanged': [BACKWARD, 'INNER + g * step', 'INNER + (GATES - 1u - g) * step'],
  'sums over those of the last time step': [BACKWARD, 'step.d_sums_at += ', '_ = '],
  'states before of the last time step': [STEPS, 'step.state_in += plane;', ''],
  'gradient from above of the last time step': [STEPS, 'step.d_output_at += plane;', ''],
  'back in the order of forward': field({ kernel: 'backward_sequence' }, 'ahead', 1),
  'first time step left out': field({ kernel: 'backward_sequence' }, 'steps', SIZE.steps - 1),
};

const OF_SPLIT_SUMS: Suite['mutants'] = {
  'direct gradient kept from the last run': field({ kernel: 'backward_sequence' }, 'starts_at_zero', 0),
  'own vectors dropped': [FORWARD, 'kept.vectors = read_vectors(at.unit);', ''],
  'input sums sent back': [
    BACKWARD,
    'select(d.input_sum[g], d.recurrent_sum[g], SPLIT_SUMS)',
    'd.input_sum[g]',
  ],
};

const OF_ROWS: Suite['mutants'] = {
  'first row of a workgroup for all': [DRIVER, 'Unit(first_row + here, here,', 'Unit(first_row, here,'],
  'workgroups on the same rows': [DRIVER, 'let first_row = group.x * ROWS;', 'let first_row = group.x;'],
  'initial h of the first rows': [DRIVER, 'first_factor(first_row + row, k)', 'first_factor(row, k)'],
  'initial h of the first row of a workgroup': [DRIVER, 'factor[row * INNER + k] =', 'factor[k] ='],
  'factor of the first row': [DRIVER, 'factor[r * INNER + i * SLICES', 'factor[i * SLICES'],
  'sums exchanged': [
    DRIVER,
    'sums[r * EACH + e] += x * held',
    'sums[(ROWS - 1u - r) * EACH + e] += x * held',
  ],
  'product of another row': [DRIVER, 'row * SHARE_ROW', '(ROWS - 1u - row) * SHARE_ROW'],
  'h of another row carried on': [FORWARD, 'factor[at.here * INNER', 'factor[(ROWS - 1u - at.here) * INNER'],
  'gradient of another row carried back': [
    BACKWARD,
    'factor[at.here * INNER',
    'factor[(ROWS - 1u - at.here) * INNER',
  ],
};

const OF_COLUMNS: Suite['mutants'] = {
  'product begun before its factor is complete': [
    DRIVER,
    'workgroupBarrier();\n    move_on(n, lane, first_row, rows);',
    'move_on(n, lane, first_row, rows);',
  ],
  'sums go on from the step before': [
    DRIVER,
    'var sums = Sums();',
    'var sums = Sums(); if (n > 0u) { sums[0] = shares[0]; }',
  ],
  transposed: [DRIVER, 'right.inner - 1u) * right.inner_stride', 'right.inner - 1u) * right.column_stride'],
  ...ofKept(UNROLLED),
  'columns exchanged': [DRIVER, 'x * held[i * EACH + e]', 'x * held[i * EACH + EACH - 1u - e]'],
  'sums of the first column': [DRIVER, 'column] = sums[s];', 'column] = sums[0];'],
  'slices not joined': [DRIVER, 's < PARTS', 's < 1u'],
  'last slice dropped': [DRIVER, 's < PARTS', 's + 1u < PARTS'],
  'neighbours all in one slice': [DRIVER, 'lane / SLICE_STRIDE % SLICES', '0u * lane'],
};

/** In software a loop reads the weights that are kept. */
const OF_SOFTWARE: Suite['mutants'] = {
  ...ofKept(ROLLED),
  'kept weights not read': [DRIVER, 'if (UNROLLED < HELD)', 'if (HELD < UNROLLED)'],
  'the first of them left out': [DRIVER, 'var i = UNROLLED; i < HELD', 'var i = UNROLLED + 1u; i < HELD'],
};

const OF_SCARCE_MEMORY: Suite['mutants'] = {
  'weights that are not kept left out': [DRIVER, 'k < INNER; k +=', 'k < 0u; k +='],
  'the last of them left out': [DRIVER, 'k < INNER; k +=', 'k + AHEAD * SLICES < INNER; k +='],
  'all taken for them': [DRIVER, 'var k = HELD * SLICES + slice', 'var k = slice'],
  'weights of the first columns': [
    DRIVER,
    'weight(right, k + i * SLICES, e * COLUMNS + column)',
    'weight(right, k + i * SLICES, column)',
  ],
  'weights of the first inner indices': [DRIVER, 'weight(right, k + i * SLICES', 'weight(right, k'],
  'factor of the first inner indices': [DRIVER, 'INNER + k + i * SLICES', 'INNER + k'],
  'slices without room dropped': [DRIVER, 'round < ROUNDS', 'round < 1u'],
  'slices without room taken for those with': [DRIVER, '+= shares[place', '= shares[place'],
  'more taken over than there are': [
    DRIVER,
    'slice < PARTS && round * PARTS + slice < SLICES',
    'slice < PARTS',
  ],
  'the last round dropped': [DRIVER, 'round < ROUNDS', 'round + 1u < ROUNDS'],
  'taken before it is handed over': [DRIVER, HANDED, HANDED.replace('workgroupBarrier();', '')],
};

const OF_LENGTHS: Suite['mutants'] = {
  'time stands still': [STEPS, 'step.time += first.ahead;', ''],
  'time runs forward, backward': field({ kernel: 'backward_sequence' }, 'ahead', 1),
};

const OF_DROPOUT: Suite['mutants'] = {
  'the mask of the first time step': [STEPS, 'step.drop_time += first.drop_ahead;', ''],
  'masks in the order of forward': field({ kernel: 'backward_sequence' }, 'drop_ahead', 1),
  'h carried on as it is': [FORWARD, '= next.seen;', '= next.state[0];'],
  'begins with h as it is': fields({ kernel: 'forward_sequence' }, ({ state_in }) => ({
    recurrent_in: state_in!,
  })),
};

const OF_DROPOUT_PER_SEQUENCE: Suite['mutants'] = {
  'another mask in every step': field({ kernel: 'forward_sequence' }, 'drop_ahead', 1),
  'another mask in every step back': field({ kernel: 'backward_sequence' }, 'drop_ahead', -1),
};

const OF_REVERSE: Suite['mutants'] = {
  'runs forward': field({ kernel: 'forward_sequence' }, 'ahead', 1),
  'runs backward on the way back': field({ kernel: 'backward_sequence' }, 'ahead', -1),
};

const OF_HOISTING: Suite['mutants'] = {
  'sums of the first sequence': [
    INPUTS,
    'step.input_at + at.row * columns + column',
    'step.input_at + column',
  ],
  'strides of x': [
    INPUTS,
    'select(step.input_size, GATES * step.hidden_size, HOISTED == 1u)',
    'step.input_size',
  ],
};

const OF_CONTINUING: Suite['mutants'] = {
  'nothing comes back from later': field({ kernel: 'backward_sequence' }, 'is_last', 1),
  'what comes back is of another row': [
    BACKWARD,
    'first.d_sums_next + row *',
    'first.d_sums_next + row / 2u *',
  ],
  'what comes back is that of the input sums': [BACKWARD, 'RECURRENT_BLOCK * first.hidden_size + ', ''],
};

type Cell = 'rnn' | 'lstm' | 'gru';

function sequenceCompare(
  cell: Cell,
  size = SIZE,
  options: LayerOptions = {},
  family: KernelFamily = 'hardware',
): Compare {
  return layerCompare({ cell }, family, size, { ...options, recurrence: 'sequence' });
}

const ofColumns = sequenceCompare('rnn', COLUMNS);

export const SEQUENCES: readonly Suite[] = [
  { name: 'forward, lstm', compare: sequenceCompare('lstm'), mutants: OF_FORWARD },
  {
    name: 'backward, lstm',
    compare: sequenceCompare('lstm', SIZE, { givesFinal: true }),
    mutants: OF_BACKWARD,
  },
  { name: 'sums apart, gru', compare: sequenceCompare('gru'), mutants: OF_SPLIT_SUMS },
  { name: 'several rows to a workgroup', compare: sequenceCompare('gru', ROWS), mutants: OF_ROWS },
  { name: 'several columns to an invocation', compare: ofColumns, mutants: OF_COLUMNS },
  { name: 'software', compare: sequenceCompare('rnn', COLUMNS, {}, 'software'), mutants: OF_SOFTWARE },
  {
    name: 'scarce memory',
    compare: (mutate = (recording) => recording) =>
      ofColumns((recording) => withScarceMemory(mutate(recording))),
    mutants: OF_SCARCE_MEMORY,
  },
  { name: 'lengths', compare: sequenceCompare('rnn', SIZE, { lengths }), mutants: OF_LENGTHS },
  { name: 'recurrent dropout', compare: sequenceCompare('rnn', SIZE, { dropout }), mutants: OF_DROPOUT },
  {
    name: 'recurrent dropout, one mask a sequence',
    compare: sequenceCompare('rnn', SIZE, { dropout: { ...dropout, perSequence: true } }),
    mutants: OF_DROPOUT_PER_SEQUENCE,
  },
  { name: 'reverse', compare: sequenceCompare('rnn', SIZE, { reverse: true }), mutants: OF_REVERSE },
  { name: 'hoisted', compare: sequenceCompare('gru', SIZE, { hoisted: true }), mutants: OF_HOISTING },
  {
    name: 'going on from a later sweep',
    compare: continuingCompare({ cell: 'gru' }, 'hardware', SIZE, { recurrence: 'sequence' }),
    mutants: OF_CONTINUING,
  },
];
