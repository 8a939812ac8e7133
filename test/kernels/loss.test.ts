/** Losses: by themselves, weighted, in segments, with large logits, and with nothing that counts. */
import { describe, test } from 'vitest';
import { PARTIALS } from '../../gpu/kernels/library.ts';
import { expectLoss, expectWeights, type LossCase } from '../support/elements/loss.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

const HEADS = ['linear', 'softmax'] as const;

/** Some of the rows weigh nothing. */
function randomWeights(random: RandomSource, rows: number): Float32Array {
  return Float32Array.from({ length: rows }, () => random.pick([0, 1, 1, 0.25 + random.uniform()]));
}

function randomCase(head: 'linear' | 'softmax', seed: number): LossCase {
  const random = new RandomSource(4300 + seed);
  const rows = random.pick([1, 2, 13, 130]);
  const first = random.integer(1, rows);
  return {
    head,
    rows,
    width: random.pick([1, 2, 10, 63, 65, 200]),
    segments: first < rows ? [first, rows - first] : [rows],
    ...(random.pick([true, false]) ? { weights: randomWeights(random, rows) } : {}),
    scale: random.pick([0.1, 1, 5]),
    shift: 0,
  };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  describe.each(HEADS)('%s head', (head) => {
    const plain = { head, scale: 1, shift: 0 };

    test.each(Array.from({ length: 12 }, (_, index) => index + 1))('random case %i', async (seed) => {
      await expectLoss(family, randomCase(head, seed), seed);
    });

    test.each([PARTIALS - 1, PARTIALS, PARTIALS + 1, 2 * PARTIALS + 77])('%i rows', async (rows) => {
      await expectLoss(family, { ...plain, rows, width: 3, segments: [rows] }, rows);
    });

    test('all rows weigh 0', async () => {
      const weights = new Float32Array(7);
      await expectLoss(family, { ...plain, rows: 7, width: 4, segments: [3, 4], weights }, 1);
    });

    test('one row of many counts', async () => {
      const weights = new Float32Array(200);
      weights[150] = 0.5;
      await expectLoss(family, { ...plain, rows: 200, width: 9, segments: [200], weights }, 1);
    });
  });

  test.each([1e4, -1e4])('logits around %f', async (shift) => {
    for (const scale of [1, 1e4]) {
      const given = { head: 'softmax', rows: 40, width: 70, segments: [40], scale, shift } as const;
      await expectLoss(family, given, 3);
    }
  });
});

describe('weights', () => {
  test.each(Array.from({ length: 12 }, (_, index) => index + 1))('random case %i', async (seed) => {
    const random = new RandomSource(4400 + seed);
    const [steps, batch] = [random.pick([1, 2, 9, 40]), random.pick([1, 3, 64, 70])];
    const from = random.integer(0, steps - 1);
    await expectWeights({
      steps,
      batch,
      from: random.pick([0, from]),
      to: random.pick([steps, random.integer(from, steps)]),
      ...(random.pick([true, false]) ? { mask: randomWeights(random, steps * batch) } : {}),
      ...(random.pick([true, false])
        ? { lengths: Uint32Array.from({ length: batch }, () => random.integer(1, steps)) }
        : {}),
    });
  });

  test('nothing counts', async () => {
    await expectWeights({ steps: 5, batch: 3, from: 2, to: 2 });
  });
});
