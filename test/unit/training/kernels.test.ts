/** Which kernels a run takes where it is not said, and what they take of memory. */
import { describe, expect, test } from 'vitest';
import { runBytes, type RunConfiguration } from '../../../gpu/index.ts';
import { withKernels } from '../../../gpu/training/kernels.ts';
import { SOFTWARE_STEPS } from '../../support/kernel-choices.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';

const LAYER = { cell: 'lstm', hiddenSize: 64 };
const NARROW: RunConfiguration['model'] = { inputSize: 1, layers: [LAYER], outputSize: 1 };

function hoists(
  model: Partial<RunConfiguration['model']>,
  family: 'software' | 'hardware',
  recurrence: 'steps' | 'sequence' = 'steps',
): boolean {
  const configuration = { ...smallConfiguration(), model: { ...NARROW, ...model }, kernels: { recurrence } };
  return withKernels(configuration, family).kernels.hoisted;
}

test.each([
  ['one feature', {}, false],
  ['one feature, and a layer on another', { layers: [LAYER, LAYER] }, true],
  ['inputs as wide as h', { inputSize: 64 }, true],
  ['inputs that are narrow beside h', { inputSize: 64, layers: [{ ...LAYER, hiddenSize: 260 }] }, false],
  ['one-hot inputs, looked up in any case', { inputSize: 64, input: { kind: 'one-hot' } }, false],
  ['embedded tokens', { inputSize: 9, input: { kind: 'embedding', size: 64 } }, true],
  ['its own outputs', { inputSize: 64, outputSize: 64, feeding: 'own' }, false],
  ['a wide source', { encoder: { inputSize: 64, layers: [LAYER] } }, true],
] as const)('a GPU makes input sums before the steps where they are wide: %s', (_, model, expected) => {
  expect(hoists(model, 'hardware')).toBe(expected);
  expect(hoists(model, 'software')).toBe(false);
});

test.each([
  ['seven features', { inputSize: 7 }, false],
  ['eight', { inputSize: 8 }, true],
  [
    'eight, of a layer too large for one dispatch',
    { inputSize: 8, layers: [{ ...LAYER, hiddenSize: 300 }] },
    false,
  ],
] as const)('a narrower input does where time steps are one dispatch: %s', (_, model, expected) => {
  expect(hoists(model, 'hardware', 'sequence')).toBe(expected);
  expect(hoists(model, 'hardware', 'steps')).toBe(false);
});

test.each([
  ['hardware', 167, 'sequence'],
  ['hardware', 168, 'steps'],
  ['hardware', 263, 'steps'],
  ['software', 1, 'steps'],
] as const)('of %s an LSTM of %i units takes %s', (family, hiddenSize, expected) => {
  const model = { ...NARROW, layers: [{ ...LAYER, hiddenSize }] };
  const { kernels } = withKernels({ ...smallConfiguration(), model }, family);
  expect(kernels.recurrence).toBe(expected);
});

test('what is asked for stands, and the rest follows from the family asked for', () => {
  const configuration = { ...smallConfiguration(), model: { ...NARROW, inputSize: 64 } };
  const chosen = (kernels: RunConfiguration['kernels']) =>
    withKernels({ ...configuration, ...(kernels ? { kernels } : {}) }, 'software').kernels;
  expect(chosen(undefined)).toEqual(SOFTWARE_STEPS);
  expect(chosen({ family: 'hardware' })).toMatchObject({ family: 'hardware', hoisted: true });
  expect(chosen({ family: 'hardware', hoisted: false }).hoisted).toBe(false);
  expect(chosen({ recurrence: 'unfused', hoisted: true })).toEqual({
    ...SOFTWARE_STEPS,
    recurrence: 'unfused',
    hoisted: true,
  });
});

describe('what they take of memory is counted', () => {
  const configuration = smallConfiguration({ batchSize: 3, sequenceLength: 5 });
  const layers = [LAYER, { cell: 'gru', hiddenSize: 7 }];
  const bytes = (kernels: RunConfiguration['kernels']): number => {
    const model = { ...configuration.model, layers };
    return runBytes({ ...configuration, model, ...(kernels ? { kernels } : {}) }, smallSeries(configuration));
  };
  const least = bytes({ hoisted: false });

  test('input sums made before the steps: G·H floats a row of every layer', () => {
    expect(bytes({ hoisted: true }) - least).toBe(4 * 3 * 5 * (4 * 64 + 3 * 7));
    expect(bytes(undefined)).toBe(bytes({ hoisted: true }));
  });

  test('unfused steps: [x ‖ h] of every row, sums of one step, and its gradient of [x ‖ h]', () => {
    const lstm = 3 * (5 * (1 + 64) + 4 * 64 + (1 + 64));
    const gru = 3 * (2 * 3 * 7 + 7);
    expect(bytes({ recurrence: 'unfused', hoisted: false }) - least).toBe(4 * (lstm + gru));
    const hoisted = bytes({ recurrence: 'unfused', hoisted: true }) - bytes({ hoisted: true });
    expect(hoisted).toBe(4 * 3 * (4 * 64 + 64 + 3 * 7 + 7));
  });
});
