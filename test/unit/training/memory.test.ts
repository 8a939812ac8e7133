/** The bytes of a run before it is made, and the configuration that keeps to a budget. */
import { expect, test } from 'vitest';
import {
  OutOfMemoryError,
  runBytes,
  type RunConfiguration,
  type TrainingConfiguration,
  withinBudget,
} from '../../../gpu/index.ts';
import { refusal } from '../../support/refusal.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';

const STEPS = 40;

function configurationOf(training: Partial<TrainingConfiguration> = {}): RunConfiguration {
  return smallConfiguration({ sequenceLength: STEPS, ...training });
}

function bytesOf(training: Partial<TrainingConfiguration> = {}): number {
  const configuration = configurationOf(training);
  return runBytes(configuration, smallSeries(configuration));
}

/** The bytes of every k from 2 to T − 1. */
const recomputed = new Map(
  Array.from({ length: STEPS - 2 }, (_, index) => [index + 2, bytesOf({ keepEvery: index + 2 })]),
);
const whole = configurationOf();
const series = smallSeries(whole);

test('a budget that fits, just or easily, leaves the configuration as it is', () => {
  for (const budget of [bytesOf(), 10 * bytesOf(), Infinity]) {
    expect(withinBudget(whole, series, budget)).toBe(whole);
  }
});

test('a smaller one: the largest k whose bytes keep to it, and nothing else is changed', () => {
  const least = Math.min(...recomputed.values());
  expect(least).toBeLessThan(bytesOf());
  for (let budget = bytesOf() - 1; budget >= least; budget -= Math.ceil((bytesOf() - least) / 25)) {
    const fits = [...recomputed].filter(([, bytes]) => bytes <= budget).map(([k]) => k);
    expect(withinBudget(whole, series, budget)).toEqual(configurationOf({ keepEvery: Math.max(...fits) }));
  }
});

test('a budget below all of them is an error that says the least that a run can take', () => {
  const least = Math.min(...recomputed.values());
  expect(withinBudget(whole, series, least).training.keepEvery).toBeDefined();
  const words =
    `The budget is ${(least - 1).toLocaleString('en')} bytes; ` +
    `the least that it can take is ${least.toLocaleString('en')}.`;
  expect(() => withinBudget(whole, series, least - 1)).toThrow(OutOfMemoryError);
  expect(() => withinBudget(whole, series, least - 1)).toThrow(words);
});

test('what cannot be recomputed takes what it takes', () => {
  const own = { ...whole, model: { ...whole.model, feeding: 'own' as const } };
  const data = {
    kind: 'examples',
    count: 2,
    steps: STEPS,
    inputs: new Float32Array(2 * STEPS),
    targets: new Float32Array(2 * STEPS),
  } as const;
  const bytes = runBytes(own, data);
  expect(withinBudget(own, data, bytes)).toBe(own);
  expect(() => withinBudget(own, data, bytes - 1)).toThrow(
    `the least that it can take is ${bytes.toLocaleString('en')}.`,
  );
});

test('bytes are those of a run that can be', () => {
  expect(refusal(() => runBytes(configurationOf({ batchSize: 0 }), series)).field).toBe('training.batchSize');
  expect(refusal(() => runBytes(whole, { ...series, features: 2 })).field).toBe('series.features');
  expect(refusal(() => withinBudget(configurationOf({ keepEvery: 1 }), series, 1)).field).toBe(
    'training.keepEvery',
  );
});
