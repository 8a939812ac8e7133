import { describe, expect, test } from 'vitest';
import { kernelsLine, kernelText, timingRows } from '../../../app/cells/ExperimentKernelTexts.ts';
import { type KernelReport, NO_KERNELS } from '../../../app/worker/protocol.ts';
import type { KernelChoice } from '../../../gpu/index.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const steps: KernelChoice = HARDWARE_STEPS;
const sequence: KernelChoice = { ...steps, recurrence: 'sequence' };
const timings = [
  { kernels: steps, milliseconds: 1.234 },
  { kernels: { ...steps, hoisted: true }, milliseconds: null },
  { kernels: sequence, milliseconds: 0.5678 },
];

function line(report: Partial<KernelReport>): string | null {
  return kernelsLine({ ...NO_KERNELS, choice: steps, ...report }, 'hardware');
}

describe('the line among the costs', () => {
  test('says which kernels run and why', () => {
    expect(line({})).toBe('a dispatch a time step, by default');
    expect(line({ choice: sequence, why: 'set' })).toBe('one dispatch for all time steps of a layer, as set');
    expect(line({ choice: sequence, why: 'measured', timings })).toBe(
      'one dispatch for all time steps of a layer, measured fastest of 2 on this adapter',
    );
    expect(line({ choice: steps, why: 'set', unsuited: true })).toBe(
      'a dispatch a time step, since one for all of them does not suit this network',
    );
  });

  test('is not there where there are no kernels', () => {
    expect(line({ choice: null })).toBeNull();
  });
});

test('kernels are named by what tells them apart, those of another kind of adapter by theirs too', () => {
  expect(kernelText({ ...steps, hoisted: true }, 'hardware')).toBe(
    'a dispatch a time step, input sums before',
  );
  expect(kernelText({ ...steps, family: 'software' }, 'hardware')).toBe(
    'a dispatch a time step, by register tiles',
  );
  expect(kernelText({ ...steps, recurrence: 'unfused' }, 'software')).toBe(
    'several dispatches a time step, by workgroup memory',
  );
});

test('rounded parameters and states are named', () => {
  expect(kernelText({ ...sequence, precision: 'float16' }, 'hardware')).toBe(
    'one dispatch for all time steps of a layer, parameters and h rounded to 16 bits',
  );
});

test('what was measured is listed, the fastest first, what was not last', () => {
  expect(timingRows(timings, 'hardware')).toEqual([
    { what: 'one dispatch for all time steps of a layer', time: '0.57 ms' },
    { what: 'a dispatch a time step', time: '1.2 ms' },
    { what: 'a dispatch a time step, input sums before', time: 'not measured' },
  ]);
});
