/** Every cell through the drivers with the options of a layer, against the float64 reference. */
import { describe, test } from 'vitest';
import type { CellDescription } from '../../gpu/cells/cell.ts';
import { cellOf } from '../../gpu/cells/registry.ts';
import type { ReferenceCell } from '../../gpu/reference/cell.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { FAMILIES } from '../support/gpu.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { someOptions } from '../support/layer-options.ts';
import { RandomSource } from '../support/random.ts';
import { randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';

const CHOICES = [
  { cell: 'rnn' },
  { cell: 'rnn', activation: 'relu' },
  { cell: 'lstm' },
  { cell: 'lstm', peepholes: true },
  { cell: 'gru' },
] as const;

const CELLS: readonly (readonly [string, CellDescription, ReferenceCell])[] = [
  ...CHOICES.map((choice) => [cellOf(choice).name, cellOf(choice), referenceCell(choice)] as const),
  ['peephole', peepholeDescription, peepholeCell],
];

const SEEDS = { software: 8, hardware: 4 } as const;

describe.each(CELLS)('%s', (_, cell, expected) => {
  describe.each(FAMILIES)('%s kernels', (family) => {
    const seeds = Array.from({ length: SEEDS[family] }, (_, index) => index + 1);
    test.each(seeds)('random options %i', async (seed) => {
      const random = new RandomSource(seed + (family === 'software' ? 0 : 100));
      const problem = randomLayer(random, cell, {
        steps: random.pick([1, 2, 5]),
        batch: random.pick([1, 3, 9]),
        inputSize: random.pick([1, 5]),
        hiddenSize: random.pick([1, 6, 19]),
      });
      const options = someOptions(random, problem);
      const actual = await runLayer(problem, family, options);
      expectAsReference(problem, expected, options, actual);
    });
  });
});
