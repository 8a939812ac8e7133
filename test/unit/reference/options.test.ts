/** Every option of a model, alone and with others: the reference's gradients against central differences. */
import { describe, expect, test, vi } from 'vitest';
import type { Examples, ModelConfiguration } from '../../../gpu/index.ts';
import { parameterLayout } from '../../../gpu/model/parameters.ts';
import {
  referenceExamine,
  type ReferenceExamination,
  type ReferenceRequest,
} from '../../../gpu/reference/oracle.ts';
import {
  build,
  type Choice,
  type Drawn,
  OPTION_NAMES,
  OPTIONS,
  type Sizes,
} from '../../support/configurations.ts';
import { expectMatchesDifferences, numericalGradients } from '../../support/differences.ts';
import { canBe, coveringDraws } from '../../support/pairs.ts';
import { randomParameters } from '../../support/problem.ts';
import { RandomSource } from '../../support/random.ts';

/** Two layers that read numbers and say numbers at every step; nothing else. */
const PLAIN = {
  ...(Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name][0]])) as Choice),
  layers: 'two',
} as const;

const SIZES: Sizes = { steps: 3, batch: 2, hidden: 2, features: 2, outputs: 2, sourceSteps: 3 };

vi.setConfig({ testTimeout: 30_000 });

/** The largest part of the parameters that may lie at a kink. */
const MOST_SKIPPED = 0.2;

/** Checks ∂/∂parameters of the loss, and of Σ y·dy + Σ (final states)·(their gradients) with random ones of both. */
function expectOptionMatches(part: Partial<Choice>, sizes = SIZES, seed = 1): void {
  const choice: Choice = { ...PLAIN, ...part };
  expect(canBe(choice, sizes, seed), `a valid configuration: ${JSON.stringify(part)}`).toBe(true);
  expectGradientsMatch(build(choice, sizes, new RandomSource(seed)), seed, JSON.stringify(part));
}

function expectGradientsMatch(
  drawn: Drawn & { readonly request: ReferenceRequest },
  seed: number,
  what: string,
): void {
  const { training } = drawn.configuration;
  const random = new RandomSource(seed + 1000);
  const parameters = Float64Array.from(randomParameters(random, drawn.configuration.model));
  const examined = referenceExamine(drawn.configuration.model, training, parameters, drawn.examples, {
    ...drawn.request,
  });
  const { model, examples } = withFedInputs(drawn, examined);
  const dOutputs = random.normals(examined.outputs.length);
  const dFinalStates = examined.finalStates.map(({ length }) => random.normals(length));
  const request: ReferenceRequest = { ...drawn.request, gradient: false };
  const differences = numericalGradients(parameters, () => {
    const result = referenceExamine(model, training, parameters, examples, request);
    const linear =
      dot(result.outputs, dOutputs) + sum(result.finalStates.map((s, l) => dot(s, dFinalStates[l]!)));
    return { values: [result.loss, linear], sides: reluSides(model, result) };
  });
  const withRandom = referenceExamine(drawn.configuration.model, training, parameters, drawn.examples, {
    ...drawn.request,
    dOutputs,
    dFinalStates,
  });
  [examined, withRandom].forEach(({ gradient }, which) => {
    const expected = differences[which]!;
    expect(expected.filter(Number.isNaN).length / expected.length).toBeLessThan(MOST_SKIPPED);
    expectMatchesDifferences(
      gradient!.values,
      expected,
      `${what}, seed ${seed}, ${['loss', 'outputs'][which]}`,
    );
    expectMagnitudeIsAbove(drawn.configuration.model, gradient!.values, gradient!.magnitude);
  });
}

/** A sum over absolute terms is no less than the sum's absolute value, and 0 only with it. */
function expectMagnitudeIsAbove(
  model: ModelConfiguration,
  values: Float64Array,
  magnitude: Float64Array,
): void {
  for (const { name, offset, length } of parameterLayout(model).views) {
    for (let index = offset; index < offset + length; index++) {
      const bound = magnitude[index]! * (1 + 1e-9) + 1e-300;
      expect(Math.abs(values[index]!), `magnitude of ${name}`).toBeLessThanOrEqual(bound);
    }
  }
}

/** What the model has fed back to itself is a constant to the gradient: it is given to it in its place. */
function withFedInputs(
  { configuration: { model }, examples }: Drawn,
  { forward }: ReferenceExamination,
): { model: ModelConfiguration; examples: Examples } {
  if (model.feeding !== 'own') return { model, examples };
  // Numbers of float64 where the interface wants float32: rounded, they would not be what has been fed back.
  const inputs = forward.inputs.inputs as unknown as Float32Array;
  return { model: { ...model, feeding: 'given' }, examples: { ...examples, inputs } };
}

/** Which units of relu layers are on. */
function reluSides(model: ModelConfiguration, { forward }: ReferenceExamination): string {
  const stacks = [model, model.encoder].map((stack, index) =>
    (stack?.layers ?? []).flatMap(({ activation }, layer) =>
      activation === 'relu' ? (index === 0 ? forward.main : forward.encoder!).layers[layer]!.directions : [],
    ),
  );
  return stacks
    .flat()
    .map(({ states }) => Array.from(states[0]!, (h) => (h > 0 ? '1' : '0')).join(''))
    .join();
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return sum(Array.from(a, (value, index) => value * b[index]!));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type Levels = { readonly [Name in keyof Choice]?: readonly Choice[Name][] };

/** All combinations of the levels given. */
function combinations(levels: Levels): { what: string; part: Partial<Choice> }[] {
  let parts: Partial<Choice>[] = [{}];
  for (const [name, some] of Object.entries(levels)) {
    parts = parts.flatMap((part) => some.map((level) => ({ ...part, [name]: level })));
  }
  return parts.map((part) => ({ what: Object.values(part).join(', '), part }));
}

describe('against central differences', () => {
  test.each(
    combinations({
      cell: OPTIONS.cell,
      direction: OPTIONS.direction,
      lengths: OPTIONS.lengths,
      residual: OPTIONS.residual,
    }),
  )('$what', ({ part }) => expectOptionMatches(part));

  test.each(
    combinations({
      cell: ['rnn', 'lstm', 'gru'],
      direction: OPTIONS.direction,
      dropout: ['input', 'between', 'output', 'recurrent'],
      masks: OPTIONS.masks,
    }),
  )('dropout: $what', ({ part }) =>
    expectOptionMatches({ ...part, lengths: 'lengths', residual: 'residual' }),
  );

  test.each(
    combinations({
      readout: OPTIONS.readout,
      direction: OPTIONS.direction,
      lengths: OPTIONS.lengths,
      mask: OPTIONS.mask,
      dropout: ['none', 'output'],
    }),
  )('readout: $what', ({ part }) => expectOptionMatches({ ...part, cell: 'lstm' }));

  test.each(
    combinations({
      head: OPTIONS.head,
      input: OPTIONS.input,
      mask: OPTIONS.mask,
      costSteps: OPTIONS.costSteps,
      lengths: OPTIONS.lengths,
    }),
  )('head: $what', ({ part }) => expectOptionMatches(part));

  test.each(combinations({ input: ['one-hot', 'embedding'], readout: ['last-step'], head: OPTIONS.head }))(
    'tokens: $what',
    ({ part }) => expectOptionMatches({ ...part, direction: 'bidirectional', cell: 'gru' }),
  );

  test.each(
    combinations({
      start: ['given', 'vector', 'encoder', 'bidirectional encoder'],
      cell: ['lstm', 'gru'],
      lengths: OPTIONS.lengths,
      dropout: ['none', 'recurrent'],
    }),
  )('start: $what', ({ part }) => expectOptionMatches(part));

  test.each(
    combinations({
      attention: ['dot', 'additive'],
      lengths: OPTIONS.lengths,
      input: ['values', 'embedding'],
      dropout: ['none', 'output'],
      feeding: OPTIONS.feeding,
    }),
  )('attention: $what', ({ part }) =>
    expectOptionMatches({ ...part, start: 'encoder', head: part.input === 'values' ? 'linear' : 'softmax' }),
  );

  test.each(combinations({ inputAt: ['first-step'], start: ['zero', 'vector'], cell: OPTIONS.cell }))(
    '$what',
    ({ part }) => expectOptionMatches(part),
  );

  test.each(
    combinations({ feeding: ['own'], input: OPTIONS.input, lengths: OPTIONS.lengths, cell: ['lstm', 'gru'] }),
  )('feeding: $what', ({ part }) =>
    expectOptionMatches({ ...part, head: part.input === 'values' ? 'linear' : 'softmax' }),
  );
});

test.each([
  { cell: 'lstm', what: ['i', 'f', 'g', 'o', 'h', 'c'] },
  { cell: 'peepholes', what: ['i', 'f', 'g', 'o', 'h', 'c'] },
  { cell: 'gru', what: ['r', 'z', 'n', 'h'] },
  { cell: 'rnn', what: ['h'] },
] as const)('what is held of $cell is a constant', ({ cell, what }) => {
  for (const held of what) {
    const drawn = build({ ...PLAIN, cell }, SIZES, new RandomSource(1));
    const forcings = [
      { layer: 0, what: held, value: 0.3 },
      { layer: 1, what: held, unit: 1, value: -0.4 },
    ];
    expectGradientsMatch({ ...drawn, request: { ...drawn.request, forcings } }, 1, `${held} held`);
  }
});

const { draws } = coveringDraws(150, 2026);

test.each(draws)('drawn at random so that all pairs meet: seed $seed', ({ seed, choice, sizes }) => {
  // Every parameter takes four runs: few units are enough.
  const few = { ...sizes, hidden: Math.min(2, sizes.hidden) };
  expectGradientsMatch(build(choice, few, new RandomSource(seed)), seed, JSON.stringify({ choice, few }));
});
