/**
 * Every cell against TensorFlow.js, which nobody here wrote: outputs, gradients and ten training losses of the same
 * weights and examples, for stacks, both directions, lengths, masks, tokens and heads.
 */
import { describe, expect, test } from 'vitest';
import type { ModelConfiguration, RunConfiguration, TrainingRun } from '../../gpu/index.ts';
import { expectLossesClose } from '../support/compare.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { hardware, reference, type Runner, software } from '../support/runners.ts';
import type { Reset } from '../support/tensorflow-layers.ts';
import { dropped, exchangedGates } from '../support/tensorflow-mistakes.ts';
import { TensorflowModel, tensorflowOptimizer } from '../support/tensorflow.ts';
import {
  drawn,
  expectSameExamination,
  randomExamples,
  summedResets,
  type TensorflowCase,
  withEqualResets,
} from '../support/tensorflow-case.ts';

const cells = [
  { what: 'SimpleRNN, tanh', cell: { cell: 'rnn' } },
  { what: 'SimpleRNN, relu', cell: { cell: 'rnn', activation: 'relu' } },
  { what: 'LSTM', cell: { cell: 'lstm' } },
  { what: 'GRU of its operations', cell: { cell: 'gru' } },
] as const;

type Shape = Omit<ModelConfiguration, 'layers'> & {
  readonly what: string;
  readonly hiddenSizes: readonly number[];
  readonly bidirectional?: boolean;
  readonly lengths?: boolean;
  readonly masked?: boolean;
};

const shapes: readonly Shape[] = [
  { what: 'every step', inputSize: 3, hiddenSizes: [7], outputSize: 2 },
  {
    what: 'two layers, last step, softmax, lengths',
    inputSize: 3,
    hiddenSizes: [6, 5],
    outputSize: 4,
    readout: 'last-step',
    head: 'softmax',
    lengths: true,
  },
  {
    what: 'embedding, softmax at every step, lengths and mask',
    inputSize: 9,
    input: { kind: 'embedding', size: 4 },
    hiddenSizes: [5],
    outputSize: 9,
    head: 'softmax',
    lengths: true,
    masked: true,
  },
  {
    what: 'two layers in both directions, one-hot tokens, lengths',
    inputSize: 6,
    input: { kind: 'one-hot' },
    hiddenSizes: [5, 4],
    bidirectional: true,
    outputSize: 3,
    lengths: true,
  },
];

const training: RunConfiguration['training'] = {
  batchSize: 4,
  sequenceLength: 6,
  optimizer: { algorithm: 'momentum', learningRate: 0.1, momentum: 0.5 },
  clipNorm: null,
  initializer: 'glorot',
  seed: 5,
};
const ITERATIONS = 10;

function caseOf(cell: (typeof cells)[number]['cell'], shape: Shape): TensorflowCase {
  const { what: _, hiddenSizes, bidirectional = false, lengths = false, masked = false, ...stack } = shape;
  const layers = hiddenSizes.map((hiddenSize) => ({ ...cell, hiddenSize, bidirectional }));
  const model = { ...stack, layers };
  const random = new RandomSource(11);
  return {
    configuration: { model, training },
    parameters: randomParameters(random, model),
    examples: randomExamples(random, model, { count: 5, steps: training.sequenceLength, lengths, masked }),
  };
}

/** The same model in both, of whose parameters TensorFlow.js may be given others. */
async function both(
  runner: Runner,
  { configuration, examples, parameters }: TensorflowCase,
  { weights = parameters, reset = 'after' }: { weights?: Float32Array; reset?: Reset } = {},
): Promise<[TrainingRun, TensorflowModel]> {
  const padded = examples.lengths !== undefined;
  return [
    await runner.start(configuration, examples, parameters),
    await TensorflowModel.create(configuration.model, weights, { padded, reset }),
  ];
}

describe.each([
  { runner: reference, shapes },
  { runner: software, shapes },
  { runner: hardware, shapes: shapes.slice(1, 2) },
])('$runner.name', ({ runner, shapes }) => {
  describe.each(cells)('$what', ({ cell }) => {
    test.each(shapes)('outputs, gradients and ten losses: $what', async (shape) => {
      const given = caseOf(cell, shape);
      const [run, network] = await both(runner, given);
      await expectSameExamination(run, network, given);
      const optimizer = tensorflowOptimizer(training.optimizer);
      const losses = Array.from({ length: ITERATIONS }, (_, iteration) =>
        network.step(optimizer, drawn(given, iteration)),
      );
      const records = await run.advance(ITERATIONS);
      expectLossesClose(
        records.map(({ loss }) => loss),
        losses,
        1e-5,
      );
      run.destroy();
      network.destroy();
    });
  });

  // Its own GRU has the reset gate before the product, and no second bias: the same where all units have one reset gate.
  test.each(shapes)(
    'outputs and gradients of its own GRU, one reset gate for all units: $what',
    async (shape) => {
      const random = caseOf({ cell: 'gru' }, shape);
      const { model } = random.configuration;
      const given = { ...random, parameters: withEqualResets(model, random.parameters) };
      const [run, network] = await both(runner, given, { reset: 'before' });
      await expectSameExamination(run, network, given, summedResets(model));
      run.destroy();
      network.destroy();
    },
  );
});

async function expectDifferent(given: TensorflowCase, changes: Parameters<typeof both>[2]): Promise<void> {
  const [run, network] = await both(reference, given, changes);
  await expect(expectSameExamination(run, network, given)).rejects.toThrow(/outputs: .* off, allowed/);
  run.destroy();
  network.destroy();
}

describe('a wrong mapping is noticed', () => {
  const mistakes = [
    { what: 'LSTM, i and f exchanged', cell: { cell: 'lstm' }, change: exchangedGates('i', 'f') },
    { what: 'LSTM, g and o exchanged', cell: { cell: 'lstm' }, change: exchangedGates('g', 'o') },
    { what: 'GRU, r and z exchanged', cell: { cell: 'gru' }, change: exchangedGates('r', 'z') },
    { what: 'SimpleRNN, bias dropped', cell: { cell: 'rnn' }, change: dropped('b') },
    { what: 'LSTM, bias dropped', cell: { cell: 'lstm' }, change: dropped('b') },
    { what: 'GRU, second bias dropped', cell: { cell: 'gru' }, change: dropped('bn') },
  ] as const;

  test.each(mistakes)('$what', async ({ cell, change }) => {
    const given = caseOf(cell, shapes[1]!);
    await expectDifferent(given, { weights: change(given.configuration.model, given.parameters) });
  });

  test('GRU, reset before the product', async () => {
    const given = caseOf({ cell: 'gru' }, shapes[1]!);
    const parameters = dropped('bn')(given.configuration.model, given.parameters);
    await expectDifferent({ ...given, parameters }, { reset: 'before' });
  });
});
