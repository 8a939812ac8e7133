/** Continuations in one dispatch, or a few, and a time step at a time, against the float64 reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import { registerCell } from '../../gpu/cells/registry.ts';
import { registerReferenceCell } from '../../gpu/reference/registry.ts';
import {
  type ContinuationCase,
  type ContinuationKernels,
  continuationCompare,
  continuationKernels,
} from '../support/continuation.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';

const FUSED = { family: 'hardware', continuation: 'sequence' } as const;
const FUSED_SOFTWARE = { ...FUSED, family: 'software' } as const;
const PLAIN = { family: 'software', continuation: 'steps' } as const;

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
async function expectFused(
  wanted: ContinuationCase,
  { kernels = FUSED, dispatches = 1 }: { kernels?: ContinuationKernels; dispatches?: number } = {},
): Promise<void> {
  const names = await continuationKernels(wanted, kernels);
  expect(names).toEqual(Array.from({ length: dispatches }, () => 'continue_sequence'));
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

  test('in one dispatch in software: four draws of three features with noise', async () => {
    const part = { features: 3, draws: 4, noise: 0.3 };
    await expectFused({ ...CASE, layers, ...part }, { kernels: FUSED_SOFTWARE });
  });
});

test('by slices of what is said, a time step at a time', async () => {
  const layers = [{ cell: 'rnn', hiddenSize: 70 }];
  const kernels = { family: 'hardware', continuation: 'steps' } as const;
  const wanted = { ...CASE, layers, window: 4, features: 2, draws: 2, noise: 0.2 };
  expect(await continuationKernels(wanted, kernels)).toContain('emit');
});

const LSTM = { cell: 'lstm', hiddenSize: 6 };

test('more steps than a dispatch takes, the state carried on', async () => {
  await expectFused({ ...CASE, layers: [LSTM], steps: 1100, draws: 2 }, { dispatches: 2 });
});

test.each([
  { what: 'ends within a window', window: 6 },
  { what: 'ends with a window', window: 8 },
])('more steps than a dispatch takes: it $what', async ({ window }) => {
  await expectFused({ ...CASE, layers: [LSTM], steps: 180, window, seedLength: window }, { dispatches: 2 });
});

test('several draws to a workgroup, the last with fewer', async () => {
  await expectFused({ ...CASE, layers: [{ cell: 'gru', hiddenSize: 3 }], draws: 193, noise: 0.1 });
});

test('weights beyond those that a software workgroup keeps', async () => {
  const layers = [{ cell: 'gru', hiddenSize: 204 }];
  await expectFused({ ...CASE, layers, steps: 3 }, { kernels: FUSED_SOFTWARE });
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
  await expectSteps(part, FUSED);
});

test.each<{ what: string; part: Partial<ContinuationCase> }>([
  { what: 'a window', part: { window: 1, seedLength: 1 } },
  { what: 'six draws', part: { draws: 6 } },
  { what: 'a layer too large for that', part: { layers: [{ ...LSTM, hiddenSize: 177 }], steps: 2 } },
])('a time step at a time in software: $what', async ({ part }) => {
  await expectSteps(part, FUSED_SOFTWARE);
});

async function expectSteps(part: Partial<ContinuationCase>, kernels: ContinuationKernels): Promise<void> {
  const names = await continuationKernels({ ...CASE, layers: [LSTM], ...part }, kernels);
  expect(names).not.toContain('continue_sequence');
  expect(names).toContain('forward_step');
}
