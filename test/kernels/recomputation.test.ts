/** Every k-th state kept and the others recomputed: the training of a run that keeps all, in fewer bytes. */
import { describe, expect, test, vi } from 'vitest';
import {
  type Examples,
  initialState,
  type ModelConfiguration,
  runBytes,
  type RunConfiguration,
  type TrainingConfiguration,
  type TrainingData,
  type TrainingRun,
} from '../../gpu/index.ts';
import { uniformBytes } from '../../gpu/kernels/plan.ts';
import { expectForwardClose, expectLossesClose } from '../support/compare.ts';
import { testDevice } from '../support/gpu.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { software } from '../support/runners.ts';
import { smallConfiguration, smallSeries } from '../support/small-run.ts';

const [T, B] = [7, 3];

const LSTM = { cell: 'lstm', hiddenSize: 4, peepholes: true };
const GRU = { cell: 'gru', hiddenSize: 3 };
const RNN = { cell: 'rnn', hiddenSize: 3 };
const model: ModelConfiguration = { inputSize: 2, layers: [LSTM], outputSize: 2 };
const stack = { ...model, layers: [LSTM, GRU, { ...RNN, residual: true }] };

function examplesOf(part: Partial<Examples> = {}, outputs = T): Examples {
  const random = new RandomSource(21);
  const { count = 5, steps = T } = part;
  return {
    count,
    steps,
    inputs: random.normals(steps * count * 2),
    targets: random.normals(outputs * count * 2),
    ...part,
  };
}

const LENGTHS = { lengths: Uint32Array.of(7, 1, 4, 6, 3) };
const plain: TrainingData = { kind: 'examples', ...examplesOf() };
const ragged: TrainingData = { kind: 'examples', ...examplesOf(LENGTHS) };
const streams: TrainingData = {
  kind: 'streams',
  ...examplesOf({ count: B, steps: 2 * T }, 2 * T),
  begins: Uint32Array.of(1, 1, 1, 0, 1, 0),
};

const CASES: {
  name: string;
  of: ModelConfiguration;
  data?: TrainingData;
  training?: Partial<TrainingConfiguration>;
}[] = [
  { name: 'one layer', of: model },
  { name: 'a stack, lengths', of: stack, data: ragged, training: { costSteps: { from: 2, to: 6 } } },
  {
    name: 'last step, lengths',
    of: { ...stack, layers: [GRU, LSTM], readout: 'last-step', dropout: { output: 0.4 } },
    data: { kind: 'examples', ...examplesOf(LENGTHS, 1) },
  },
  { name: 'streams', of: stack, data: streams },
  {
    name: 'dropout everywhere',
    of: { ...stack, dropout: { input: 0.3, between: 0.3, output: 0.3, recurrent: 0.3 } },
    data: ragged,
  },
  {
    name: 'streams, recurrent dropout, one mask a sequence',
    of: { ...stack, dropout: { recurrent: 0.4, perSequence: true } },
    data: streams,
  },
  {
    name: 'from an encoder',
    of: { ...model, encoder: { inputSize: 2, layers: [LSTM] } },
    data: {
      kind: 'examples',
      ...examplesOf({ ...LENGTHS, source: { steps: 2, inputs: new RandomSource(3).normals(20) } }),
    },
    training: { sourceLength: 2 },
  },
];

/** At a rate of 1 the step is the gradient. */
function configurationOf(
  of: ModelConfiguration,
  part: Partial<TrainingConfiguration> = {},
): RunConfiguration {
  const optimizer = { algorithm: 'sgd', learningRate: 1 } as const;
  return { ...smallConfiguration({ batchSize: B, sequenceLength: T, optimizer, ...part }), model: of };
}

const parametersOf = (of: ModelConfiguration): Float32Array => randomParameters(new RandomSource(2), of);

interface Trained {
  readonly losses: number[];
  readonly norms: number[];
  /** What the first iteration takes off the parameters. */
  readonly step: Float32Array;
  readonly carried: Float32Array | undefined;
}

async function trained(configuration: RunConfiguration, data: TrainingData): Promise<Trained> {
  const parameters = parametersOf(configuration.model);
  const run = await software.start(configuration, data, parameters);
  const first = await run.advance(1);
  const after = (await run.capture()).parameters;
  run.setLearningRate(0.05);
  const records = [...first, ...(await run.advance(3))];
  const { carriedStates } = await run.capture();
  run.destroy();
  return {
    losses: records.map(({ loss }) => loss),
    norms: records.map(({ gradientNorm }) => gradientNorm),
    step: after.map((value, index) => parameters[index]! - value),
    carried: carriedStates,
  };
}

describe.each(CASES)('$name', ({ of, data = plain, training = {} }) => {
  let expected: Promise<Trained> | undefined;

  // 7 = 3 + 3 + 1 = 5 + 2.
  test.each([3, 5])('k = %i of 7', async (keepEvery) => {
    expected ??= trained(configurationOf(of, training), data);
    const [actual, wanted] = [
      await trained(configurationOf(of, { ...training, keepEvery }), data),
      await expected,
    ];
    expect(wanted.losses).toHaveLength(4);
    expectLossesClose(actual.losses, wanted.losses, 2e-6, 'losses');
    expectLossesClose(actual.norms, wanted.norms, 1e-5, 'gradient norms');
    expectForwardClose(actual.step, wanted.step, 'gradient');
    expect(Math.max(...wanted.step.map(Math.abs))).toBeGreaterThan(0.01);
    expect(actual.carried === undefined).toBe(data.kind !== 'streams');
    if (actual.carried) expectForwardClose(actual.carried, wanted.carried!, 'carried states');
  });
});

/** A run, and the bytes of the buffers that it was made with. */
async function allocated(
  configuration: RunConfiguration,
  data: TrainingData,
): Promise<{ run: TrainingRun; bytes: number }> {
  const { device } = await testDevice();
  const spy = vi.spyOn(device, 'createBuffer');
  try {
    const run = await software.start(configuration, data, initialState(configuration).parameters);
    return { run, bytes: spy.mock.calls.reduce((sum, [{ size }]) => sum + size, 0) };
  } finally {
    spy.mockRestore();
  }
}

test.each(CASES)('bytes are known before, and are those of the buffers made: $name', async (each) => {
  const { of, data = plain, training = {} } = each;
  for (const part of [{}, { keepEvery: 3 }]) {
    const configuration = configurationOf(of, { ...training, ...part });
    const { run, bytes } = await allocated(configuration, data);
    expect(runBytes(configuration, data)).toBe(bytes);
    expect(run.cost.bytes).toBe(bytes + uniformBytes(run.cost.dispatchesPerIteration));
    run.destroy();
  }
});

test('bytes fall with the states kept', () => {
  const bytes = [undefined, 30, 8].map((keepEvery) => {
    const { model: of, training } = smallConfiguration({
      sequenceLength: 60,
      ...(keepEvery ? { keepEvery } : {}),
    });
    const configuration = { model: { ...of, layers: [{ cell: 'lstm', hiddenSize: 7 }] }, training };
    return runBytes(configuration, smallSeries(configuration));
  });
  expect(bytes[1]).toBeLessThan(bytes[0]!);
  expect(bytes[2]).toBeLessThan(bytes[1]!);
});
