/** Data that do not fit a model are an error that names the field, what it holds and what is allowed. */
import { describe, expect, test } from 'vitest';
import type { Examples, ModelConfiguration, RunConfiguration, TrainingData } from '../../../gpu/index.ts';
import { validateData } from '../../../gpu/model/validate-data.ts';
import { validateExamination } from '../../../gpu/model/validate-requests.ts';
import { validateConfiguration, validateRun } from '../../../gpu/model/validation.ts';
import { initialState } from '../../../gpu/index.ts';
import { refusal } from '../../support/refusal.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';

const [T, N] = [6, 4];

function configurationOf(
  model: Partial<ModelConfiguration> = {},
  training: Partial<RunConfiguration['training']> = {},
): RunConfiguration {
  const small = smallConfiguration({ batchSize: N, ...training });
  const { layers } = small.model;
  const configuration = { ...small, model: { inputSize: 2, outputSize: 3, layers, ...model } };
  validateConfiguration(configuration);
  return configuration;
}

/** Numbers in [T, N, 2] and out [T, N, 3]. */
const numbers: Examples = {
  count: N,
  steps: T,
  inputs: new Float32Array(T * N * 2),
  targets: new Float32Array(T * N * 3),
};
/** Of a vocabulary of 5, in and out. */
const words: Examples = {
  count: N,
  steps: T,
  inputs: new Uint32Array(T * N).fill(4),
  targets: new Uint32Array(T * N).fill(4),
};
const reader = configurationOf();
const speaker = configurationOf({
  inputSize: 5,
  input: { kind: 'embedding', size: 2 },
  outputSize: 5,
  head: 'softmax',
});
const { layers } = reader.model;
const translator = configurationOf({ encoder: { inputSize: 2, layers } }, { sourceLength: 3 });
const source = { steps: 3, inputs: new Float32Array(3 * N * 2) };
const drawer = configurationOf({ vectorSize: 2 });

function withValue<Values extends Float32Array | Uint32Array>(values: Values, at: number, value: number) {
  const changed = values.slice() as Values;
  changed[at] = value;
  return changed;
}

const GOOD: [string, RunConfiguration, Examples][] = [
  ['numbers', reader, numbers],
  [
    'lengths and a mask',
    reader,
    { ...numbers, lengths: Uint32Array.of(1, 6, 2, 3), mask: new Float32Array(T * N) },
  ],
  ['tokens', speaker, words],
  ['a source', translator, { ...numbers, source }],
  [
    'a source with lengths',
    translator,
    { ...numbers, source: { ...source, lengths: Uint32Array.of(1, 3, 2, 3) } },
  ],
  ['vectors', drawer, { ...numbers, vectors: new Float32Array(N * 2) }],
];

const BAD: [configuration: RunConfiguration, examples: Examples, field: string, said: RegExp][] = [
  [reader, { ...numbers, count: 0 }, 'count', /is 0; allowed: whole numbers from 1/],
  [reader, { ...numbers, count: 1.5 }, 'count', /is 1.5; allowed/],
  [reader, { ...numbers, steps: 0 }, 'steps', /is 0; allowed/],
  [reader, { ...numbers, inputs: new Float32Array(47) }, 'inputs', /has 47 numbers; this model needs 48/],
  [reader, { ...numbers, inputs: new Uint32Array(48) }, 'inputs', /Uint32Array; allowed: a Float32Array/],
  [
    reader,
    { ...numbers, inputs: withValue(new Float32Array(48), 5, NaN) },
    'inputs[5]',
    /is NaN; allowed: finite/,
  ],
  [
    reader,
    { ...numbers, inputs: withValue(new Float32Array(48), 0, -Infinity) },
    'inputs[0]',
    /is -Infinity/,
  ],
  [reader, { ...numbers, targets: new Float32Array(48) }, 'targets', /has 48 numbers; this model needs 72/],
  [
    reader,
    { ...numbers, targets: withValue(new Float32Array(72), 71, Infinity) },
    'targets[71]',
    /is Infinity/,
  ],
  [reader, { ...numbers, lengths: Uint32Array.of(1, 2, 3) }, 'lengths', /has 3 numbers; .* needs 4/],
  [
    reader,
    { ...numbers, lengths: Uint32Array.of(1, 2, 7, 3) },
    'lengths[2]',
    /is 7; allowed: 1 to 6, the time steps/,
  ],
  [reader, { ...numbers, lengths: Uint32Array.of(0, 2, 6, 3) }, 'lengths[0]', /is 0; allowed: 1 to 6/],
  [reader, { ...numbers, mask: new Float32Array(72) }, 'mask', /has 72 numbers; this model needs 24/],
  [
    reader,
    { ...numbers, mask: new Float32Array(24).fill(-0.5) },
    'mask',
    /holds -0.5; allowed: numbers from 0/,
  ],
  [reader, { ...numbers, mask: new Float32Array(24).fill(NaN) }, 'mask[0]', /is NaN; allowed/],
  [reader, { ...numbers, source }, 'source', /is given, but the model has no encoder/],
  [
    reader,
    { ...numbers, vectors: new Float32Array(8) },
    'vectors',
    /are given, but the model has no vectorSize/,
  ],
  [drawer, numbers, 'vectors', /are missing; the model makes its initial states from them/],
  [drawer, { ...numbers, vectors: new Float32Array(9) }, 'vectors', /has 9 numbers; this model needs 8/],
  [drawer, { ...numbers, vectors: new Float32Array(8).fill(NaN) }, 'vectors[0]', /is NaN/],
  [
    speaker,
    { ...words, inputs: new Float32Array(24) },
    'inputs',
    /are a Float32Array; tokens are a Uint32Array/,
  ],
  [
    speaker,
    { ...words, inputs: withValue(new Uint32Array(24), 3, 5) },
    'inputs[3]',
    /is 5; allowed: 0 to 4, a vocabulary of 5/,
  ],
  [
    speaker,
    { ...words, targets: withValue(new Uint32Array(24), 23, 0xffffffff) },
    'targets[23]',
    /is 4294967295; allowed: 0 to 4/,
  ],
  [speaker, { ...words, targets: new Uint32Array(25) }, 'targets', /has 25 numbers; this model needs 24/],
  [translator, numbers, 'source', /is missing; the encoder reads it/],
  [translator, { ...numbers, source: { ...source, steps: 0 } }, 'source.steps', /is 0; allowed/],
  [
    translator,
    { ...numbers, source: { ...source, steps: 4 } },
    'source.inputs',
    /has 24 numbers; this model needs 32/,
  ],
  [
    translator,
    { ...numbers, source: { ...source, lengths: Uint32Array.of(1, 4, 2, 3) } },
    'source.lengths[1]',
    /is 4; allowed: 1 to 3/,
  ],
];

describe.each([
  [
    'examples',
    (configuration: RunConfiguration, examples: Examples): void =>
      validateExamination(configuration, examples, {}),
  ],
  [
    'data',
    (configuration: RunConfiguration, examples: Examples): void =>
      validateData(configuration, { kind: 'examples', ...examples }),
  ],
] as const)('%s', (called, validate) => {
  test.each(GOOD)('%s can be', (_, configuration, examples) => {
    expect(() => validate(configuration, examples)).not.toThrow();
  });

  test.each(BAD.map(([configuration, examples, field, said]) => ({ configuration, examples, field, said })))(
    '$field: $said',
    ({ configuration, examples, field, said }) => {
      const error = refusal(() => validate(configuration, examples));
      expect(error.field).toBe(`${called}.${field}`);
      expect(error.message).toMatch(said);
    },
  );
});

test('a set whose time steps are not those of the training', () => {
  const set = { kind: 'examples', ...numbers } as const;
  expect(() => validateData(configurationOf({}, { sequenceLength: 7 }), set)).toThrow(
    'data.steps: is 6; training.sequenceLength is 7.',
  );
  const longer = configurationOf({ encoder: { inputSize: 2, layers } }, { sourceLength: 4 });
  expect(() => validateData(longer, { ...set, source })).toThrow(
    "training.sourceLength: is 4; the data's sources have 3 time steps.",
  );
});

const both = layers.map((layer) => ({ ...layer, bidirectional: true }));
const streams = { kind: 'streams', ...numbers } as const;
const one = { ...streams, targets: new Float32Array(N * 3) };

test.each<[RunConfiguration, TrainingData, string, RegExp]>([
  [configurationOf({}, { batchSize: 5 }), streams, 'data.count', /is 4; .* batch's 5 rows/],
  [
    reader,
    { ...streams, lengths: new Uint32Array(N).fill(1) },
    'data',
    /has lengths.*allowed: inputs, targets, mask/,
  ],
  [translator, { ...streams, source }, 'data', /has lengths, a source or vectors/],
  [configurationOf({ layers: both }), streams, 'model', /carries no states .* bidirectional/],
  [
    configurationOf({ readout: 'last-step' }),
    one,
    'model.readout',
    /is last-step; streams have a target at every step/,
  ],
  [
    configurationOf({}, { sequenceLength: 7 }),
    streams,
    'training.sequenceLength',
    /is 7; the streams have 6 time steps/,
  ],
  [reader, { ...streams, begins: new Uint32Array(3) }, 'data.begins', /has 3 numbers; this model needs 4/],
])('streams, %#', (configuration, data, field, said) => {
  const error = refusal(() => validateData(configuration, data));
  expect(error.field).toBe(field);
  expect(error.message).toMatch(said);
});

describe('windows of a series', () => {
  const plain = smallConfiguration();
  const series = smallSeries(plain);

  test.each<[Partial<typeof series>, string, RegExp]>([
    [{ features: 2 }, 'series.features', /is 2, but the model reads 1 and says 1/],
    [{ trainingStarts: new Uint32Array() }, 'series.trainingStarts', /there are none/],
    [
      { trainingStarts: Uint32Array.of(0, 114) },
      'series.trainingStarts',
      /holds 114, .* begins at 113 at the latest/,
    ],
    [{ values: series.values.subarray(0, 6) }, 'series.trainingStarts', /in a series of 6 begins at -1/],
  ])('%o', (part, field, said) => {
    const error = refusal(() => validateData(plain, { ...series, ...part }));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(said);
  });

  test('half a value', () => {
    const pairs = smallConfiguration({}, 2);
    expect(() => validateData(pairs, { ...smallSeries(pairs), values: new Float32Array(241) })).toThrow(
      'series.values: has 241 numbers, not a multiple of 2 features.',
    );
  });

  test.each<[Partial<ModelConfiguration>, string]>([
    [{ encoder: { inputSize: 1, layers } }, 'model.encoder'],
    [{ vectorSize: 2 }, 'model.vectorSize'],
    [{ readout: 'last-step' }, 'model.readout'],
    [{ head: 'softmax' }, 'model.head'],
    [{ input: { kind: 'one-hot' } }, 'model.input'],
    [{ inputAt: 'first-step' }, 'model.inputAt'],
    [{ feeding: 'own' }, 'model.feeding'],
    [{ layers: both }, 'model.layers'],
  ])('a model of another kind: %o', (part, field) => {
    const model = { ...plain.model, ...part };
    const error = refusal(() => validateData({ ...plain, model }, series));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(/cannot read the windows of a series.*give examples/);
  });
});

describe('a state of another model', () => {
  const plain = smallConfiguration();
  const state = initialState(plain);
  test.each([
    [{ iteration: -1 }, 'state.iteration', /is -1; allowed/],
    [
      { parameters: state.parameters.subarray(1) },
      'state.parameters',
      /has \d+ numbers; this model needs \d+/,
    ],
    [{ optimizerState: new Float32Array() }, 'state.optimizerState', /has 0 numbers; this model needs/],
    [{ carriedStates: new Float32Array(54) }, 'state.carriedStates', /has 54 numbers; this model needs 55/],
  ])('%#', (part, field, said) => {
    const error = refusal(() => validateRun(plain, smallSeries(plain), { ...state, ...part }));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(said);
  });
});
