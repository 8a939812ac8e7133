/** Every pair of options that can meet, on the GPU against the reference: outputs, states, gradients and training. */
import { beforeAll, expect, test } from 'vitest';
import { type Engine, openReferenceEngine } from '../../gpu/index.ts';
import { expectAsReference } from '../support/options.ts';
import { coveringDraws, IMPOSSIBLE } from '../support/pairs.ts';

const COUNT = 500;
const { draws, unmet } = coveringDraws(COUNT, 1);

let reference: Engine;

beforeAll(() => {
  reference = openReferenceEngine();
});

test('every pair of options meets but those that cannot', () => {
  expect(unmet).toEqual([]);
  expect(IMPOSSIBLE.length).toBeGreaterThan(0);
});

test.each(draws.map((draw) => [draw.seed, draw] as const))('configuration %i', async (seed, draw) => {
  // The kernels for a GPU take long on a software adapter: every eighth.
  await expectAsReference(draw, seed % 8 === 0 ? 'hardware' : 'software', reference);
});
