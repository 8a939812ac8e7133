/** Breaks the kernels of outputs, tables, losses and batches one line at a time: every mutant must fail the comparison. */
import { describe, expect, test } from 'vitest';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import {
  expectBeginStates,
  expectGatherExamples,
  expectGatherStream,
  expectGatherWindows,
  expectKeepStates,
} from '../support/elements/data.ts';
import { expectLookup, expectTableGradient } from '../support/elements/embedding.ts';
import { expectLoss, expectWeights } from '../support/elements/loss.ts';
import {
  expectDropInputs,
  expectJoin,
  expectJoinGradient,
  type OutputCase,
} from '../support/elements/outputs.ts';
import type { Mutation } from '../support/gpu.ts';
import { expectCaught, type Mutant } from '../support/mutation.ts';

interface Comparison {
  readonly compare: (family: KernelFamily, mutate?: Mutation) => Promise<unknown>;
  /** Files by their path under shaders/, without the ending. */
  readonly mutants: Readonly<Record<string, Mutant>>;
  /** Where the mutants are of one family's kernels. */
  readonly family?: KernelFamily;
}

const DROPOUT = { rate: 0.4, perSequence: false, place: 17, seed: 7, iteration: 12 };

const OUTPUT: OutputCase = {
  steps: 14,
  batch: 5,
  hiddenSize: 9,
  parts: 2,
  firstTime: 2,
  residual: true,
  lengths: Uint32Array.of(1, 3, 16, 5, 9),
  dropout: DROPOUT,
};

const WEIGHTS = Float32Array.from({ length: 150 }, (_, row) => [0, 1, 0.5, 2][row % 4]!);
const LOSS = { rows: 150, width: 70, segments: [99, 51], weights: WEIGHTS, scale: 1, shift: 0 };
const STATES = { planes: 2, slots: 3, batch: 4, hiddenSize: 5, iteration: 8 };

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  outputs: {
    compare: (family, mutate) => expectJoin(family, OUTPUT, 1, mutate),
    mutants: {
      'first columns only': ['common/columns', '+ c * LANES', ''],
      'first rows of a workgroup only': ['layers/join', 'row += groups.y', 'row += 1000u'],
      'ended sequences go on': ['layers/live', 't < lengths[b]', 'true'],
      'one time step too many': ['layers/live', 't < lengths[b]', 't <= lengths[b]'],
      'time counted from the first step held': ['layers/join', 'sequence.first_time + row', 'row'],
      'residual dropped': [
        'layers/join',
        'h + residual[sequence.residual_at + row * sequence.width + feature]',
        'h',
      ],
      'residual with the mask': [
        'layers/join',
        'h + residual[sequence.residual_at + row * sequence.width + feature]',
        'h + residual[sequence.residual_at + row * sequence.width + feature] * mask_at(t, b, feature)',
      ],
      'first part twice': [
        'layers/join',
        'return second[sequence.second_at',
        'return first[sequence.first_at',
      ],
      'second part by the columns of the whole': [
        'layers/join',
        ' + feature - sequence.part_width',
        ' + feature',
      ],
      'mask not scaled': ['dropout/mask', '1.0 / (1.0 - rate)', '1.0'],
      'kept and dropped exchanged': ['dropout/mask', 'u >= rate', 'u < rate'],
      'one mask for all places': ['dropout/mask', 'DROP + place', 'DROP'],
      'one mask for all iterations': ['dropout/drop', 'control.iteration', '0u'],
      'one mask for all rows': [
        'dropout/drop',
        'mask_time * sequence.batch + b',
        'mask_time * sequence.batch',
      ],
      'one mask for all time steps': ['dropout/drop', 'sequence.per_sequence == 1u', 'true'],
      'mask of the features of one part': ['dropout/drop', '* sequence.width', '* 9u'],
    },
  },
  'outputs with one mask per sequence': {
    compare: (family, mutate) =>
      expectJoin(family, { ...OUTPUT, dropout: { ...DROPOUT, perSequence: true } }, 1, mutate),
    mutants: { 'a mask for each time step': ['dropout/drop', 'sequence.per_sequence == 1u', 'false'] },
  },
  'gradients of outputs': {
    compare: (family, mutate) => expectJoinGradient(family, OUTPUT, 1, mutate),
    mutants: {
      'mask left out': ['layers/join_gradient', ' * mask_at(t, b, feature)', ''],
      'columns of the first part': ['layers/join_gradient', 'sequence.part_column + column', 'column'],
      'residual overwritten': ['layers/join_gradient', 'before + gradient_element(', 'gradient_element('],
      'parts added to': ['layers/join_gradient', 'sequence.accumulate == 1u', 'true'],
      'gradient of ended sequences': ['layers/join_gradient', '!live', 'false'],
      'row of a part in place of the whole': [
        'layers/join_gradient',
        'd_out_at + row * sequence.width',
        'd_out_at + row * 9u',
      ],
    },
  },
  'dropped inputs': {
    compare: (family, mutate) =>
      expectDropInputs(family, { steps: 3, batch: 4, width: 6, firstTime: 5, dropout: DROPOUT }, 1, mutate),
    mutants: {
      'time step 0 first': ['dropout/drop_inputs', 'sequence.first_time + row', 'row'],
      'rows and time steps exchanged': [
        'dropout/drop_inputs',
        'row % sequence.batch',
        'row / sequence.batch',
      ],
    },
  },
  'vectors of tokens': {
    compare: (family, mutate) =>
      expectLookup(family, { rows: 150, width: 7, vocabulary: 9, hasBias: true }, 1, mutate),
    mutants: {
      'bias dropped': ['embedding/look_up', 'look.has_bias == 1u', 'false'],
      'bias of the first column': ['embedding/look_up', 'look.bias_at + column', 'look.bias_at'],
      'the next token': ['embedding/look_up', 'look.tokens_at + row', 'look.tokens_at + row + 1u'],
      'table transposed': [
        'embedding/look_up',
        'token * look.width + column',
        'column * look.vocabulary + token',
      ],
      'tokens past the table': [
        'embedding/look_up',
        'min(tokens[look.tokens_at + row], look.vocabulary - 1u)',
        'tokens[look.tokens_at + row]',
      ],
    },
  },
  'gradient of a table by columns': {
    family: 'software',
    compare: (family, mutate) =>
      expectTableGradient(family, { rows: 90, width: 133, vocabulary: 6, accumulate: false }, 1, mutate),
    mutants: {
      'not cleared': ['embedding/table_gradient', 'gradient.accumulate == 0u', 'false'],
      'last vector not cleared': [
        'embedding/table_gradient',
        'v < gradient.vocabulary',
        'v + 1u < gradient.vocabulary',
      ],
      'last row dropped': ['embedding/table_gradient', 'row < gradient.rows', 'row + 1u < gradient.rows'],
      'last of the rows of a token': ['embedding/table_gradient', '+= d[d_place', '= d[d_place'],
      'rows as near as columns': ['embedding/table_gradient', 'row * gradient.d_row', 'row * gradient.width'],
      'a column too many': [
        'embedding/table_gradient',
        '(gradient.width - first - 1u) / LANES + 1u',
        '(gradient.width - first - 1u) / LANES + 2u',
      ],
    },
  },
  'gradient of a table by tokens': {
    family: 'hardware',
    compare: (family, mutate) =>
      expectTableGradient(family, { rows: 9000, width: 5, vocabulary: 3, accumulate: true }, 1, mutate),
    mutants: {
      'what is there forgotten': ['embedding/table_gradient_grouped', 'gradient.accumulate == 1u', 'false'],
      'rows past the first 8,192': ['embedding/table_gradient_grouped', '(v, base + lane)', '(v, lane)'],
      'one row of a word': ['embedding/table_gradient_grouped', 'bits &= bits - 1u', 'bits = 0u'],
      'last slice dropped': ['embedding/table_gradient_grouped', 's < SLICES', 's + 1u < SLICES'],
      'slices share all words': [
        'embedding/table_gradient_grouped',
        'w = slice; w < GROUP',
        'w = 0u; w < GROUP',
      ],
      'word of another invocation': ['embedding/table_gradient_grouped', '* GROUP + w,', '* GROUP,'],
      'rows past the end': ['embedding/table_gradient_grouped', 'at >= gradient.rows', 'at > gradient.rows'],
    },
  },
  'weights of outputs': {
    compare: (_, mutate) => {
      const [steps, batch] = [9, 13];
      const mask = Float32Array.from({ length: steps * batch }, (_, index) => (index % 5) / 4);
      const lengths = Uint32Array.from({ length: batch }, (_, b) => 1 + (b % steps));
      return expectWeights({ steps, batch, from: 2, to: 7, mask, lengths }, mutate);
    },
    mutants: {
      'first time step left out': ['loss/weights', 't >= cost.first', 't > cost.first'],
      'a time step too many': ['loss/weights', 't < cost.end', 't <= cost.end'],
      'ended sequences count': ['loss/weights', ' && is_live(t, i % cost.batch)', ''],
      'sum over the first turn only': ['loss/weights', 'part += weight', 'part = weight'],
      'mask left out': ['loss/masked', 'mask[i]', '1.0'],
    },
  },
  'mean squared error': {
    compare: (family, mutate) => expectLoss(family, { ...LOSS, head: 'linear' }, 1, mutate),
    mutants: {
      'gradient halved': ['loss/mean_squared_error', '2.0 * weight', 'weight'],
      'gradient not weighted': ['loss/mean_squared_error', '2.0 * weight * difference', '2.0 * difference'],
      'mean over rows': ['loss/mean_squared_error', 'weight_sum() * f32(loss.width)', 'weight_sum()'],
      'read where nothing counts': ['loss/mean_squared_error', 'weight > 0.0', 'weight >= 0.0'],
      'targets of the first segment': ['loss/mean_squared_error', ' + loss.first_row * loss.width', ''],
      'weights of the first segment': ['loss/weighted', 'loss.first_row + row', 'row'],
      'n of another place': ['loss/weighted', 'weights[loss.total_rows]', 'weights[loss.rows]'],
      'last segment only': ['loss/loss', 'loss.accumulate == 1u', 'false'],
    },
  },
  'cross-entropy by rows': {
    family: 'software',
    compare: (family, mutate) => expectLoss(family, { ...LOSS, head: 'softmax' }, 1, mutate),
    mutants: {
      'gradient of the class dropped': [
        'loss/cross_entropy',
        '(p - select(0.0, 1.0, o == target_class))',
        'p',
      ],
      'last output not in the sum': [
        'loss/cross_entropy',
        'for (var o = 0u; o < loss.width; o++) {\n    let e',
        'for (var o = 0u; o + 1u < loss.width; o++) {\n    let e',
      ],
      'maximum not added back': ['loss/cross_entropy', 'return highest - outputs', 'return -outputs'],
      'classes of the first segment': ['loss/cross_entropy', 'loss.first_row + row', 'row'],
      'gradient not weighted': ['loss/cross_entropy', 'weight / n', '1.0 / n'],
      'gradient left where nothing counts': ['loss/cross_entropy', '      clear_row(row);', ''],
    },
  },
  'cross-entropy by workgroups': {
    family: 'hardware',
    compare: (family, mutate) => expectLoss(family, { ...LOSS, head: 'softmax' }, 1, mutate),
    mutants: {
      'first outputs only': ['loss/cross_entropy_grouped', 'part += exp(', 'part = exp('],
      'gradient of the first outputs only': [
        'loss/cross_entropy_grouped',
        'o += SUM_WIDTH) {\n    let p',
        'o += loss.width) {\n    let p',
      ],
      'read where nothing counts': ['loss/cross_entropy_grouped', 'select(0.0, d, weight > 0.0)', 'd'],
      'loss of what does not count': ['loss/cross_entropy_grouped', 'if (weight > 0.0)', 'if (true)'],
      'parts without a workgroup': ['loss/cross_entropy_grouped', 'write_part(i, 0.0, n);', ''],
      'weights left out': ['loss/cross_entropy_grouped', 'sum += weight * value', 'sum += value'],
      'class of the gradient': ['loss/cross_entropy_grouped', 'o == target_class', 'o == target_class + 1u'],
    },
  },
  'large logits': {
    family: 'software',
    compare: (family, mutate) => expectLoss(family, { ...LOSS, head: 'softmax', shift: 1e4 }, 1, mutate),
    mutants: {
      'maximum not taken off': [
        'loss/cross_entropy',
        'exp(outputs[y_at + o] - highest)',
        'exp(outputs[y_at + o])',
      ],
      'logarithm added before the difference': [
        'loss/cross_entropy',
        'highest - outputs[y_at + target_class] + log(total)',
        '(highest + log(total)) - outputs[y_at + target_class]',
      ],
    },
  },
  'large logits by workgroups': {
    family: 'hardware',
    compare: (family, mutate) => expectLoss(family, { ...LOSS, head: 'softmax', scale: 1e4 }, 1, mutate),
    mutants: {
      'maximum of one invocation': [
        'loss/cross_entropy_grouped',
        'max(parts[lane], parts[lane + half])',
        'parts[lane]',
      ],
    },
  },
  'drawn examples': {
    compare: (family, mutate) =>
      expectGatherExamples(
        family,
        { count: 50, width: 3, steps: 4, fillSteps: 6, batch: 8, draw: { seed: 9, iteration: 11 } },
        1,
        mutate,
      ),
    mutants: {
      'one example for all rows': ['data/drawn_examples', 'control.iteration, b,', 'control.iteration, 0u,'],
      'the same batch each time': ['data/drawn_examples', 'control.iteration', '0u'],
      'the even low bits': ['data/drawn_examples', ').w %', ').x %'],
      'past the end of the source': ['data/gather_examples', 't >= gather.steps', 'false'],
      'examples in batches': ['data/gather_examples', 't * gather.count', 't * gather.batch'],
    },
  },
  'a window of streams': {
    compare: (family, mutate) =>
      expectGatherStream(family, { width: 2, steps: 3, batch: 4, windows: 5, iteration: 13 }, 1, mutate),
    mutants: {
      'first window': ['data/gather_stream', 'control.iteration % gather.windows', '0u'],
      'windows not counted round': ['data/gather_stream', '% gather.windows', '% 7u'],
    },
  },
  'windows of a series': {
    compare: (family, mutate) => {
      const starts = Uint32Array.from({ length: 40 }, (_, index) => 3 * index);
      const draw = { seed: 5, iteration: 6 };
      return expectGatherWindows(family, { steps: 4, batch: 6, features: 2, starts, draw }, 1, mutate);
    },
    mutants: {
      'target is the input': ['data/gather_windows', 'place + gather.features', 'place'],
      'not drawn': ['data/gather_windows', 'gather.is_random == 1u', 'false'],
    },
  },
  'states carried on': {
    compare: async (family, mutate) => {
      const begins = Uint32Array.from({ length: 3 * 4 }, (_, index) => (index % 5 === 1 ? 1 : 0));
      await expectBeginStates(family, { ...STATES, windows: 3, begins, iteration: 9 }, 1, mutate);
      await expectBeginStates(family, { ...STATES, windows: 3, begins }, 1, mutate);
    },
    mutants: {
      'window 0 carries on': ['data/begin_states', 'window == 0u', 'false'],
      'begins of window 0': ['data/begin_states', 'window * begin.batch + b', 'b'],
      'nothing begins': ['data/begin_states', 'begin.has_begins == 1u', 'false'],
      'one plane for all': ['data/begin_states', 'i / slot * begin.plane_stride', '0u'],
    },
  },
  'states put by': {
    compare: async (family, mutate) => {
      await expectKeepStates(family, { ...STATES, refused: false }, 1, mutate);
      await expectKeepStates(family, { ...STATES, refused: true }, 1, mutate);
    },
    mutants: {
      'initial states': ['data/keep_states', 'keep.final_at + ', ''],
      'those of a refused update': ['data/keep_states', 'control.refused == 1u', 'false'],
    },
  },
};

describe.each(Object.entries(COMPARISONS))('%s', (_, { compare, mutants, family = 'software' }) => {
  test('unbroken, the comparison passes', async () => {
    await expect(compare(family)).resolves.not.toThrow();
  });

  test.each(Object.entries(mutants))('caught: %s', async (_, mutant) => {
    const [path, from, to] = mutant;
    await expectCaught((mutate) => compare(family, mutate), [`shaders/${path}.wgsl`, from, to]);
  });
});
