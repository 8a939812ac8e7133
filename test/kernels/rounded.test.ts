/** Layers whose parameters and h are rounded to 16 bits, against the reference, which rounds the same. */
import { describe, expect, test } from 'vitest';
import { cellOf } from '../../gpu/cells/registry.ts';
import { referenceCell } from '../../gpu/reference/registry.ts';
import { LARGEST_HALF } from '../support/half.ts';
import { someOptions } from '../support/layer-options.ts';
import { RandomSource } from '../support/random.ts';
import { randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';

/** Past a tile and a slice both ways, and no multiples of four. */
const SIZE = { steps: 5, inputSize: 5, hiddenSize: 22 };

/** Seeds that drop h in the LSTM and nowhere else: where it is dropped, steps do not hand it on apart. */
const KERNELS = [
  { family: 'software', recurrence: 'steps', batch: 17, seed: 322 },
  { family: 'software', recurrence: 'unfused', batch: 17, seed: 307 },
  { family: 'software', recurrence: 'sequence', batch: 17, seed: 303 },
  { family: 'hardware', recurrence: 'steps', batch: 9, seed: 316 },
] as const;

describe.each(['rnn', 'lstm', 'gru'] as const)('%s', (cell) => {
  test.each(KERNELS)('$family kernels, $recurrence, random options', async (kernels) => {
    const { family, recurrence, batch, seed } = kernels;
    const random = new RandomSource(seed);
    const problem = randomLayer(random, cellOf({ cell }), { ...SIZE, batch });
    const options = { ...someOptions(random, problem), recurrence, halves: true };
    expect(options.dropout !== undefined).toBe(cell === 'lstm');
    const actual = await runLayer(problem, family, options);
    expectAsReference(problem, referenceCell({ cell }), options, actual);
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
