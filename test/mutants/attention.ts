/** Mutants of attention. */
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { attentionByFormula, attentionProblem, compareAttention } from '../support/attention.ts';
import type { Compare, Suite } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';
import { lazily } from './problems.ts';

const VIEW = 'attention/pairs_view';
const TILED = 'attention/pairs';
const BLOCKED = 'attention/pairs_blocked';
const SCORE = 'attention/term_score';
const SLOPE = 'attention/term_slope';
const VECTOR = 'attention/term_vector';
const SOFTMAX = 'attention/softmax';
const SOFTMAX_BACKWARD = 'attention/softmax_backward';
const COPY = 'linear/copy_columns';
const SQUASH = 'attention/squash';
const SQUASH_BACKWARD = 'attention/squash_backward';
const ROWS = 'common/rows';

/** Of what both kinds of attention use. */
const SHARED: Suite['mutants'] = {
  'source attended past its end': [
    SOFTMAX,
    'min(lengths[here % softmax.batch], softmax.columns)',
    'softmax.columns',
  ],
  'length of another sequence': [
    SOFTMAX,
    'lengths[here % softmax.batch]',
    'lengths[(here + 1u) % softmax.batch]',
  ],
  'last real source step dropped': [
    SOFTMAX,
    's < length; s += SLICES) {\n    sum',
    's + 1u < length; s += SLICES) {\n    sum',
  ],
  'weights not divided by their sum': [SOFTMAX, ' / sum,', ','],
  'softmax backward without its sum': [SOFTMAX_BACKWARD, '(d_weights[at + s] - sum)', '(d_weights[at + s])'],
  'softmax backward without the weight': [
    SOFTMAX_BACKWARD,
    'weights[softmax.weights_at + at + s] * (d_weights',
    '(d_weights',
  ],
  'softmax backward of other weights': [
    SOFTMAX_BACKWARD,
    'sum += weights[softmax.weights_at + at + s]',
    'sum += weights[at % softmax.columns + s]',
  ],
  'h written over the context': [COPY, 'copy.out_at + row', 'row'],
  'h of the first row': [COPY, 'row * copy.source_row + column', 'column'],
  'gradient past the scores dropped': [COPY, '+ value', '+ select(value, 0.0, copy.adds == 1u)'],
  'gradient of the scores overwritten': [COPY, 'copy.adds == 1u', 'false'],
  'sums overwritten in place of added to': [VIEW, 'pairs.adds == 1u', 'false'],
  'no last tanh': [SQUASH, 'safe_tanh(out[squash.at + i])', 'out[squash.at + i]'],
  'slope of the last tanh dropped': [SQUASH_BACKWARD, ' * (1.0 - y * y)', ''],
  'slope at the sum': [SQUASH_BACKWARD, 'y * y', 'y'],
};

const ADDITIVE: Suite['mutants'] = {
  'weights past the end not cleared': [SOFTMAX, 's < softmax.columns; s', 's < length; s'],
  'score without v': [SCORE, 'inner * safe_tanh', 'safe_tanh'],
  'score without tanh': [SCORE, 'inner * safe_tanh(', 'inner * ('],
  'score without the key': [SCORE, 'safe_tanh(a + b)', 'safe_tanh(a)'],
  'v of the first unit': [SCORE, 'pairs.vector_at + k', 'pairs.vector_at'],
  'slope without v': [SLOPE, 'sum * parameters[pairs.vector_at + column]', 'sum'],
  'slope at the key alone': [SLOPE, 'safe_tanh(b + held)', 'safe_tanh(b)'],
  'held of another row of the batch': [SLOPE, '+ batch * pairs.held_batch', ''],
  'slope of the wrong sign': [SLOPE, '1.0 - y * y', '1.0 + y * y'],
  "v's gradient at the key alone": [VECTOR, 'safe_tanh(b + held)', 'safe_tanh(b)'],
  "v's gradient without tanh": [VECTOR, 'safe_tanh(b + held)', '(b + held)'],
};

const OF_TILES: Suite['mutants'] = {
  'sums end one early': [TILED, 'k < pairs.inner', 'k + 1u < pairs.inner'],
  'left factor of the first of the batch': [TILED, 'pairs.a_at + batch * pairs.a_batch', 'pairs.a_at'],
  'right factor of the first of the batch': [TILED, 'pairs.b_at + batch * pairs.b_batch', 'pairs.b_at'],
  'rows of the first tile': [TILED, 'group.y % groups_down', '0u'],
  'result in the first of the batch': [VIEW, '+ batch * pairs.out_batch', ''],
};

const OF_BLOCKS: Suite['mutants'] = {
  'past the last inner index': [BLOCKED, 'min(DEPTH, pairs.inner - base)', 'DEPTH'],
  'left factor of the first of the batch': [BLOCKED, 'pairs.a_at + batch * pairs.a_batch', 'pairs.a_at'],
  'right factor of the first of the batch': [BLOCKED, 'pairs.b_at + batch * pairs.b_batch', 'pairs.b_at'],
  'rows of the first block': [BLOCKED, 'group.y % groups_down * BLOCK_ROWS', '0u'],
  'right factor of the first depth': [
    BLOCKED,
    'let inner = min(base + k, pairs.inner - 1u);\n    b_block',
    'let inner = min(k, pairs.inner - 1u);\n    b_block',
  ],
  'left factor of the first depth': [
    BLOCKED,
    'let inner = min(base + k, pairs.inner - 1u);\n    a_block',
    'let inner = min(k, pairs.inner - 1u);\n    a_block',
  ],
  'left rows of an invocation all one': [BLOCKED, 'k * A_STRIDE + y + r * SIDE', 'k * A_STRIDE + y'],
  'all but two slices of a row dropped': [ROWS, 'var s = 0u; s < SLICES', 'var s = 0u; s < 2u'],
};

const OF_SCORE_BLOCKS: Suite['mutants'] = {
  'v of the first depth': [BLOCKED, 'inner_value(base + lane)', 'inner_value(lane)'],
  'held of the first rows': [
    BLOCKED,
    'let row = min(first_row + y + r * SIDE,',
    'let row = min(first_row + y,',
  ],
};

const OF_LARGE_SCORES: Suite['mutants'] = {
  'maximum not taken off in the sum': [
    SOFTMAX,
    'sum += exp(weights[at + s] - most)',
    'sum += exp(weights[at + s])',
  ],
  'maximum not taken off above': [SOFTMAX, 'exp(weights[at + s] - most) / sum', 'exp(weights[at + s]) / sum'],
  'no maximum': [SOFTMAX, 'most = row_max(most, lane);', 'most = 0.0;'],
};

/** Inner sums over a depth of 16; rows over a tile, and with many source steps over a block and the slices of a row. */
function attentionCompare(kind: 'dot' | 'additive', family: KernelFamily, sourceSteps = 22): Compare {
  const shape = { kind, batch: 3, steps: 21, sourceSteps, width: 18, sourceWidth: 18, hasLengths: true };
  return lazily(() => {
    const problem = attentionProblem(new RandomSource(600), shape);
    const expected = attentionByFormula(problem);
    return (mutate) => compareAttention(problem, expected, family, mutate);
  });
}

/** Scores of some 90 to 100, whose exponentials are no float32 numbers: a last feature adds 96 to each. */
function largeScores(family: KernelFamily): Compare {
  const [batch, steps, sourceSteps, width] = [2, 3, 5, 6];
  const shape = {
    kind: 'dot',
    batch,
    steps,
    sourceSteps,
    width,
    sourceWidth: width,
    hasLengths: false,
  } as const;
  return lazily(() => {
    const problem = attentionProblem(new RandomSource(600), shape);
    for (let at = width - 1; at < problem.queries.length; at += width) problem.queries[at] = 12;
    for (let at = width - 1; at < problem.source.length; at += width) problem.source[at] = 8;
    const expected = attentionByFormula(problem);
    return (mutate) => compareAttention(problem, expected, family, mutate);
  });
}

export const ATTENTION: readonly Suite[] = [
  {
    name: 'dot attention, software',
    compare: attentionCompare('dot', 'software'),
    mutants: { ...SHARED, ...OF_TILES },
  },
  {
    name: 'additive attention, software',
    compare: attentionCompare('additive', 'software'),
    mutants: ADDITIVE,
  },
  { name: 'dot attention, hardware', compare: attentionCompare('dot', 'hardware', 70), mutants: OF_BLOCKS },
  {
    name: 'additive attention, hardware',
    compare: attentionCompare('additive', 'hardware', 35),
    mutants: OF_SCORE_BLOCKS,
  },
  { name: 'large scores', compare: largeScores('software'), mutants: OF_LARGE_SCORES },
];
