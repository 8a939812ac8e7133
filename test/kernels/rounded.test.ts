/** Layers whose parameters and h are rounded to 16 bits, against the reference, which rounds the same. */
import { describe, expect, test } from 'vitest';
import { cellOf } from '../../gpu/cells/registry.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { LARGEST_HALF } from '../support/half.ts';
import { someOptions } from '../support/layer-options.ts';
import { RandomSource } from '../support/random.ts';
import { randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';

const KERNELS = [
  { family: 'software', recurrence: 'steps', seeds: [1] },
  { family: 'software', recurrence: 'unfused', seeds: [3] },
  { family: 'software', recurrence: 'sequence', seeds: [4] },
  { family: 'hardware', recurrence: 'steps', seeds: [6] },
] as const;

describe.each(['rnn', 'lstm', 'gru'] as const)('%s', (cell) => {
  describe.each(KERNELS)('$family $recurrence', ({ family, recurrence, seeds }) => {
    test.each(seeds)('random options %i', async (seed) => {
      const random = new RandomSource(seed + 300);
      const size = { steps: 5, batch: 3, inputSize: random.pick([1, 5]), hiddenSize: random.pick([6, 19]) };
      const problem = randomLayer(random, cellOf({ cell }), size);
      const options = { ...someOptions(random, problem), recurrence, halves: true };
      const actual = await runLayer(problem, family, options);
      expectAsReference(problem, referenceCell({ cell }), options, actual);
    });
  });
});

test('beyond the largest number h is that one; what is no number stays none', async () => {
  const choice = { cell: 'rnn', activation: 'relu' } as const;
  const size = { steps: 1, batch: 4, inputSize: 1, hiddenSize: 1 };
  const problem = {
    ...randomLayer(new RandomSource(1), cellOf(choice), size),
    parameters: Float32Array.of(1, 0, 0),
    inputs: Float32Array.of(3.0001, 1e5, NaN, Infinity),
  };
  const { states } = await runLayer(problem, 'software', { halves: true });
  expect([...states.subarray(4)]).toEqual([3, LARGEST_HALF, NaN, Infinity]);
});
