/** Breaks attention, drawn tokens and beam search one line at a time: every mutant must fail the comparison. */
import { describe, expect, test } from 'vitest';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { attentionByFormula, attentionProblem, compareAttention } from '../support/attention.ts';
import type { Mutation } from '../support/gpu.ts';
import { expectCaught, type Mutant } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';
import {
  compareSample,
  expectHypotheses,
  prefixModel,
  runBeamSearch,
  sampleProblem,
  tableModel,
} from '../support/sampling.gpu.ts';
import { beamSearch } from '../support/sampling.ts';

const VIEW = 'shaders/attention/pairs_view.wgsl';
const TILED = 'shaders/attention/pairs.wgsl';
const BLOCKED = 'shaders/attention/pairs_blocked.wgsl';
const SCORE = 'shaders/attention/term_score.wgsl';
const SLOPE = 'shaders/attention/term_slope.wgsl';
const VECTOR = 'shaders/attention/term_vector.wgsl';
const SOFTMAX = 'shaders/attention/softmax.wgsl';
const SOFTMAX_BACKWARD = 'shaders/attention/softmax_backward.wgsl';
const COPY = 'shaders/attention/copy_columns.wgsl';
const SQUASH = 'shaders/attention/squash.wgsl';
const SQUASH_BACKWARD = 'shaders/attention/squash_backward.wgsl';
const ROWS = 'shaders/common/rows.wgsl';
const SAMPLE = 'shaders/generation/sample.wgsl';
const GREEDY = 'shaders/generation/sample_greedy.wgsl';
const DRAW = 'shaders/generation/sample_draw.wgsl';
const BEAM = 'shaders/generation/beam.wgsl';
const CHOOSE = 'shaders/generation/beam_choose.wgsl';
const REORDER = 'shaders/generation/beam_reorder.wgsl';

type Mutants = Record<string, Mutant>;

/** Of what both kinds of attention use. */
const SHARED: Mutants = {
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
  'last real source step dropped': [SOFTMAX, 's < length; s', 's + 1u < length; s'],
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

const ADDITIVE: Mutants = {
  'weights past the end not cleared': [SOFTMAX, 's < softmax.columns; s', 's < length; s'],
  'score without v': [SCORE, 'inner * safe_tanh', 'safe_tanh'],
  'score without tanh': [SCORE, 'safe_tanh(a + b)', '(a + b)'],
  'score without the key': [SCORE, 'a + b', 'a'],
  'v of the first unit': [SCORE, 'pairs.vector_at + k', 'pairs.vector_at'],
  'slope without v': [SLOPE, 'sum * parameters[pairs.vector_at + column]', 'sum'],
  'slope at the key alone': [SLOPE, 'b + held)', 'b)'],
  'held of another row of the batch': [SLOPE, '+ batch * pairs.held_batch', ''],
  'slope of the wrong sign': [SLOPE, '1.0 - y * y', '1.0 + y * y'],
  "v's gradient at the key alone": [VECTOR, 'b + held)', 'b)'],
  "v's gradient without tanh": [VECTOR, 'safe_tanh(b + held)', '(b + held)'],
};

const OF_TILES: Mutants = {
  'sums end one early': [TILED, 'k < pairs.inner', 'k + 1u < pairs.inner'],
  'left factor of the first of the batch': [TILED, 'pairs.a_at + batch * pairs.a_batch', 'pairs.a_at'],
  'right factor of the first of the batch': [TILED, 'pairs.b_at + batch * pairs.b_batch', 'pairs.b_at'],
  'rows of the first tile': [TILED, 'group.y % groups_down', '0u'],
  'result in the first of the batch': [VIEW, '+ batch * pairs.out_batch', ''],
};

const OF_BLOCKS: Mutants = {
  'past the last inner index': [BLOCKED, 'min(DEPTH, pairs.inner - base)', 'DEPTH'],
  'left factor of the first of the batch': [BLOCKED, 'pairs.a_at + batch * pairs.a_batch', 'pairs.a_at'],
  'right factor of the first of the batch': [BLOCKED, 'pairs.b_at + batch * pairs.b_batch', 'pairs.b_at'],
  'rows of the first block': [BLOCKED, 'group.y % groups_down * BLOCK_ROWS', '0u'],
  'right factor of the first depth': [BLOCKED, 'min(base + k, pairs.inner - 1u)', 'min(k, pairs.inner - 1u)'],
  'left rows of an invocation all one': [BLOCKED, 'k * A_STRIDE + y + r * SIDE', 'k * A_STRIDE + y'],
  'all but two slices of a row dropped': [ROWS, 's < SLICES', 's < 2u'],
};

const OF_SCORE_BLOCKS: Mutants = {
  'v of the first depth': [BLOCKED, 'inner_value(base + lane)', 'inner_value(lane)'],
  'held of the first rows': [
    BLOCKED,
    'let row = min(first_row + y + r * SIDE,',
    'let row = min(first_row + y,',
  ],
};

const OF_GREEDY: Mutants = {
  'of equal ones the last': [GREEDY, 'logits[at + j] > most', 'logits[at + j] >= most'],
  'logits of the first row': [GREEDY, 'sample.logits_at + row * sample.columns', 'sample.logits_at'],
  'said on past the end token': [SAMPLE, 'select(token, settings.end_token, has_ended(row))', 'token'],
  'ended by the same step': [SAMPLE, '(sample.step - 1u) * sample.rows', 'sample.step * sample.rows'],
};

const OF_DRAWS: Mutants = {
  'no temperature': [DRAW, ' / settings.temperature', ''],
  'all tokens kept': [DRAW, 'settings.top_k > 0u', 'false'],
  'one token more kept': [DRAW, 'let k = f32(settings.top_k);', 'let k = f32(settings.top_k + 1u);'],
  'all equal ones kept': [DRAW, '*equal >= 0.0', 'true'],
  'equal ones dropped': [DRAW, '(key == threshold && *equal >= 0.0)', 'false'],
  'same draw for every row': [DRAW, 'sample.step, row, DRAW', 'sample.step, 0u, DRAW'],
  'same draw at every step': [DRAW, 'settings.seed, sample.step,', 'settings.seed, 0u,'],
  'seed not read': [DRAW, 'settings.seed,', '1u,'],
  'another word of the four': [DRAW, 'DRAW)).w', 'DRAW)).x'],
  'negative logits not ordered': [DRAW, '~bits, bits', 'bits, bits'],
};

const OF_DRAWS_BY_SLICES: Mutants = {
  'draw without the slices before': [DRAW, 'before + cumulative', 'cumulative'],
  'equal ones of other slices not counted': [DRAW, ' - slices_before(equal, lane)', ''],
  'slices before count their own': [ROWS, 's < lane', 's <= lane'],
};

const OF_BEAMS: Mutants = {
  'scores not summed': [BEAM, 'return score + (logits', 'return (logits'],
  'no log-softmax': [BEAM, '- log_sum);', ');'],
  'beams grow past the end token': [BEAM, 'said == settings.end_token', 'false'],
  'the end token said again at a cost': [BEAM, 'select(NO_BEAM, score,', 'select(NO_BEAM, score - log_sum,'],
  'first step from every beam': [BEAM, '- log_sum, row == 0u)', '- log_sum, true)'],
  'the best continuation again and again': [BEAM, 'comes_after && score > best', 'score > best'],
  'worst in place of best': [CHOOSE, 'other > score', 'other < score'],
  'of equal ones none first': [CHOOSE, '&& j < i', '&& j <= i'],
  'parent of the first step': [CHOOSE, 'parents[choice.step * choice.beams + place]', 'parents[place]'],
  'states stay with their rows': [REORDER, 'reorder.from_at + parent *', 'reorder.from_at + row *'],
  'parents of the first step': [REORDER, 'parents[reorder.parents_at + row]', 'parents[row]'],
  'first state only': [REORDER, '/ reorder.beams * reorder.state_stride', '/ reorder.beams * 0u'],
};

type Compare = (mutate?: Mutation) => Promise<void>;

/** Inner sums over a depth of 16; rows over a tile, and with many source steps over a block and the slices of a row. */
function attentionCompare(kind: 'dot' | 'additive', family: KernelFamily, sourceSteps = 22): Compare {
  const shape = { kind, batch: 3, steps: 21, sourceSteps, width: 18, sourceWidth: 18, hasLengths: true };
  const problem = attentionProblem(new RandomSource(600), shape);
  const expected = attentionByFormula(problem);
  return (mutate) => compareAttention(problem, expected, family, mutate);
}

/** Logits with equal ones among the largest three, and a row before that has ended. */
function sampleCompare(mode: 'greedy' | 'sample', family: KernelFamily): Compare {
  const given = {
    mode,
    batch: 40,
    vocabulary: 90,
    step: 2,
    temperature: 1.7,
    topK: 9,
    seed: 44,
    endToken: 3,
  };
  const problem = sampleProblem(new RandomSource(601), given, true);
  problem.tokens.fill(given.endToken, 40, 44);
  return (mutate) => compareSample(problem, family, mutate);
}

function beamCompare(family: KernelFamily): Compare {
  const model = tableModel(new RandomSource(602), 5);
  const extent = { steps: 7, beams: 4, endToken: 2 };
  const expected = beamSearch(prefixModel(model), extent.steps, extent.beams, extent.endToken);
  return async (mutate) => expectHypotheses(await runBeamSearch(model, family, extent, mutate), expected);
}

describe.each<{ name: string; compare: Compare; mutants: Mutants }>([
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
  { name: 'greedy tokens', compare: sampleCompare('greedy', 'software'), mutants: OF_GREEDY },
  { name: 'drawn tokens, software', compare: sampleCompare('sample', 'software'), mutants: OF_DRAWS },
  {
    name: 'drawn tokens, hardware',
    compare: sampleCompare('sample', 'hardware'),
    mutants: OF_DRAWS_BY_SLICES,
  },
  { name: 'beam search', compare: beamCompare('software'), mutants: OF_BEAMS },
])('$name', ({ compare, mutants }) => {
  test('unbroken, the comparison passes', async () => {
    await expect(compare()).resolves.toBeUndefined();
  });

  test.each(Object.entries(mutants))('caught: %s', async (_, mutant) => {
    await expectCaught(compare, mutant);
  });
});
