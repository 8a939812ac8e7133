/** Mutants of layers' outputs, dropout, tables of vectors and their gradients. */
import { expectLookup, expectTableGradient } from '../support/elements/embedding.ts';
import {
  expectDropInputs,
  expectJoin,
  expectJoinGradient,
  type OutputCase,
} from '../support/elements/outputs.ts';
import type { Suite } from '../support/mutation.ts';
import { type ElementComparison, elementSuites } from './elements.ts';

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

const COMPARISONS: Readonly<Record<string, ElementComparison>> = {
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
};

export const OUTPUTS: readonly Suite[] = elementSuites(COMPARISONS);
