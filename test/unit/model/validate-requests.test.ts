/** A request that a run cannot answer is an error that names the field, the value and what is allowed. */
import { describe, expect, test } from 'vitest';
import type {
  BeamRequest,
  ExaminationRequest,
  Examples,
  Forcing,
  ModelConfiguration,
  TokenRequest,
} from '../../../gpu/index.ts';
import {
  validateBeamRequest,
  validateExamination,
  validateForcings,
  validateTokenRequest,
} from '../../../gpu/model/validate-requests.ts';
import { refusal } from '../../support/refusal.ts';
import { smallConfiguration } from '../../support/small-run.ts';

const LSTM = { cell: 'lstm', hiddenSize: 4 };
const model: ModelConfiguration = {
  inputSize: 5,
  input: { kind: 'embedding', size: 2 },
  layers: [LSTM, { cell: 'gru', hiddenSize: 3 }],
  outputSize: 5,
  head: 'softmax',
};
const decoder: ModelConfiguration = { ...model, encoder: { inputSize: 2, layers: model.layers } };
const fromVector: ModelConfiguration = { ...model, vectorSize: 2 };

const seed = { seed: Uint32Array.of(4, 0), steps: 3, endToken: null };
const draw: TokenRequest = { ...seed, draws: 2, mode: 'sample', temperature: 1, topK: 5, randomSeed: 0 };
const search: BeamRequest = { ...seed, beams: 2 };

const validators = {
  generateTokens: (of: ModelConfiguration, part: object): void =>
    validateTokenRequest(of, { ...draw, ...part }),
  searchTokens: (of: ModelConfiguration, part: object): void =>
    validateBeamRequest(of, { ...search, ...part }),
};
type Asked = keyof typeof validators;

function expectRefused(
  asked: Asked,
  of: ModelConfiguration,
  part: object,
  field: string,
  said: RegExp,
): void {
  const error = refusal(() => validators[asked](of, part));
  expect(error.field).toBe(field === '' ? asked : `${asked}.${field}`);
  expect(error.message).toMatch(said);
}

const SOURCE = { source: new Float32Array(6) };

describe.each(['generateTokens', 'searchTokens'] as const)('%s', (asked) => {
  test('what can be', () => {
    for (const endToken of [null, 0, 4]) expect(() => validators[asked](model, { endToken })).not.toThrow();
    expect(() => validators[asked](decoder, SOURCE)).not.toThrow();
    expect(() => validators[asked](fromVector, { vector: Float32Array.of(1, 2) })).not.toThrow();
  });

  test.each<[ModelConfiguration, object, string, RegExp]>([
    [{ ...model, head: 'linear' }, {}, '', /wants a model that reads tokens and says tokens .* softmax head/],
    [{ ...model, input: { kind: 'values' } }, {}, '', /wants a model that reads tokens/],
    [{ ...model, outputSize: 6 }, {}, '', /tokens of the same vocabulary/],
    [{ ...model, readout: 'last-step' }, {}, '', /says a token at every step/],
    [{ ...model, layers: [{ ...LSTM, bidirectional: true }] }, {}, '', /from the past alone/],
    [model, { steps: 0 }, 'steps', /is 0; allowed: whole numbers from 1/],
    [model, { steps: 2.5 }, 'steps', /is 2.5; allowed/],
    [model, { seed: new Uint32Array() }, 'seed', /is empty; allowed: one token or more/],
    [model, { seed: Uint32Array.of(1, 5) }, 'seed[1]', /is 5; allowed: 0 to 4, a vocabulary of 5/],
    [model, { seed: Float32Array.of(1) }, 'seed', /are a Float32Array; tokens are a Uint32Array/],
    [model, { endToken: 5 }, 'endToken', /is 5; allowed: 0 to 4/],
    [model, { endToken: -1 }, 'endToken', /is -1; allowed: 0 to 4/],
    [model, { endToken: 1.5 }, 'endToken', /is 1.5; allowed/],
    [model, SOURCE, 'source', /is given, but the model has no encoder/],
    [model, { vector: Float32Array.of(1, 2) }, 'vector', /is given, but the model has no vectorSize/],
    [decoder, {}, 'source', /is missing; the encoder reads it/],
    [decoder, { source: new Float32Array(5) }, 'source', /has 5 numbers; allowed: multiples of 2, from 2/],
    [decoder, { source: new Float32Array() }, 'source', /has 0 numbers; allowed: multiples of 2/],
    [decoder, { source: new Uint32Array(4) }, 'source', /Uint32Array; allowed: a Float32Array/],
    [decoder, { source: Float32Array.of(0, NaN) }, 'source[1]', /is NaN; allowed: finite numbers/],
    [fromVector, {}, 'vector', /is missing; the model makes its initial states from it/],
    [fromVector, { vector: new Float32Array(3) }, 'vector', /has 3 numbers; this model needs 2/],
    [fromVector, { vector: Float32Array.of(0, Infinity) }, 'vector[1]', /is Infinity; allowed/],
  ])('%#: $2 $3', (of, part, field, said) => expectRefused(asked, of, part, field, said));
});

test.each<[object, string, RegExp]>([
  [{ draws: 0 }, 'draws', /is 0; allowed: whole numbers from 1/],
  [{ mode: 'best' }, 'mode', /is "best"; allowed: greedy, sample/],
  [{ randomSeed: -1 }, 'randomSeed', /is -1; allowed: whole numbers from 0 to 4294967295/],
  [{ temperature: 0 }, 'temperature', /is 0; allowed: numbers greater than 0/],
  [{ temperature: NaN }, 'temperature', /is NaN; allowed/],
  [{ temperature: 1e-40 }, 'temperature', /is 1e-40; allowed: numbers from 1.2e-38/],
  [{ topK: 6 }, 'topK', /is 6; allowed: 0 to 5/],
  [{ topK: -1 }, 'topK', /is -1; allowed/],
  [{ topK: 1.5 }, 'topK', /is 1.5; allowed/],
])('drawing, %o', (part, field, said) => expectRefused('generateTokens', model, part, field, said));

test('where the likeliest is taken, temperature and topK are ignored', () => {
  expect(() => validators.generateTokens(model, { mode: 'greedy', temperature: 0, topK: -1 })).not.toThrow();
});

test.each([0, -1, 1.5, NaN])('%d beams', (beams) => {
  expectRefused('searchTokens', model, { beams }, 'beams', /allowed: whole numbers from 1/);
});

test.each<[Partial<Forcing>, string, RegExp]>([
  [{ layer: 2 }, 'layer', /is 2; allowed: 0 to 1/],
  [{ layer: -1 }, 'layer', /is -1; allowed/],
  [{ layer: 0.5 }, 'layer', /is 0.5; allowed/],
  [{ what: 'r' }, 'what', /is "r"; allowed: i, f, g, o, h, c/],
  [{ layer: 1, what: 'f' }, 'what', /is "f"; allowed: r, z, n, h/],
  [{ what: undefined as never }, 'what', /is undefined; allowed: i, f/],
  [{ unit: 4 }, 'unit', /is 4; allowed: 0 to 3/],
  [{ unit: -1 }, 'unit', /is -1; allowed/],
  [{ unit: 0.5 }, 'unit', /is 0.5; allowed/],
  [{ value: NaN }, 'value', /is NaN; allowed: finite numbers below 1e30/],
  [{ value: -1e30 }, 'value', /is -1e\+30; allowed/],
])('held, %o', (part, field, said) => {
  const good = { layer: 0, what: 'f', value: 1 };
  const error = refusal(() => validateForcings(model, [good, { ...good, ...part }]));
  expect(error.field).toBe(`force[1].${field}`);
  expect(error.message).toMatch(said);
});

describe('an examination', () => {
  const configuration = { ...smallConfiguration({ costSteps: { from: 1, to: 4 } }), model };
  const examples: Examples = {
    count: 2,
    steps: 4,
    inputs: new Uint32Array(8),
    targets: new Uint32Array(8),
  };
  // h and c of four units, h of three; two rows.
  const initialStates = [new Float32Array(16), new Float32Array(6)];

  test('what can be', () => {
    expect(() => validateExamination(configuration, examples, { dropoutAt: 0, initialStates })).not.toThrow();
  });

  test.each<[ExaminationRequest, string, RegExp]>([
    [{ dropoutAt: -1 }, 'examine.dropoutAt', /is -1; allowed: whole numbers from 0/],
    [{ dropoutAt: 0.5 }, 'examine.dropoutAt', /is 0.5; allowed/],
    [{ initialStates: initialStates.slice(1) }, 'examine.initialStates', /has 1 .*needs 2/],
    [
      { initialStates: [new Float32Array(16).fill(NaN), initialStates[1]!] },
      'examine.initialStates[0][0]',
      /is NaN; allowed: finite numbers/,
    ],
    [{ initialStates: initialStates.toReversed() }, 'examine.initialStates[0]', /has 6 numbers; .* needs 16/],
  ])('%o', (request, field, said) => {
    const error = refusal(() => validateExamination(configuration, examples, request));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(said);
  });

  test('fewer time steps than the cost counts', () => {
    const short = { ...examples, steps: 3, inputs: new Uint32Array(6), targets: new Uint32Array(6) };
    expect(() => validateExamination(configuration, short, {})).toThrow(
      'examples.steps: is 3; the cost counts the time steps up to 4.',
    );
  });

  test('initial states of a model that makes its own', () => {
    const own = { ...configuration, model: fromVector };
    const given = { ...examples, vectors: new Float32Array(4) };
    expect(() => validateExamination(own, given, { initialStates })).toThrow(
      'examine.initialStates: are given, but the model makes its own.',
    );
  });
});
