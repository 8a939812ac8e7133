/** Mutants of parameters rounded to 16 bits. */
import { expectHalves } from '../support/elements/halves.ts';
import type { Suite } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';
import { type ElementComparison, elementSuites } from './elements.ts';
import { iterationCompare } from './iterations.ts';
import { leftOut } from './recordings.ts';

const COMPARISONS: Readonly<Record<string, ElementComparison>> = {
  'parameters rounded': {
    compare: (family, mutate) => expectHalves(family, new RandomSource(3).normals(101, 1e3), mutate),
    mutants: {
      'pair exchanged': ['recurrent/halve', 'pack2x16float(clamp(pair', 'pack2x16float(clamp(pair.yx'],
      'not rounded where they have 32 bits': ['recurrent/halve', '= unpacked.x', '= pair.x'],
      'last one of an odd number left out': [
        'recurrent/halve',
        '2u * word < halve',
        '2u * word + 1u < halve',
      ],
      'first of each pair twice': [
        'recurrent/halve',
        'rounded[second] = unpacked.y',
        'rounded[second] = unpacked.x',
      ],
    },
  },
};

export const HALVES: readonly Suite[] = [
  ...elementSuites(COMPARISONS),
  {
    name: 'an iteration with rounded parameters',
    compare: iterationCompare({ cell: 'lstm' }, { weights: 'float16' }),
    mutants: {
      'never rounded': leftOut({ kernel: 'halve' }),
      'other half of a word': ['recurrent/parameters_half', '[place & 1u]', '[1u - (place & 1u)]'],
      'always the first half': ['recurrent/parameters_half', '[place & 1u]', '[0u]'],
      'word by the place': ['recurrent/parameters_half', 'parameters[place >> 1u]', 'parameters[place / 3u]'],
    },
  },
];
