/** Mutants of parameters and of h rounded to 16 bits. */
import { expectHalves } from '../support/elements/halves.ts';
import type { Suite } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';
import { type ElementComparison, elementSuites } from './elements.ts';
import { iterationCompare } from './iterations.ts';
import { layerCompare } from './problems.ts';
import { field, leftOut } from './recordings.ts';

/** Equally near two numbers of 16 bits, below 2⁻¹⁴ nearer to 0 and to it, beyond the largest; and an odd number of others. */
const PARAMETERS = Float32Array.of(1 + 2 ** -11, 3e-7, 5e-5, -1e5, ...new RandomSource(3).normals(97, 1e3));

const COMPARISONS: Readonly<Record<string, ElementComparison>> = {
  'parameters rounded': {
    compare: (family, mutate) => expectHalves(family, PARAMETERS, mutate),
    mutants: {
      'pair exchanged': ['recurrent/halve', 'pack2x16float(nearest', 'pack2x16float(nearest.yx'],
      'not rounded where they have 32 bits': ['recurrent/halve', '= nearest.x', '= pair.x'],
      'of two equally near ones the larger': [
        'common/half',
        ' + 0xfffu + ((bits >> 13u) & 1u)',
        ' + 0x1000u',
      ],
      'small ones as the others': ['common/half', 'size < 0x1p-14', 'false'],
      'small ones to 0': ['common/half', 'round(size', 'floor(size'],
      'beyond the largest as it is': ['common/half', 'min(abs(x), 65504.0)', 'abs(x)'],
      'last one of an odd number left out': [
        'recurrent/halve',
        '2u * word < halve',
        '2u * word + 1u < halve',
      ],
      'first of each pair twice': [
        'recurrent/halve',
        'rounded[second] = nearest.y',
        'rounded[second] = nearest.x',
      ],
    },
  },
};

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };
const FORWARD = { kernel: 'forward_step' };
const FORWARD_UNIT = 'recurrent/forward_unit';
const ROUNDED_H = 'next.state[0] = rounded(next.state[0]);';
const ROUNDED_LAST = 'next.state[STATES - 1u] = rounded(next.state[STATES - 1u]);';

const OF_STATES: Suite['mutants'] = {
  'h as it is': [FORWARD_UNIT, ROUNDED_H, ''],
  'c rounded too': [FORWARD_UNIT, ROUNDED_H, ROUNDED_H + ROUNDED_LAST],
  'c rounded in its place': [FORWARD_UNIT, ROUNDED_H, ROUNDED_LAST],
  'not to the nearest': ['recurrent/rounded', 'nearest_half(h)', 'nearest_half(0.9998 * h)'],
  'initial h as it is': leftOut({ kernel: 'take_initial' }),
  "the first step's h for the initial one": field(
    { kernel: 'take_initial' },
    'state_in',
    SIZE.batch * SIZE.hiddenSize,
  ),
};

const OF_HANDING_ON: Suite['mutants'] = {
  'always at the same place': field(FORWARD, 'recent_at', 0),
  'the first step goes on from nothing': field(FORWARD, 'is_first', 0),
  'the h that is being made': [
    'recurrent/recalled',
    'step.batch * step.hidden_size - step.recent_at + place',
    'step.recent_at + place',
  ],
  'another h handed on': ['recurrent/recalled', 'Half(h)', 'Half(0.999 * h)'],
  'h of the unit before': [
    'recurrent/recalled',
    'recent[step.recent_at + place]',
    'recent[step.recent_at + max(place, 1u) - 1u]',
  ],
};

export const HALVES: readonly Suite[] = [
  ...elementSuites(COMPARISONS),
  {
    name: 'rounded h, step by step',
    compare: layerCompare({ cell: 'lstm' }, 'software', SIZE, { halves: true }),
    mutants: { ...OF_STATES, ...OF_HANDING_ON },
  },
  {
    name: 'rounded h, all time steps in one dispatch',
    compare: layerCompare({ cell: 'lstm' }, 'software', SIZE, { halves: true, recurrence: 'sequence' }),
    mutants: {
      'W sees h as it is': [
        FORWARD_UNIT,
        'dropped(row, unit, next.state[0])',
        'dropped(row, unit, cell_forward(at).state[0])',
      ],
      ...OF_STATES,
    },
  },
  {
    name: 'an iteration with rounded parameters, from a vector',
    compare: iterationCompare({ cell: 'gru', start: 'vector' }, { precision: 'float16' }),
    mutants: {
      'never rounded': leftOut({ kernel: 'halve' }),
      'initial h as it is': leftOut({ kernel: 'take_initial' }),
      'other half of a word': ['recurrent/parameters_half', '[place & 1u]', '[1u - (place & 1u)]'],
      'always the first half': ['recurrent/parameters_half', '[place & 1u]', '[0u]'],
      'word by the place': ['recurrent/parameters_half', 'parameters[place >> 1u]', 'parameters[place / 3u]'],
    },
  },
];
