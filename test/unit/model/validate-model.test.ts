/** Every model that cannot be is an error that names the field, the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import { ConfigurationError, type RunConfiguration, validateConfiguration } from '../../../gpu/index.ts';
import { validateData, validateExamples } from '../../../gpu/model/validate-data.ts';
import { build, type Choice, OPTION_NAMES, OPTIONS, randomChoice } from '../../support/configurations.ts';
import { IMPOSSIBLE } from '../../support/pairs.ts';
import { RandomSource } from '../../support/random.ts';
import { refusal } from '../../support/refusal.ts';
import { smallConfiguration } from '../../support/small-run.ts';

/** Part of a model or of a training's settings, right or wrong. */
type Settings = Record<string, unknown>;

const LSTM = { cell: 'lstm', hiddenSize: 4 };
const GRU = { cell: 'gru', hiddenSize: 4 };
const encoder = { inputSize: 2, layers: [LSTM] };

/** A model of two numbers in and out, one layer of an LSTM, T = 6. */
function configurationOf(model: Settings, training: Settings = {}): RunConfiguration {
  const small = smallConfiguration(training, 2);
  return { ...small, model: { ...small.model, layers: [LSTM], ...model } };
}

const COUNTS = [0, -1, 1.5, NaN, Infinity];
const layer = (part: Settings): Settings => ({ layers: [{ ...LSTM, ...part }] });

test.each(COUNTS)('a size of %d', (value) => {
  const bad: [Settings, Settings, string][] = [
    [{ inputSize: value }, {}, 'model.inputSize'],
    [{ outputSize: value }, {}, 'model.outputSize'],
    [{ vectorSize: value }, {}, 'model.vectorSize'],
    [layer({ hiddenSize: value }), {}, 'model.layers[0].hiddenSize'],
    [{ input: { kind: 'embedding', size: value } }, {}, 'model.input.size'],
    [{ encoder: { ...encoder, inputSize: value } }, {}, 'model.encoder.inputSize'],
    [
      { encoder: { ...encoder, layers: [{ ...LSTM, hiddenSize: value }] } },
      {},
      'model.encoder.layers[0].hiddenSize',
    ],
    [{}, { batchSize: value }, 'training.batchSize'],
    [{}, { sequenceLength: value }, 'training.sequenceLength'],
    [{}, { sourceLength: value }, 'training.sourceLength'],
  ];
  for (const [model, training, field] of bad) {
    const { field: named, message } = refusal(() => validateConfiguration(configurationOf(model, training)));
    expect(named).toBe(field);
    expect(message).toBe(`${field}: is ${value}; allowed: whole numbers from 1.`);
  }
});

test.each(['input', 'between', 'output', 'recurrent'])('dropout.%s of 1, or no fraction', (place) => {
  for (const rate of [1, -0.1, 1.5, NaN, '0.5', null]) {
    for (const [model, of] of [
      [{ dropout: { [place]: rate } }, 'model'],
      [{ encoder: { ...encoder, dropout: { [place]: rate } } }, 'model.encoder'],
    ] as const) {
      const { message } = refusal(() => validateConfiguration(configurationOf(model)));
      expect(message).toBe(`${of}.dropout.${place}: is ${rate}; allowed: 0 ≤ value < 1.`);
    }
  }
});

test.each([
  'readout',
  'projection',
  'head',
  'attention',
  'inputAt',
  'feeding',
  'input.kind',
  'layers[0].activation',
])('%s of a name that there is not', (field) => {
  const model = {
    'input.kind': { input: { kind: 'xyz' } },
    'layers[0].activation': layer({ cell: 'rnn', activation: 'xyz' }),
  }[field] ?? { [field]: 'xyz' };
  const { message } = refusal(() => validateConfiguration(configurationOf(model)));
  expect(message).toMatch(`model.${field}: is "xyz"; allowed: `);
});

const BIDIRECTIONAL = { layers: [{ ...LSTM, bidirectional: true }] };
const OWN = { feeding: 'own' };
const LAST = { readout: 'last-step' };

/** What is set, the field at fault, and what is said of it. */
const CONFLICTS: [model: Settings, field: string, said: RegExp][] = [
  [{ layers: [] }, 'model.layers', /there are none; a model has at least one/],
  [layer({ cell: 'xyz' }), 'model.layers[0].cell', /is "xyz"; allowed: rnn, lstm, gru/],
  [layer({ activation: 'relu' }), 'model.layers[0].activation', /is relu, .* lstm .*; allowed: tanh/],
  [layer({ ...GRU, peepholes: true }), 'model.layers[0].peepholes', /is true, but only lstm .* is gru/],
  [layer({ residual: true }), 'model.layers[0].residual', /input of 2 features to an output of 4/],
  [
    {
      layers: [
        { ...LSTM, bidirectional: true },
        { ...LSTM, residual: true },
      ],
    },
    'model.layers[1].residual',
    /input of 8 features to an output of 4; both must be equal/,
  ],
  [
    { inputSize: 4, input: { kind: 'one-hot' }, ...layer({ residual: true }) },
    'model.layers[0].residual',
    /one-hot inputs are never made; allowed: false, or embedded/,
  ],
  [
    { ...LAST, inputSize: 4, ...layer({ residual: true }) },
    'model.layers[0].residual',
    /no effect .*readout last-step/,
  ],
  [
    { input: { kind: 'one-hot' }, dropout: { input: 0.5 } },
    'model.dropout.input',
    /is 0.5, but one-hot inputs are never made; allowed: 0/,
  ],
  [{ ...LAST, projection: 'per-step' }, 'model.projection', /is per-step, .* last-step; allowed: stacked/],
  [{ readout: 'none', head: 'softmax' }, 'model.head', /is softmax, but .* no head; allowed: linear/],
  [{ readout: 'none', outputSize: 2 }, 'model.outputSize', /is 2; with readout none it is the final h's 4/],
  [{ inputAt: 'first-step', input: { kind: 'one-hot' } }, 'model.inputAt', /is first-step, .*every-step/],
  [{ encoder, vectorSize: 2 }, 'model.vectorSize', /is 2, but the encoder makes the initial states/],
  [{ encoder: { ...encoder, layers: [LSTM, LSTM] } }, 'model.encoder.layers', /are 2, .* the model has 1/],
  [{ encoder: { ...encoder, layers: [GRU] } }, 'model.encoder.layers[0]', /is gru, 4 wide, .* lstm of 4/],
  [
    { encoder: { ...encoder, layers: [{ ...LSTM, bidirectional: true }] } },
    'model.encoder.layers[0]',
    /is lstm, 8 wide, but its states start lstm of 4/,
  ],
  [{ encoder, ...BIDIRECTIONAL }, 'model.encoder.layers[0]', /start a bidirectional lstm of 4/],
  [{ attention: 'dot' }, 'model.attention', /is dot, but there is no encoder/],
  [{ attention: 'additive', encoder, ...LAST }, 'model.attention', /is additive, .* last-step; allowed/],
  [{ ...OWN, ...LAST }, 'model.feeding', /is own, but the readout is last-step; allowed: every-step/],
  [{ ...OWN, ...BIDIRECTIONAL }, 'model.feeding', /is own, but layer 0 reads from the end too/],
  [{ ...OWN, inputAt: 'first-step' }, 'model.feeding', /is own, but there is an input at the first step/],
  [{ ...OWN, head: 'softmax' }, 'model.feeding', /reads numbers and says tokens; both must be alike/],
  [{ ...OWN, input: { kind: 'one-hot' } }, 'model.feeding', /reads tokens and says numbers/],
  [{ ...OWN, outputSize: 3 }, 'model.feeding', /but 3 numbers come out and 2 go in/],
];

test.each(CONFLICTS.map(([model, field, said]) => ({ model, field, said })))(
  '$field: $said',
  ({ model, field, said }) => {
    const error = refusal(() => validateConfiguration(configurationOf(model)));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(said);
  },
);

describe('training that does not fit the model', () => {
  test.each([
    [{ keepEvery: 7 }, 'is 7; allowed: whole numbers from 2 to the sequence’s 6'],
    [{ keepEvery: 1 }, 'is 1; allowed'],
    [{ keepEvery: 2.5 }, 'is 2.5; allowed'],
  ] as const)('%o', (training, said) => {
    const { field, message } = refusal(() => validateConfiguration(configurationOf({}, training)));
    expect(field).toBe('training.keepEvery');
    expect(message).toContain(said.replace('’', "'"));
  });

  test.each([
    [BIDIRECTIONAL, 'bidirectional layers'],
    [{ encoder, attention: 'dot' }, 'attention'],
    [OWN, 'its own outputs fed back'],
  ])('recomputation, %o', (model, hindrance) => {
    expect(() => validateConfiguration(configurationOf(model, { keepEvery: 2 }))).toThrow(
      `training.keepEvery: is 2, but time steps cannot be recomputed piece by piece with ${hindrance}.`,
    );
  });

  test.each([
    [0, 7],
    [3, 3],
    [-1, 3],
    [0.5, 3],
    [4, 2],
    [0, NaN],
  ])('cost steps from %d to %d of 6', (from, to) => {
    expect(() => validateConfiguration(configurationOf({}, { costSteps: { from, to } }))).toThrow(
      `training.costSteps: are ${from} to ${to}; allowed: whole numbers, 0 ≤ from < to ≤ 6.`,
    );
  });

  test('cost steps where one output is read', () => {
    expect(() => validateConfiguration(configurationOf(LAST, { costSteps: { from: 0, to: 1 } }))).toThrow(
      'training.costSteps: are given, but the readout is last-step.',
    );
  });

  test.each([-1, 0.5, 2 ** 32, NaN])('a seed of %d', (seed) => {
    expect(() => validateConfiguration(configurationOf({}, { seed }))).toThrow(
      `training.seed: is ${seed}; allowed: whole numbers from 0 to 4294967295.`,
    );
  });
});

describe('pairs of options that cannot meet', () => {
  const sizes = { steps: 5, batch: 3, hidden: 2, features: 2, outputs: 2, sourceSteps: 3 };
  const plain = Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name][0]]));

  function validate(choice: Choice): void {
    const { configuration, examples, data } = build(choice, sizes, new RandomSource(1));
    validateConfiguration(configuration);
    validateExamples(configuration.model, examples, 'examples');
    validateData(configuration, data);
  }

  test('all options at their first level can be', () => {
    expect(() => validate(plain as Choice)).not.toThrow();
  });

  test.each(IMPOSSIBLE)('%s', (pair) => {
    const fixed = Object.fromEntries(pair.split(', ').map((part) => part.split('=')));
    const random = new RandomSource(3);
    const others = [plain, ...Array.from({ length: 20 }, () => randomChoice(random))];
    for (const other of others) {
      const error = refusal(() => validate({ ...other, ...fixed } as Choice));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.field).toMatch(/^(model|training|data|examples)(\.|$)/);
    }
  });
});
