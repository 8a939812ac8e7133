/** Every cell through the drivers with the options of a layer, against the float64 reference. */
import { describe, test } from 'vitest';
import type { CellDescription } from '../../gpu/cells/cell.ts';
import { cellOf } from '../../gpu/cells/registry.ts';
import type { ReferenceCell } from '../../gpu/reference/cell.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { FAMILIES } from '../support/gpu.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { RandomSource } from '../support/random.ts';
import { type LayerOptions, type LayerProblem, randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference, FREE } from '../support/recurrent-oracle.ts';

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

/** Some gates and some states of some units held. */
function someForced(random: RandomSource, { cell, hiddenSize }: LayerProblem): Float32Array {
  const held = Object.values(cell.savedGates).length;
  const rows = cell.gates.length + cell.states.length;
  return Float32Array.from({ length: rows * hiddenSize }, (_, index) => {
    const row = Math.floor(index / hiddenSize);
    const holds = (row < held || row >= cell.gates.length) && random.uniform() < 0.3;
    return holds ? random.normals(1, 0.5)[0]! : FREE;
  });
}

/** Each option there or not: over the seeds every pair of them is met. At most two of those that bind a buffer. */
function someOptions(random: RandomSource, problem: LayerProblem): LayerOptions {
  const { steps, batch } = problem;
  const firstTime = random.pick([0, 3]);
  const without = random.pick(['lengths', 'dropout', 'forced']);
  const chosen = (name: string): boolean => name !== without && random.uniform() < 0.7;
  const lengths = Uint32Array.from({ length: batch }, () => firstTime + random.integer(1, steps));
  const dropout = {
    rate: random.pick([0.25, 0.6]),
    perSequence: random.pick([true, false]),
    place: random.pick([2, 8195]),
    seed: random.integer(0, 1e9),
    iteration: random.integer(0, 100),
  };
  return {
    reverse: random.pick([true, false]),
    hoisted: random.pick([true, false]),
    givesFinal: random.pick([true, false]),
    firstTime,
    ...(chosen('lengths') ? { lengths } : {}),
    ...(chosen('dropout') ? { dropout } : {}),
    ...(chosen('forced') ? { forced: someForced(random, problem) } : {}),
  };
}

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
