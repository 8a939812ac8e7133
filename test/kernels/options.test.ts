/** Every pair of options that can meet, on the GPU against the reference: outputs, states, gradients and training. */
import { beforeAll, expect, test } from 'vitest';
import { type Engine, openReferenceEngine } from '../../gpu/index.ts';
import { expectAsReference, type Kernels } from '../support/options.ts';
import { coveringDraws, IMPOSSIBLE } from '../support/pairs.ts';

const COUNT = 500;
const { draws, unmet } = coveringDraws(COUNT, 1);

/** Other kernels than the simple step's, which take long to compile on a software adapter: by the seed modulo 16. */
const OTHERS: Readonly<Record<number, Kernels>> = {
  0: { family: 'hardware' },
  2: { family: 'software', recurrence: 'unfused' },
  4: { family: 'software', hoisted: true },
  6: { family: 'software', precision: 'float16' },
  8: { family: 'hardware', hoisted: true },
  10: { family: 'software', recurrence: 'sequence', precision: 'float16' },
  12: { family: 'hardware', recurrence: 'sequence' },
  14: { family: 'hardware', hoisted: true, precision: 'float16' },
};

function kernelsFor(seed: number): Kernels {
  return {
    recurrence: 'steps',
    hoisted: false,
    precision: 'float32',
    ...(OTHERS[seed % 16] ?? { family: 'software' }),
  };
}

let reference: Engine;

beforeAll(() => {
  reference = openReferenceEngine();
});

test('every pair of options meets but those that cannot', () => {
  expect(unmet).toEqual([]);
  expect(IMPOSSIBLE.length).toBeGreaterThan(0);
});

test.each(draws.map((draw) => [draw.seed, draw] as const))('configuration %i', async (seed, draw) => {
  await expectAsReference(draw, kernelsFor(seed), reference);
});
