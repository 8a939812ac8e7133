/** Mutants of losses, their weights, and of where a batch and its states come from. */
import {
  expectBeginStates,
  expectGatherExamples,
  expectGatherStream,
  expectGatherWindows,
  expectKeepStates,
} from '../support/elements/data.ts';
import { expectLoss, expectWeights } from '../support/elements/loss.ts';
import type { Suite } from '../support/mutation.ts';
import { type ElementComparison, elementSuites } from './elements.ts';

const WEIGHTS = Float32Array.from({ length: 150 }, (_, row) => [0, 1, 0.5, 2][row % 4]!);
const LOSS = { rows: 150, width: 70, segments: [99, 51], weights: WEIGHTS, scale: 1, shift: 0 };
const STATES = { planes: 2, slots: 3, batch: 4, hiddenSize: 5, iteration: 8 };

const COMPARISONS: Readonly<Record<string, ElementComparison>> = {
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

export const LOSSES: readonly Suite[] = elementSuites(COMPARISONS);
