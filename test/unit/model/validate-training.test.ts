/** Every bad setting of training is an error that names the field, the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import { ConfigurationError, validateConfiguration } from '../../../gpu/index.ts';
import { validateLearningRate } from '../../../gpu/model/validate-requests.ts';
import { smallConfiguration } from '../../support/small-run.ts';

/** A training's settings, right or wrong. */
type Settings = Record<string, unknown>;

const OPTIMIZERS: Record<string, Settings> = {
  sgd: {},
  momentum: { momentum: 0.9 },
  nesterov: { momentum: 0.9 },
  rmsprop: { decay: 0.9, epsilon: 1e-8 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  adamw: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

function validate(settings: Settings): void {
  validateConfiguration(smallConfiguration(settings));
}

function optimizer(algorithm: string, changed: Settings = {}): Settings {
  return { optimizer: { algorithm, learningRate: 0.1, ...OPTIMIZERS[algorithm], ...changed } };
}

/** The error of settings that cannot be. */
function errorOf(settings: Settings): ConfigurationError {
  try {
    validate(settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error(`${JSON.stringify(settings)} was taken.`);
}

interface Bad {
  readonly settings: Settings;
  readonly field: string;
  readonly value: unknown;
}

function expectRefused({ settings, field, value }: Bad): void {
  const error = errorOf(settings);
  expect(error.field).toBe(field);
  expect(error.message).toContain(`${field}: is ${String(value)}; allowed: `);
}

const POSITIVE = [0, -1, NaN, Infinity, 1e-39, 4e38];
const FRACTION = [1, -0.1, 2, NaN];

/** By algorithm: its own fields, and values that each must not have. */
const OWN: [string, string, readonly number[]][] = [
  ...Object.keys(OPTIMIZERS).flatMap((name): [string, string, readonly number[]][] => [
    [name, 'learningRate', POSITIVE],
    [name, 'weightDecay', [-1e-9, NaN, Infinity, 4e38]],
  ]),
  ['momentum', 'momentum', FRACTION],
  ['nesterov', 'momentum', FRACTION],
  ['rmsprop', 'decay', FRACTION],
  ['rmsprop', 'epsilon', POSITIVE],
  ...['adam', 'adamw'].flatMap((name): [string, string, readonly number[]][] => [
    [name, 'beta1', FRACTION],
    [name, 'beta2', FRACTION],
    [name, 'epsilon', POSITIVE],
  ]),
];

describe.each(OWN)('%s, %s', (algorithm, field, values) => {
  test.each(values)('%f', (value) => {
    expectRefused({
      settings: optimizer(algorithm, { [field]: value }),
      field: `training.optimizer.${field}`,
      value,
    });
  });
});

test.each(
  POSITIVE.flatMap((value) => ['clipNorm', 'clipValue', 'spectralRadius'].map((field) => ({ field, value }))),
)('$field of $value', ({ field, value }) => {
  expectRefused({ settings: { [field]: value }, field: `training.${field}`, value });
});

describe.each([
  { kind: 'step', count: 'every', rest: { factor: 0.5 } },
  { kind: 'cosine', count: 'iterations', rest: {} },
  { kind: 'warm-up', count: 'iterations', rest: {} },
])('schedule $kind', ({ kind, count, rest }) => {
  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 32, undefined])('iterations of %s', (value) => {
    const settings = { schedule: { kind, ...rest, [count]: value } };
    expectRefused({ settings, field: `training.schedule.${count}`, value });
  });
});

test.each(POSITIVE)('a factor of %f', (value) => {
  const settings = { schedule: { kind: 'step', every: 10, factor: value } };
  expectRefused({ settings, field: 'training.schedule.factor', value });
});

test.each([
  { settings: { schedule: { kind: 'linear' } }, field: 'training.schedule.kind', value: '"linear"' },
  {
    settings: { optimizer: { algorithm: 'adagrad' } },
    field: 'training.optimizer.algorithm',
    value: '"adagrad"',
  },
  { settings: { initializer: 'zeros' }, field: 'training.initializer', value: '"zeros"' },
  { settings: { initializer: undefined }, field: 'training.initializer', value: 'undefined' },
])('$field of $value', expectRefused);

test('more parameters than any buffer holds', () => {
  const { model, training } = smallConfiguration();
  const large = { ...model, layers: [{ cell: 'rnn', hiddenSize: 1e9 }] };
  expect(() => validateConfiguration({ model: large, training })).toThrow(
    /^model: has [\d,]+ parameters; allowed: up to 1,073,741,824\.$/,
  );
});

test.each(POSITIVE)('a learning rate of %f set on the way', (value) => {
  expect(() => validateLearningRate(value)).toThrow(`learningRate: is ${value}; allowed: `);
});

describe('what can be', () => {
  test.each(Object.keys(OPTIMIZERS))('%s, with and without weight decay', (algorithm) => {
    expect(() => validate(optimizer(algorithm))).not.toThrow();
    expect(() => validate(optimizer(algorithm, { weightDecay: 0 }))).not.toThrow();
    expect(() => validate(optimizer(algorithm, { weightDecay: 0.01 }))).not.toThrow();
  });

  test.each<Settings>([
    ...['momentum', 'nesterov'].map((name) => optimizer(name, { momentum: 0 })),
    optimizer('rmsprop', { decay: 0 }),
    optimizer('adam', { beta1: 0, beta2: 0 }),
    { clipNorm: null },
    { clipNorm: 1, clipValue: 0.5 },
    ...['glorot', 'he', 'orthogonal', 'uniform', 'identity'].map((initializer) => ({ initializer })),
    { spectralRadius: 1.2 },
    { schedule: { kind: 'constant' } },
    { schedule: { kind: 'step', every: 1, factor: 2 } },
    { schedule: { kind: 'cosine', iterations: 0xffffffff } },
    { schedule: { kind: 'warm-up', iterations: 1 } },
  ])('%j', (settings) => {
    expect(() => validate(settings)).not.toThrow();
  });
});
