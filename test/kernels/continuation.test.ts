/** Continuations in one dispatch, or a few, and a time step at a time, against the float64 reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import { registerCell } from '../../gpu/cells/registry.ts';
import { registerReferenceCell } from '../../gpu/reference/registry.ts';
import { type ContinuationCase, continuationCompare, continuationKernels } from '../support/continuation.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';

const FUSED = { family: 'hardware', recurrence: 'sequence' } as const;
const PLAIN = { family: 'software', recurrence: 'steps' } as const;

const CASE: Omit<ContinuationCase, 'layers'> = {
  features: 1,
  seedLength: 5,
  steps: 12,
  window: 0,
  draws: 1,
  noise: 0,
};

beforeAll(() => {
  registerCell(peepholeDescription);
  registerReferenceCell('peephole', peepholeCell);
});

/** All time steps in one dispatch, or so many; the comparison is made as well. */
async function expectFused(wanted: ContinuationCase, dispatches = 1): Promise<void> {
  const kernels = await continuationKernels(wanted, FUSED);
  expect(kernels).toEqual(Array.from({ length: dispatches }, () => 'continue_sequence'));
}

describe.each(['rnn', 'lstm', 'gru', 'peephole'])('%s', (cell) => {
  const layers = [{ cell, hiddenSize: 23 }];

  test.each([
    { what: 'the state carried on', part: {} },
    { what: 'a seed of one value, three draws with noise', part: { seedLength: 1, draws: 3, noise: 0.3 } },
    { what: 'windows, three features', part: { window: 4, seedLength: 7, features: 3 } },
  ])('$what', async ({ part }) => {
    await expectFused({ ...CASE, layers, ...part });
    await continuationCompare({ ...CASE, layers, ...part }, PLAIN)();
  });
});

test('by slices of what is said, a time step at a time', async () => {
  const layers = [{ cell: 'rnn', hiddenSize: 70 }];
  const kernels = { family: 'hardware', recurrence: 'steps' } as const;
  const wanted = { ...CASE, layers, window: 4, features: 2, draws: 2, noise: 0.2 };
  expect(await continuationKernels(wanted, kernels)).toContain('emit');
});

const LSTM = { cell: 'lstm', hiddenSize: 6 };

test('more steps than a dispatch takes, the state carried on', async () => {
  await expectFused({ ...CASE, layers: [LSTM], steps: 1100, draws: 2 }, 2);
});

test.each([
  { what: 'ends within a window', window: 6 },
  { what: 'ends with a window', window: 8 },
])('more steps than a dispatch takes: it $what', async ({ window }) => {
  await expectFused({ ...CASE, layers: [LSTM], steps: 180, window, seedLength: window }, 2);
});

test('several draws to a workgroup, the last with fewer', async () => {
  await expectFused({ ...CASE, layers: [{ cell: 'gru', hiddenSize: 3 }], draws: 193, noise: 0.1 });
});

test('as many features as gates', async () => {
  const layers = [{ cell: 'lstm', hiddenSize: 1 }];
  await expectFused({ ...CASE, layers, features: 4, window: 3, draws: 2 });
});

test('gates and units held', async () => {
  const forcings = [
    { layer: 0, what: 'f', value: 0.9 },
    { layer: 0, what: 'h', unit: 2, value: -0.4 },
  ];
  await expectFused({ ...CASE, layers: [LSTM], forcings });
  await continuationCompare({ ...CASE, layers: [LSTM], forcings }, PLAIN)();
});

test.each<{ what: string; part: Partial<ContinuationCase> }>([
  { what: 'two layers', part: { layers: [LSTM, LSTM] } },
  { what: 'a long window', part: { window: 13, seedLength: 13, steps: 3 } },
  {
    what: 'a layer too large',
    part: { layers: [{ cell: 'rnn', hiddenSize: 600 }], steps: 1 },
  },
  { what: 'a residual layer', part: { layers: [{ ...LSTM, residual: true }], features: 6 } },
  { what: 'more features than gates', part: { layers: [{ cell: 'rnn', hiddenSize: 3 }], features: 4 } },
])('a time step at a time: $what', async ({ part }) => {
  const kernels = await continuationKernels(
    { ...CASE, layers: [LSTM], ...part },
    {
      ...PLAIN,
      recurrence: 'sequence',
    },
  );
  expect(kernels).not.toContain('continue_sequence');
  expect(kernels).toContain('forward_step');
});
