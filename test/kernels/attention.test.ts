/** Attention forward and backward against its formulas in float64. */
import { describe, expect, test } from 'vitest';
import {
  attentionByFormula,
  attentionProblem,
  type AttentionShape,
  compareAttention,
} from '../support/attention.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

const KINDS = ['dot', 'additive'] as const;

function randomShape(random: RandomSource, kind: 'dot' | 'additive'): AttentionShape {
  const width = random.pick([1, 2, 5, 17, 33]);
  return {
    kind,
    batch: random.pick([1, 2, 5]),
    steps: random.pick([1, 2, 7, 18]),
    sourceSteps: random.pick([1, 3, 6, 21]),
    width,
    sourceWidth: kind === 'dot' ? width : random.pick([1, 4, 9, 20]),
    hasLengths: random.pick([true, false]),
  };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  describe.each(KINDS)('%s attention', (kind) => {
    test.each(Array.from({ length: 12 }, (_, index) => index + 1))('random shape %i', async (seed) => {
      const random = new RandomSource(seed + 5000);
      const problem = attentionProblem(random, randomShape(random, kind));
      await expectAttention(problem, family);
    });

    test('sizes over the side of every tile and block', async () => {
      const shape = {
        kind,
        batch: 2,
        steps: 37,
        sourceSteps: 70,
        width: 34,
        sourceWidth: 34,
        hasLengths: true,
      };
      await expectAttention(attentionProblem(new RandomSource(77), shape), family);
    });

    test('one time step at a time, as outputs fed back need it', async () => {
      const shape = { kind, batch: 3, steps: 5, sourceSteps: 7, width: 6, sourceWidth: 6, hasLengths: true };
      await expectAttention(attentionProblem(new RandomSource(78), shape), family, 1);
      await expectAttention(attentionProblem(new RandomSource(79), shape), family, 2);
    });
  });
});

async function expectAttention(
  problem: ReturnType<typeof attentionProblem>,
  family: (typeof FAMILIES)[number],
  stepsEach?: number,
): Promise<void> {
  const expected = attentionByFormula(problem);
  await expect(compareAttention(problem, expected, family, undefined, stepsEach)).resolves.toBeUndefined();
}

describe.each(KINDS)("the formulas' own gradients, %s attention", (kind) => {
  test('agree with central differences', () => {
    const shape = { kind, batch: 2, steps: 3, sourceSteps: 4, width: 3, sourceWidth: 3, hasLengths: true };
    const problem = attentionProblem(new RandomSource(80), shape);
    const expected = attentionByFormula(problem);
    for (const name of ['parameters', 'queries', 'source'] as const) {
      expected[name].values.forEach((gradient, index) => {
        expect(Math.abs(gradient - difference(problem, name, index))).toBeLessThan(2e-6);
      });
    }
  });
});

/** (L(x + h) − L(x − h)) / 2h of L = Σ dOut·a, x held as float32: the step is a power of two, and what x makes of it counts. */
function difference(
  problem: ReturnType<typeof attentionProblem>,
  name: 'parameters' | 'queries' | 'source',
  index: number,
): number {
  const [above, below] = [2 ** -10, -(2 ** -10)].map((step) => {
    const values = problem[name].slice();
    values[index]! += step;
    const { out } = attentionByFormula({ ...problem, [name]: values });
    const loss = out.reduce((sum, value, at) => sum + value * problem.dOut[at]!, 0);
    return { at: values[index]!, loss };
  });
  return (above!.loss - below!.loss) / (above!.at - below!.at);
}
