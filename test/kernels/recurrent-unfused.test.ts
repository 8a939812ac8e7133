/** Every operation of a time step by itself, against the float64 reference. */
import { describe, expect, test } from 'vitest';
import type { CellDescription } from '../../gpu/cells/cell.ts';
import { cellOf } from '../../gpu/cells/registry.ts';
import type { ReferenceCell } from '../../gpu/reference/cell.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { FAMILIES } from '../support/gpu.ts';
import { someOptions } from '../support/layer-options.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { RandomSource } from '../support/random.ts';
import { type LayerOptions, type LayerProblem, randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';

const CELLS: readonly (readonly [string, CellDescription, ReferenceCell])[] = [
  ...(['rnn', 'lstm', 'gru'] as const).map(
    (cell) => [cell, cellOf({ cell }), referenceCell({ cell })] as const,
  ),
  ['peephole', peepholeDescription, peepholeCell],
];

const SEEDS = { software: 6, hardware: 2 } as const;

function someLayer(random: RandomSource, cell: CellDescription): LayerProblem {
  return randomLayer(random, cell, {
    steps: random.pick([1, 2, 5]),
    batch: random.pick([1, 3, 9]),
    inputSize: random.pick([1, 5]),
    hiddenSize: random.pick([1, 6, 19, 70]),
  });
}

describe.each(CELLS)('%s', (_, cell, expected) => {
  describe.each(FAMILIES)('%s kernels', (family) => {
    const seeds = Array.from({ length: SEEDS[family] }, (_, index) => index + 1);
    test.each(seeds)('random options %i', async (seed) => {
      const random = new RandomSource(seed + (family === 'software' ? 300 : 400));
      const problem = someLayer(random, cell);
      const options: LayerOptions = { ...someOptions(random, problem), recurrence: 'unfused' };
      expectAsReference(problem, expected, options, await runLayer(problem, family, options));
    });
  });
});

/** Dispatches of a whole layer, but for what has nothing to do with how its steps are run. */
async function dispatches(cell: 'rnn' | 'gru', options: LayerOptions): Promise<string[]> {
  const names: string[] = [];
  const problem = randomLayer(new RandomSource(1), cellOf({ cell }), {
    steps: 1,
    batch: 2,
    inputSize: 3,
    hiddenSize: 4,
  });
  await runLayer(problem, 'software', { ...options, recurrence: 'unfused' }, (recording) => {
    names.push(recording.kernel.name.split('.')[0]!);
    return recording;
  });
  // The last two are of the initial state.
  return names.slice(0, -2);
}

const BIASES = ['column_sums', 'column_sums'];

test.each([
  {
    what: 'joined inputs',
    cell: 'rnn',
    options: {},
    forward: ['join_columns', 'product', 'copy_columns', 'forward_cell'],
    backward: ['backward_cell', 'product', 'copy_columns', 'product', 'column_sums'],
  },
  {
    what: 'sums apart',
    cell: 'gru',
    options: {},
    forward: ['product', 'copy_columns', 'product', 'forward_cell'],
    backward: ['backward_cell', 'product', 'product', 'product', 'product', ...BIASES],
  },
  {
    what: 'input sums made before',
    cell: 'rnn',
    options: { hoisted: true },
    forward: ['product', 'product', 'forward_cell'],
    backward: ['backward_cell', 'product', 'product', 'product', 'product', 'column_sums'],
  },
] as const)('the dispatches of a time step: $what', async ({ cell, options, forward, backward }) => {
  expect(await dispatches(cell, options)).toEqual([...forward, ...backward]);
});
