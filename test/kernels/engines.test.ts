/** The WebGPU engine keeps the contract, and computes what the reference computes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Engine,
  initialState,
  openReferenceEngine,
  type RecurrentLayerConfiguration,
  type RunConfiguration,
  type TrainingRun,
} from '../../gpu/index.ts';
import { expectForwardClose, expectLossesClose, expectSameBits } from '../support/compare.ts';
import { describeEngineContract } from '../support/engine-contract.ts';
import { mixedConfiguration } from '../support/engine-contract-dropout.ts';
import { openGpuEngine } from '../support/engines.ts';
import { adam, smallConfiguration, smallSeries } from '../support/small-run.ts';

describeEngineContract('WebGPU', openGpuEngine);

/** Sizes that are odd and larger than a workgroup or a tile. */
function wideConfiguration(): RunConfiguration {
  const { model, training } = smallConfiguration({ batchSize: 67, sequenceLength: 9 });
  const layers = [131, 70].map((hiddenSize) => ({ cell: 'rnn', hiddenSize }));
  return { model: { ...model, layers }, training };
}

function layers(...cells: RecurrentLayerConfiguration[]): RunConfiguration {
  const configuration = smallConfiguration({}, 2);
  return { ...configuration, model: { ...configuration.model, layers: cells } };
}

const lstm = { cell: 'lstm', hiddenSize: 5 };

describe('WebGPU against the reference', () => {
  let gpu: Engine;
  const reference = openReferenceEngine();
  const runs: TrainingRun[] = [];

  beforeAll(async () => {
    gpu = await openGpuEngine();
  });

  afterAll(() => {
    for (const run of runs) run.destroy();
    gpu.destroy();
  });

  const startBoth = async (configuration: RunConfiguration): Promise<[TrainingRun, TrainingRun]> => {
    const series = smallSeries(configuration);
    const state = initialState(configuration);
    const both = await Promise.all([
      gpu.createRun(configuration, series, state),
      reference.createRun(configuration, series, state),
    ]);
    runs.push(...both);
    return both;
  };

  test.each([
    { what: 'Adam', configuration: smallConfiguration() },
    { what: 'Adam, clipped', configuration: smallConfiguration({ clipNorm: 0.3 }) },
    { what: 'Adam, β₂ 0.9', configuration: smallConfiguration({ optimizer: { ...adam, beta2: 0.9 } }) },
    {
      what: 'momentum, three features',
      configuration: smallConfiguration(
        { optimizer: { algorithm: 'momentum', learningRate: 0.02, momentum: 0.9 } },
        3,
      ),
    },
    {
      what: 'SGD, orthogonal, T 40',
      configuration: smallConfiguration({
        optimizer: { algorithm: 'sgd', learningRate: 0.05 },
        initializer: 'orthogonal',
        sequenceLength: 40,
      }),
    },
    { what: 'beyond workgroups', configuration: wideConfiguration() },
    { what: 'He, one row', configuration: smallConfiguration({ initializer: 'he', batchSize: 1 }) },
  ])('ten losses and gradient norms are equal to 1e-5: $what', async ({ configuration }) => {
    const [ours, theirs] = await startBoth(configuration);
    const [actual, expected] = await Promise.all([ours.advance(10), theirs.advance(10)]);
    expect(expected).toHaveLength(10);
    for (const quantity of ['loss', 'gradientNorm'] as const) {
      const of = (records: typeof actual): number[] => records.map((record) => record[quantity]);
      expectLossesClose(of(actual), of(expected), 1e-5, quantity);
    }
  });

  test('the job of the notes: ten losses are equal to 1e-5', async () => {
    const configuration: RunConfiguration = {
      model: { inputSize: 1, layers: [{ cell: 'rnn', hiddenSize: 100 }], outputSize: 1 },
      training: {
        ...smallConfiguration().training,
        batchSize: 50,
        sequenceLength: 20,
        optimizer: { ...adam, learningRate: 0.001 },
      },
    };
    const [ours, theirs] = await startBoth(configuration);
    const [actual, expected] = await Promise.all([ours.advance(10), theirs.advance(10)]);
    expectLossesClose(
      actual.map(({ loss }) => loss),
      expected.map(({ loss }) => loss),
      1e-5,
    );
  });

  test('a device opened anew gives the same bits', async () => {
    const configuration = smallConfiguration();
    const trained = async (engine: Engine): Promise<Float32Array> => {
      const run = await engine.createRun(
        configuration,
        smallSeries(configuration),
        initialState(configuration),
      );
      await run.advance(25);
      const { parameters } = await run.capture();
      run.destroy();
      return parameters;
    };
    const another = await openGpuEngine();
    expectSameBits(await trained(another), await trained(gpu), 'parameters');
    another.destroy();
  });

  test.each([
    { what: 'two simple layers', configuration: smallConfiguration({}, 2) },
    { what: 'lstm with peepholes', configuration: layers({ ...lstm, peepholes: true }) },
    {
      what: 'gru, relu',
      configuration: layers(
        { cell: 'gru', hiddenSize: 4 },
        { cell: 'rnn', hiddenSize: 3, activation: 'relu' },
      ),
    },
    { what: 'a stack of three cells, residual', configuration: mixedConfiguration() },
  ])(
    'forecasts and continuations are the same, in both modes and with noise: $what',
    async ({ configuration }) => {
      const [ours, theirs] = await startBoth(configuration);
      await theirs.advance(10);
      ours.restore(await theirs.capture());
      theirs.restore(await ours.capture());
      const seed = smallSeries(configuration).values.slice(10, 34);
      for (const [mode, noise] of [
        ['window', 0],
        ['carried', 0],
        ['window', 0.2],
        ['carried', 0.2],
      ] as const) {
        const request = { seed, steps: 10, mode, window: 6, noise, draws: 3, randomSeed: 11 };
        const [actual, expected] = [await ours.generate(request), await theirs.generate(request)];
        expectForwardClose(actual, expected, `${mode}, noise ${noise}`);
      }
      const starts = Uint32Array.of(5, 0, 113);
      expectForwardClose(await ours.forecast(starts), await theirs.forecast(starts), 'forecast');
    },
  );
});
