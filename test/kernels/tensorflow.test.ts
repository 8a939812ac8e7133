/** Both engines train on a series as TensorFlow.js: the same weights and windows, forward and ten losses of each optimiser. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import {
  type Engine,
  type Examples,
  type OptimizerConfiguration,
  optimizerSlots,
  type RunConfiguration,
  type TrainingRun,
} from '../../gpu/index.ts';
import { batchStarts, windowsAt } from '../../gpu/reference/windows.ts';
import { expectForwardClose, expectLossesClose } from '../support/compare.ts';
import { engines } from '../support/engines.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { adam, smallConfiguration, smallSeries } from '../support/small-run.ts';
import { TensorflowModel, tensorflowOptimizer } from '../support/tensorflow.ts';

/**
 * TensorFlow.js forms 1 − βᵗ in float32, which for its usual β₂ of 0.999 loses five digits. These decays and their
 * first powers are far enough from 1 to keep them.
 */
const tensorflowAdam = { ...adam, beta1: 0.875, beta2: 0.9375 };

const optimizers: { what: string; optimizer: OptimizerConfiguration }[] = [
  { what: 'SGD', optimizer: { algorithm: 'sgd', learningRate: 0.05 } },
  { what: 'momentum', optimizer: { algorithm: 'momentum', learningRate: 0.02, momentum: 0.9 } },
  { what: 'Nesterov', optimizer: { algorithm: 'nesterov', learningRate: 0.02, momentum: 0.9 } },
  // Its ε is under the root, where it adds to v: it must be small beside the square of the smallest gradient.
  {
    what: 'RMSProp',
    optimizer: { algorithm: 'rmsprop', learningRate: 0.005, decay: 0.9, epsilon: 1e-16 },
  },
  { what: 'Adam', optimizer: tensorflowAdam },
  // So large that it matters where it is added.
  { what: 'Adam with ε = 0.05', optimizer: { ...tensorflowAdam, epsilon: 0.05 } },
];

const models = [
  { what: 'one layer', features: 1, hiddenSizes: [9] },
  { what: 'two layers, three features', features: 3, hiddenSizes: [8, 5] },
];

function configurationOf(
  features: number,
  hiddenSizes: number[],
  optimizer: OptimizerConfiguration,
): RunConfiguration {
  const { model, training } = smallConfiguration({ optimizer }, features);
  return {
    model: { ...model, layers: hiddenSizes.map((hiddenSize) => ({ cell: 'rnn', hiddenSize })) },
    training,
  };
}

async function expectSameForecast(
  run: TrainingRun,
  network: TensorflowModel,
  windows: (starts: Uint32Array) => Examples,
): Promise<void> {
  const starts = Uint32Array.of(3, 50, 113, 7);
  expectForwardClose(await run.forecast(starts), network.outputs(windows(starts)), 'forecast');
}

describe.each(engines)('$name against TensorFlow.js', ({ open }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.destroy());

  describe.each(models)('$what', ({ features, hiddenSizes }) => {
    test.each(optimizers)('forward, and ten losses by $what', async ({ optimizer }) => {
      const configuration = configurationOf(features, hiddenSizes, optimizer);
      const { model, training } = configuration;
      const { batchSize, sequenceLength, seed } = training;
      const series = smallSeries(configuration);
      const parameters = randomParameters(new RandomSource(1), model);
      const optimizerState = new Float32Array(optimizerSlots(optimizer).length * parameters.length);
      const run = await engine.createRun(configuration, series, { iteration: 0, parameters, optimizerState });
      const network = await TensorflowModel.create(model, parameters);
      const windows = (starts: Uint32Array): Examples => ({
        count: starts.length,
        steps: sequenceLength,
        inputs: Float32Array.from(windowsAt(series, starts, sequenceLength, 0)),
        targets: Float32Array.from(windowsAt(series, starts, sequenceLength, 1)),
      });

      await expectSameForecast(run, network, windows);
      const trainer = tensorflowOptimizer(optimizer);
      const losses = Array.from({ length: 10 }, (_, iteration) => {
        const starts = batchStarts(series.trainingStarts, batchSize, seed, iteration);
        return network.step(trainer, windows(starts));
      });
      const records = await run.advance(10);
      expectLossesClose(
        records.map(({ loss }) => loss),
        losses,
        1e-5,
      );
      await expectSameForecast(run, network, windows);
      run.destroy();
      network.destroy();
    });
  });
});
