import { expect, test } from 'vitest';
import { ConfigurationError, validateConfiguration } from '../../../gpu/index.ts';
import { FAMILIES, type KernelChoice, RECURRENCES } from '../../../gpu/kernels/choice.ts';
import { smallConfiguration } from '../../support/small-run.ts';

const check = (kernels: Partial<KernelChoice>): void =>
  validateConfiguration({ ...smallConfiguration(), kernels });

test('a choice may be left open, in part or whole', () => {
  for (const family of FAMILIES) expect(() => check({ family })).not.toThrow();
  for (const recurrence of RECURRENCES) expect(() => check({ recurrence, hoisted: true })).not.toThrow();
  expect(() => check({})).not.toThrow();
});

test.each([
  [{ family: 'tensor' }, /kernels\.family: is "tensor"; allowed: software, hardware/],
  [{ recurrence: 'whole' }, /kernels\.recurrence: is "whole"; allowed: unfused, steps, sequence/],
  [{ continuation: 'unfused' }, /kernels\.continuation: is "unfused"; allowed: steps, sequence/],
  [{ precision: 'float64' }, /kernels\.precision: is "float64"; allowed: float32, float16/],
  [{ hoisted: 1 }, /kernels\.hoisted: is 1; allowed: true, false/],
])('%j is refused by name', (kernels, message) => {
  const wrong = (): void => check(kernels as unknown as Partial<KernelChoice>);
  expect(wrong).toThrow(ConfigurationError);
  expect(wrong).toThrow(message);
});
