/** Mutants of drawn tokens and of beam search. */
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { Compare, Suite } from '../support/mutation.ts';
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
import { lazily } from './problems.ts';

const ROWS = 'common/rows';
const SAMPLE = 'generation/sample';
const GREEDY = 'generation/sample_greedy';
const DRAW = 'generation/sample_draw';
const BEAM = 'generation/beam';
const CHOOSE = 'generation/beam_choose';
const REORDER = 'generation/beam_reorder';

const OF_GREEDY_BY_SLICES: Suite['mutants'] = {
  'largest of two slices': [ROWS, 'var s = 1u; s < SLICES', 'var s = 1u; s < 2u'],
};

const OF_GREEDY: Suite['mutants'] = {
  'of equal ones the last': [GREEDY, 'logits[at + j] > most', 'logits[at + j] >= most'],
  'logits of the first row': [GREEDY, 'sample.logits_at + row * sample.columns', 'sample.logits_at'],
  'said on past the end token': [SAMPLE, 'select(token, settings.end_token, has_ended(row))', 'token'],
  'ended by the same step': [SAMPLE, '(sample.step - 1u) * sample.rows', 'sample.step * sample.rows'],
};

const OF_DRAWS: Suite['mutants'] = {
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

const OF_DRAWS_BY_SLICES: Suite['mutants'] = {
  'draw without the slices before': [DRAW, 'before + cumulative', 'cumulative'],
  'equal ones of other slices not counted': [DRAW, ' - slices_before(equal, lane)', ''],
  'slices before count their own': [ROWS, 's < lane', 's <= lane'],
};

const OF_BEAMS: Suite['mutants'] = {
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
  return lazily(() => {
    const model = tableModel(new RandomSource(602), 5);
    const extent = { steps: 7, beams: 4, endToken: 2 };
    const expected = beamSearch(prefixModel(model), extent.steps, extent.beams, extent.endToken);
    return async (mutate) => expectHypotheses(await runBeamSearch(model, family, extent, mutate), expected);
  });
}

export const GENERATION: readonly Suite[] = [
  {
    name: 'greedy tokens, hardware',
    compare: sampleCompare('greedy', 'hardware'),
    mutants: OF_GREEDY_BY_SLICES,
  },
  { name: 'greedy tokens, software', compare: sampleCompare('greedy', 'software'), mutants: OF_GREEDY },
  { name: 'drawn tokens, software', compare: sampleCompare('sample', 'software'), mutants: OF_DRAWS },
  {
    name: 'drawn tokens, hardware',
    compare: sampleCompare('sample', 'hardware'),
    mutants: OF_DRAWS_BY_SLICES,
  },
  { name: 'beam search', compare: beamCompare('software'), mutants: OF_BEAMS },
];
