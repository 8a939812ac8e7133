/** Both engines with every optimiser, schedule and way of clipping, and what they refuse alike. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Engine,
  initialState,
  type IterationRecord,
  openReferenceEngine,
  type RunConfiguration,
  type TrainingConfiguration,
  type TrainingRun,
} from '../../gpu/index.ts';
import { expectForwardClose, expectLossesClose, expectSameBits } from '../support/compare.ts';
import { engines } from '../support/engines.ts';
import { adam, smallConfiguration, smallSeries } from '../support/small-run.ts';

const SETTINGS: Partial<TrainingConfiguration>[] = [
  { optimizer: { algorithm: 'sgd', learningRate: 0.05 }, schedule: { kind: 'warm-up', iterations: 5 } },
  {
    optimizer: { algorithm: 'momentum', learningRate: 0.02, momentum: 0.9, weightDecay: 0.1 },
    schedule: { kind: 'step', every: 3, factor: 0.5 },
  },
  {
    optimizer: { algorithm: 'nesterov', learningRate: 0.02, momentum: 0.9 },
    schedule: { kind: 'cosine', iterations: 8 },
    clipValue: 0.05,
  },
  {
    optimizer: { algorithm: 'rmsprop', learningRate: 0.005, decay: 0.9, epsilon: 1e-3 },
    clipNorm: 0.2,
    clipValue: 0.05,
  },
  { optimizer: { ...adam, epsilon: 1e-3, weightDecay: 0.1 }, clipNorm: 0.1 },
  {
    optimizer: { ...adam, algorithm: 'adamw', epsilon: 1e-3, weightDecay: 0.5 },
    schedule: { kind: 'cosine', iterations: 20 },
  },
];

function start(engine: Engine, configuration: RunConfiguration): Promise<TrainingRun> {
  return engine.createRun(configuration, smallSeries(configuration), initialState(configuration));
}

function values(records: readonly IterationRecord[], of: 'loss' | 'gradientNorm'): number[] {
  return records.map((record) => record[of]);
}

describe.each(engines)('$name', ({ open }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.destroy());

  test.each(SETTINGS.map((settings) => ({ what: JSON.stringify(settings), settings })))(
    'trains as the reference, a rate set on the way: $what',
    async ({ settings }) => {
      const configuration = smallConfiguration(settings);
      const reference = openReferenceEngine();
      const [run, expected] = await Promise.all([
        start(engine, configuration),
        start(reference, configuration),
      ]);
      for (const factor of [1, 0.3]) {
        const rate = factor * configuration.training.optimizer.learningRate;
        for (const each of [run, expected]) each.setLearningRate(rate);
        const [actual, wanted] = [await run.advance(6), await expected.advance(6)];
        expectLossesClose(values(actual, 'loss'), values(wanted, 'loss'), 1e-5, 'losses');
        expectLossesClose(values(actual, 'gradientNorm'), values(wanted, 'gradientNorm'), 1e-4, 'norms');
      }
      const [state, wanted] = [await run.capture(), await expected.capture()];
      expectForwardClose(state.parameters, wanted.parameters, 'parameters');
      run.destroy();
      reference.destroy();
    },
  );

  test.each(SETTINGS.map(({ optimizer }) => optimizer!))(
    'a step of $algorithm beyond float32 is refused before it is taken',
    async (settings) => {
      // Without β₁ Adam's first steps after gradients have grown are twice the rate and more.
      const optimizer = 'beta1' in settings ? { ...settings, beta1: 0 } : settings;
      const configuration = smallConfiguration({ optimizer });
      const run = await start(engine, configuration);
      await run.advance(3);
      const before = await run.capture();
      const { learningRate } = optimizer;
      run.setLearningRate(3.4e38);
      run.setSeries(smallSeries(configuration).values.map((value) => 1000 * value));
      const records = await run.advance(4);
      expect(records.map(({ iteration }) => iteration)).toEqual([4]);
      expect(records[0]!.loss + records[0]!.gradientNorm).not.toSatisfy(Number.isFinite);
      const after = await run.capture();
      expect(after.iteration).toBe(3);
      expectSameBits(after.parameters, before.parameters, 'parameters');
      expect([...after.optimizerState]).toEqual([...before.optimizerState]);

      run.restore(after);
      run.setLearningRate(learningRate);
      expect(await run.advance(2)).toHaveLength(2);
      run.destroy();
    },
  );
});
