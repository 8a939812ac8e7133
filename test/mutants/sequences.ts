/** Mutants of the drivers of all time steps: steps, rows, slices and columns mixed up, and what is carried on lost. */
import { cellOf } from '../../gpu/cells/registry.ts';
import type { Recording } from '../../gpu/kernels/plan.ts';
import { expectForwardClose } from '../support/compare.ts';
import type { Compare, Suite } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';
import { type LayerOptions, randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { layerCompare, lazily } from './problems.ts';
import { field, fields } from './recordings.ts';

const FORWARD = 'recurrent/forward_sequence';
const BACKWARD = 'recurrent/backward_sequence';
const STEPS = 'recurrent/many_steps';
const PRODUCT = 'recurrent/kept_product';

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };
/** Two rows to a workgroup, the last of which has one. */
const ROWS = { steps: 3, batch: 193, inputSize: 2, hiddenSize: 3 };
/** Two columns to an invocation. */
const COLUMNS = { steps: 3, batch: 2, inputSize: 1, hiddenSize: 64 };

const lengths = Uint32Array.of(4, 2, 1);
const dropout = { rate: 0.4, perSequence: false, place: 2, seed: 8, iteration: 6 };

const OF_FORWARD: Suite['mutants'] = {
  'h not carried on': [FORWARD, 'factor[row * INNER + unit] = next.seen;', ''],
  'state not carried on': [FORWARD, 'at[p].state = next.state;', ''],
  'initial h dropped': [FORWARD, '= states[first.recurrent_in + first_row * units + e];', '= 0.0;'],
  'initial state dropped': [
    FORWARD,
    'at[p].state = state_before(first_row + pair / units, pair % units);',
    '',
  ],
  'recurrence dropped': [FORWARD, 'at[p].recurrent_sum[g] = product_at(row, g * units + unit);', ''],
  'gates exchanged': [FORWARD, 'product_at(row, g * units', 'product_at(row, (GATES - 1u - g) * units'],
  'rows of W from the input part': [FORWARD, 'first.weights + first.input_size * columns', 'first.weights'],
  'input of the first time step': [FORWARD, 'step.input_at += ', '_ = '],
  'input of the first sequence': [FORWARD, 'step.input_at + row * step.input_size', 'step.input_at'],
  'last input dropped': [FORWARD, 'k < inputs_to_add', 'k + 1u < inputs_to_add'],
  'bias dropped': [FORWARD, 'sums[g] = parameters[step.bias + column];', ''],
  'product read before it is complete': [
    FORWARD,
    'multiply(&held, recurrent, lane);\n    workgroupBarrier();',
    'multiply(&held, recurrent, lane);',
  ],
  'product begun before h is complete': [FORWARD, 'workgroupBarrier();\n    move_on();', 'move_on();'],
  'last time step left out': [FORWARD, 'n < first.steps', 'n + 1u < first.steps'],
  'saved values of the first time step': [STEPS, 'step.saved_at += plane * SAVED;', ''],
  'every step to the slot of the first': [STEPS, 'step.state_out += plane;', ''],
};

const OF_BACKWARD: Suite['mutants'] = {
  'gradient of the sums not carried back': [BACKWARD, 'factor[row * INNER + g * units + unit] =', '_ ='],
  'gradient of the states not carried back': [BACKWARD, 'd_state[p] = d.state;', ''],
  'gradient of the final states dropped': [
    BACKWARD,
    'd_state[p] = d_state_after(first_row + pair / units, pair % units);',
    '',
  ],
  'gradient through the input rows of W': [
    BACKWARD,
    'first.weights + first.input_size * columns',
    'first.weights',
  ],
  'gates exchanged': [BACKWARD, 'INNER + g * units', 'INNER + (GATES - 1u - g) * units'],
  'product read before it is complete': [
    BACKWARD,
    'multiply(&held, back, lane);\n    workgroupBarrier();',
    'multiply(&held, back, lane);',
  ],
  'first time step left out': [BACKWARD, 'n < first.steps', 'n + 1u < first.steps'],
  'sums over those of the last time step': [BACKWARD, 'step.d_sums_at += ', '_ = '],
  'states before of the last time step': [STEPS, 'step.state_in += plane;', ''],
  'gradient from above of the last time step': [STEPS, 'step.d_output_at += plane;', ''],
  'back in the order of forward': field({ kernel: 'backward_sequence' }, 'ahead', 1),
  'one step too few': fields({ kernel: 'backward_sequence' }, ({ steps }) => ({ steps: steps! - 1 })),
};

const OF_SPLIT_SUMS: Suite['mutants'] = {
  'direct gradient kept from the last run': field({ kernel: 'backward_sequence' }, 'starts_at_zero', 0),
  'own vectors dropped': [FORWARD, 'at[p].vectors = read_vectors(pair % units);', ''],
  'input sums sent back': [
    BACKWARD,
    'select(d.input_sum[g], d.recurrent_sum[g], SPLIT_SUMS)',
    'd.input_sum[g]',
  ],
};

const OF_ROWS: Suite['mutants'] = {
  'first row of a workgroup for all': [FORWARD, 'let row = pair / units;', 'let row = 0u;'],
  'workgroups on the same rows': [FORWARD, 'let first_row = group.x * ROWS;', 'let first_row = group.x;'],
  'initial h of the first rows': [FORWARD, 'first.recurrent_in + first_row * units', 'first.recurrent_in'],
  'first row of a workgroup for all, backward': [BACKWARD, 'let row = pair / units;', 'let row = 0u;'],
  'workgroups on the same rows, backward': [
    BACKWARD,
    'let first_row = group.x * ROWS;',
    'let first_row = group.x;',
  ],
  'factor of the first row': [PRODUCT, 'factor[r * INNER + i * SLICES', 'factor[i * SLICES'],
  'sums exchanged': [PRODUCT, '= sums[e * ROWS + r];', '= sums[e * ROWS + ROWS - 1u - r];'],
  'product of another row': [PRODUCT, 'row * SHARE_ROW', '(ROWS - 1u - row) * SHARE_ROW'],
};

const OF_COLUMNS: Suite['mutants'] = {
  'product begun before the sums are complete': [
    BACKWARD,
    'workgroupBarrier();\n    move_on();',
    'move_on();',
  ],
  transposed: [
    PRODUCT,
    'k * matrix.inner_stride + min(column, matrix.columns - 1u) * matrix.column_stride',
    'k * matrix.column_stride + min(column, matrix.columns - 1u) * matrix.inner_stride',
  ],
  'weights of the first columns': [
    PRODUCT,
    'matrix.inner - 1u), e * COLUMNS + column',
    'matrix.inner - 1u), column',
  ],
  'weights of the first inner indices': [PRODUCT, 'let k = i * SLICES + slice;', 'let k = slice;'],
  'columns exchanged': [PRODUCT, 'x * (*held)[i * EACH + e]', 'x * (*held)[i * EACH + EACH - 1u - e]'],
  'sums of the first column': [PRODUCT, '= sums[e * ROWS + r];', '= sums[r];'],
  'slices not joined': [PRODUCT, 's < SLICES', 's < 1u'],
  'last slice dropped': [PRODUCT, 's < SLICES', 's + 1u < SLICES'],
  'neighbours taken for slices': [PRODUCT, 'lane / COLUMNS, ALONG_COLUMNS == 1u', 'lane / COLUMNS, false'],
};

const OF_FEW_REGISTERS: Suite['mutants'] = {
  'the rest dropped': [PRODUCT, 'k < matrix.inner; k += SLICES', 'k < 0u; k += SLICES'],
  'last of the rest dropped': [PRODUCT, 'k < matrix.inner; k', 'k + 1u < matrix.inner; k'],
  'all taken for the rest': [PRODUCT, 'var k = HELD * SLICES + slice', 'var k = slice'],
  'weights of the first columns': [
    PRODUCT,
    'weight(matrix, k, e * COLUMNS + column)',
    'weight(matrix, k, column)',
  ],
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
  'sums of the first sequence': [FORWARD, 'step.input_at + row * columns + column', 'step.input_at + column'],
  'strides of x': [FORWARD, 'select(first.input_size, columns, HOISTED == 1u);', 'first.input_size;'],
};

const OF_CONTINUING: Suite['mutants'] = {
  'nothing comes back from later': field({ kernel: 'backward_sequence' }, 'is_last', 1),
  'what comes back is of another row': [
    BACKWARD,
    'first.d_sums_next + row *',
    'first.d_sums_next + first_row / 2u *',
  ],
  'what comes back is that of the input sums': [BACKWARD, 'RECURRENT_BLOCK * units + ', ''],
};

type Cell = 'rnn' | 'lstm' | 'gru';

function sequenceCompare(cell: Cell, size = SIZE, options: LayerOptions = {}): Compare {
  return layerCompare({ cell }, 'software', size, { ...options, recurrence: 'sequence' });
}

/** Of an invocation that keeps the weights of one inner index. */
function ofFewRegisters(recording: Recording): Recording {
  const { kernel } = recording;
  if (!('HELD' in kernel.constants)) return recording;
  return { ...recording, kernel: { ...kernel, constants: { ...kernel.constants, HELD: 1 } } };
}

/** A sweep that goes on from a later one, against one over both. */
function continuingCompare(): Compare {
  return lazily(() => {
    const problem = randomLayer(new RandomSource(12), cellOf({ cell: 'gru' }), SIZE);
    const half = SIZE.steps / 2;
    const values = (sequence: Float32Array, from: number, slots = SIZE.steps): Float32Array =>
      sequence.subarray((from * sequence.length) / slots, ((from + half) * sequence.length) / slots);
    const partOf = (from: number, initialStates = problem.initialStates) => ({
      ...problem,
      steps: half,
      inputs: values(problem.inputs, from),
      dOutputs: values(problem.dOutputs, from),
      initialStates,
    });
    return async (mutate) => {
      const whole = await runLayer(problem, 'software');
      const plane = SIZE.batch * SIZE.hiddenSize;
      const middle = whole.states.subarray(half * plane, (half + 1) * plane);
      const options = { recurrence: 'sequence' } as const;
      const later = await runLayer(partOf(half, middle), 'software', options, mutate);
      const sooner = await runLayer(partOf(0), 'software', { ...options, continues: later }, mutate);
      expectForwardClose(later.dSums, values(whole.dSums, half), 'dSums, later');
      expectForwardClose(sooner.dSums, values(whole.dSums, 0), 'dSums, sooner');
    };
  });
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
  {
    name: 'few registers',
    compare: (mutate = (recording) => recording) =>
      ofColumns((recording) => ofFewRegisters(mutate(recording))),
    mutants: OF_FEW_REGISTERS,
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
  { name: 'going on from a later sweep', compare: continuingCompare(), mutants: OF_CONTINUING },
];
