/** Mutants of continuations: what is read, what is said, and where windows begin. */
import { type ContinuationCase, continuationCompare } from '../support/continuation.ts';
import type { Suite } from '../support/mutation.ts';
import { lazily } from './problems.ts';
import { field, fields, leftOut, shifted } from './recordings.ts';

const SAID = 'generation/said_inputs';
const EMIT = 'generation/emit';
const CLEAR = 'generation/clear_row';
const NOISE = 'generation/noise';

const CASE: ContinuationCase = {
  layers: [{ cell: 'lstm', hiddenSize: 19 }],
  features: 2,
  seedLength: 5,
  steps: 9,
  window: 0,
  draws: 3,
  noise: 0.3,
};

const WINDOWS = { ...CASE, window: 4 };
/** So many windows that a dispatch ends with one. */
const MANY_WINDOWS = { ...CASE, draws: 1, steps: 140, window: 8, seedLength: 8 };

const FUSED = { family: 'hardware', continuation: 'sequence' } as const;
const STEPS = { family: 'software', continuation: 'steps' } as const;

const CONTINUE = { kernel: 'continue_sequence' };

const OF_NOISE: Suite['mutants'] = {
  'no noise': [NOISE, 'noise.deviation > 0.0', 'false'],
  'seed not read': [NOISE, 'noise.seed, number', '0u, number'],
  'same noise for all draws': [NOISE, 'number, draw, NOISE', 'number, 0u, NOISE'],
  'same noise for all values': [NOISE, 'noise.seed, number,', 'noise.seed, 0u,'],
  'same noise for all features': [NOISE, 'NOISE + f', 'NOISE'],
};

const OF_CARRIED: Suite['mutants'] = {
  ...OF_NOISE,
  'every step reads the first value': [SAID, 'let value = value_read(step.time);', 'let value = 0u;'],
  'every draw reads the first': [SAID, 'place_of(value, at.row, f)', 'place_of(value, 0u, f)'],
  'bias dropped': [
    SAID,
    'kept.input_sum[g] = parameter(step.bias',
    'kept.input_sum[g] = 0.0 * parameter(step.bias',
  ],
  'first feature only': [SAID, 'f < step.input_size', 'f < 1u'],
  'rows of W by the units': [SAID, 'f * columns', 'f * step.hidden_size'],
  'time stands still': [SAID, 'step.time = k + 1u;', ''],
  'speaks over the last value given': [
    SAID,
    'k + 1u >= continuation.seed_length',
    'k + 2u >= continuation.seed_length',
  ],
  'says one value late': [SAID, 'value_read(k) + 1u, first_row', 'value_read(k), first_row'],
  'a reader left out': [SAID, 'reader < readers; reader++', 'reader + 1u < readers; reader++'],
  'readers share all units': [SAID, 'var unit = reader;', 'var unit = 0u;'],
  'readout transposed': [SAID, 'unit * first.input_size + f)', 'f * first.hidden_size + unit)'],
  "readout's bias dropped": [SAID, 'var y = parameter(continuation.readout_bias + f);', 'var y = 0.0;'],
  'shares of the first value': [SAID, 'shares[reader * values + e]', 'shares[reader * values]'],
  'noise numbered from the first value given': [SAID, 'value - continuation.seed_length', 'value'],
  'last step left out': shifted(CONTINUE, 'steps', -1),
  'begins with the second step': shifted(CONTINUE, 'time', 1),
};

const OF_WINDOWS: Suite['mutants'] = {
  'a window goes on from the one before': [SAID, 'kept.state = array<f32, STATES>();', ''],
  'W sees the h before the window': [SAID, '= 0.0;\n      states', '= 1.0 * factor[0];\n      states'],
  'windows do not slide': [
    SAID,
    'k / continuation.window + k % continuation.window',
    'k % continuation.window',
  ],
  'windows end one early': [SAID, 'return begins(k + 1u);', 'return begins(k + 2u);'],
};

/** Two draws to a workgroup, the last of which has one. */
const ROWS: ContinuationCase = {
  ...WINDOWS,
  layers: [{ cell: 'lstm', hiddenSize: 3 }],
  steps: 3,
  draws: 193,
};

const OF_ROWS: Suite['mutants'] = {
  'h of the first row': [SAID, 'factor[row * INNER + unit]', 'factor[unit]'],
  'said for the first row': [SAID, 'first_row + e / first.input_size', 'first_row'],
  'h before the window in the first row only': [
    SAID,
    'e / first.hidden_size * INNER + e % first.hidden_size',
    'e % first.hidden_size',
  ],
};

const OF_MANY_WINDOWS: Suite['mutants'] = {
  'a dispatch goes on from the window before': [
    SAID,
    'states[first.state_out + first_row * first.hidden_size + e] = 0.0;',
    '',
  ],
  'the first dispatch again': fields(CONTINUE, ({ time }) => ({ time: time! % 1024 })),
};

const OF_STEPS: Suite['mutants'] = {
  ...OF_NOISE,
  'speaks over the last value given': [
    EMIT,
    'speaks = emit.n + 1u >= emit.seed_length',
    'speaks = emit.n + 2u >= emit.seed_length',
  ],
  'rows of a draw speak by turns, one late': [EMIT, '(emit.n + 1u) % emit.window', 'emit.n % emit.window'],
  'rows of all draws speak for the first': [EMIT, 'draw * emit.window + (emit.n', '(emit.n'],
  'what is said not read': [EMIT, 'inputs[i] = value;', ''],
  'every row writes what it says': [
    EMIT,
    'value = readout(speaker, f, lane)',
    'value = readout(row, f, lane)',
  ],
  "readout's bias dropped": [EMIT, 'parameters[emit.bias + f] + row_sum', 'row_sum'],
  'h not cleared': leftOut({ kernel: 'clear_row' }),
  'c not cleared': field({ kernel: 'clear_row' }, 'state_count', 1),
  'row that has not spoken cleared': shifted({ kernel: 'clear_row' }, 'row', -1),
  'first draw cleared only': [CLEAR, 'draw * clear.window + clear.row', 'clear.row'],
};

function suite(name: string, wanted: ContinuationCase, fused: boolean, mutants: Suite['mutants']): Suite {
  return { name, compare: lazily(() => continuationCompare(wanted, fused ? FUSED : STEPS)), mutants };
}

export const CONTINUATIONS: readonly Suite[] = [
  suite('in one dispatch, the state carried on', CASE, true, OF_CARRIED),
  suite('in one dispatch, by windows', WINDOWS, true, OF_WINDOWS),
  suite('in one dispatch, several draws to a workgroup', ROWS, true, OF_ROWS),
  suite('in two dispatches, by windows', MANY_WINDOWS, true, OF_MANY_WINDOWS),
  suite('a time step at a time, by windows', WINDOWS, false, OF_STEPS),
];
