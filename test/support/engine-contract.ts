/** What every engine must do, whatever computes: the promises of gpu/model/engine.ts, as tests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ConfigurationError,
  type Engine,
  type GenerationRequest,
  initialState,
  type IterationRecord,
  type RunConfiguration,
  type TrainingRun,
} from '../../gpu/index.ts';
import { referenceForward } from '../../gpu/reference/oracle.ts';
import { expectForwardClose, expectSameBits } from './compare.ts';
import { describeDropout } from './engine-contract-dropout.ts';
import { noiseByPaper } from './pcg4d.ts';
import { smallConfiguration, smallSeries } from './small-run.ts';

export function describeEngineContract(name: string, open: () => Promise<Engine>): void {
  describe(`${name} engine`, () => {
    let engine: Engine;
    const runs: TrainingRun[] = [];

    beforeAll(async () => {
      engine = await open();
    });

    afterAll(() => {
      for (const run of runs) run.destroy();
      engine.destroy();
    });

    const start = async (configuration: RunConfiguration = smallConfiguration()): Promise<TrainingRun> => {
      const run = await engine.createRun(
        configuration,
        smallSeries(configuration),
        initialState(configuration),
      );
      runs.push(run);
      return run;
    };

    describeTraining(start);
    describeStates(start);
    describeRefusal(start);
    describeForecasts(start);
    describeGeneration(start);
    describeDropout(start);

    test('a configuration that cannot be is an error with the field’s name', async () => {
      const configuration = smallConfiguration();
      const series = smallSeries(configuration);
      const state = initialState(configuration);
      const short = { ...state, parameters: state.parameters.subarray(1) };
      await expect(engine.createRun(configuration, series, short)).rejects.toThrow(/^state\.parameters: has/);
      await expect(engine.createRun(smallConfiguration({ batchSize: 0 }), series, state)).rejects.toThrow(
        /^training\.batchSize: is 0; allowed/,
      );
    });
  });
}

type Start = (configuration?: RunConfiguration) => Promise<TrainingRun>;

function numbers(records: readonly IterationRecord[]): number[] {
  return records.map(({ iteration }) => iteration);
}

function losses(records: readonly IterationRecord[]): Float32Array {
  return Float32Array.from(records, ({ loss }) => loss);
}

function describeTraining(start: Start): void {
  test('iterations are numbered from 1, and the loss falls', async () => {
    const run = await start();
    const records = await run.advance(60);
    expect(numbers(records)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(records.at(-1)!.loss).toBeLessThan(records[0]!.loss / 2);
    expect(run.cost.parameters).toBe(1 * 7 + 7 * 7 + 7 + 7 * 4 + 4 * 4 + 4 + 4 + 1);
  });

  test('overlapping calls are carried out in order', async () => {
    const [whole, parts] = [await start(), await start()];
    const expected = await whole.advance(9);
    const records = (await Promise.all([parts.advance(4), parts.advance(3), parts.advance(2)])).flat();
    expect(numbers(records)).toEqual(numbers(expected));
    expectSameBits(losses(records), losses(expected), 'losses');
  });

  test('no iterations are no records', async () => {
    await expect((await start()).advance(0)).resolves.toEqual([]);
  });

  test('destroyed while it trains, it answers with what was done by then', async () => {
    const run = await start();
    const training = run.advance(400);
    await run.capture();
    run.destroy();
    const records = await training;
    expect(records.length).toBeLessThan(400);
    expect(numbers(records)).toEqual(records.map((_, index) => index + 1));
  });

  test('the same seed gives the same bits, another one others', async () => {
    const [first, second] = [await start(), await start()];
    expectSameBits(losses(await first.advance(10)), losses(await second.advance(10)), 'losses');
    const [one, two] = [await first.capture(), await second.capture()];
    expectSameBits(one.parameters, two.parameters, 'parameters');
    expectSameBits(one.optimizerState, two.optimizerState, 'optimiser state');

    const other = await start(smallConfiguration({ seed: 43 }));
    expect([...losses(await other.advance(1))]).not.toEqual([...losses(await (await start()).advance(1))]);
  });

  test('a learning rate holds from the next iteration', async () => {
    const rate = 0.125;
    const sgd = smallConfiguration({ optimizer: { algorithm: 'sgd', learningRate: rate } });
    const [run, whole] = [await start(sgd), await start(sgd)];
    run.setLearningRate(rate / 8);
    await Promise.all([run.advance(1), whole.advance(1)]);
    const initial = initialState(sgd).parameters;
    const part = (await run.capture()).parameters.map((value, index) => (value - initial[index]!) * 8);
    const all = (await whole.capture()).parameters.map((value, index) => value - initial[index]!);
    expectForwardClose(part, all, 'eight times the smaller step');
    expect(() => run.setLearningRate(0)).toThrow(/^learningRate: is 0; allowed/);
  });

  test('clipping shortens the step to the norm allowed, and reports the norm before', async () => {
    const clipNorm = 0.01;
    const configuration = smallConfiguration({ clipNorm, optimizer: { algorithm: 'sgd', learningRate: 1 } });
    const run = await start(configuration);
    const [record] = await run.advance(1);
    const initial = initialState(configuration).parameters;
    const step = (await run.capture()).parameters.map((value, index) => value - initial[index]!);
    expect(record!.gradientNorm).toBeGreaterThan(2 * clipNorm);
    expect(Math.hypot(...step)).toBeCloseTo(clipNorm, 6);
  });

  test('a new series is read from the next iteration', async () => {
    const configuration = smallConfiguration();
    const zeros = new Float32Array(smallSeries(configuration).values.length);
    const run = await start(configuration);
    run.setSeries(zeros);
    const [record] = await run.advance(1);
    // All states and the biases are 0 at first, so 0 is forecast, rightly.
    expect(record!.loss).toBe(0);
    expect(() => run.setSeries(zeros.subarray(1))).toThrow(ConfigurationError);
  });
}

function describeStates(start: Start): void {
  test('a state of another model is refused, and the run stays as it is', async () => {
    const run = await start();
    const state = await run.capture();
    const parameters = state.parameters.subarray(1);
    expect(() => run.restore({ ...state, parameters })).toThrow(
      /^state\.parameters: has \d+ numbers; .* needs/,
    );
    expectSameBits((await run.capture()).parameters, state.parameters, 'parameters');
  });

  test('a captured state comes back bit for bit, and trains on as one that was never away', async () => {
    const run = await start();
    await run.advance(5);
    const state = await run.capture();
    expect(state.iteration).toBe(5);
    run.restore(state);
    const expected = await run.advance(5);

    const other = await start();
    await other.advance(2);
    other.restore(state);
    const again = await other.capture();
    expect(again.iteration).toBe(5);
    expectSameBits(again.parameters, state.parameters, 'parameters');
    expectSameBits(again.optimizerState, state.optimizerState, 'optimiser state');
    const records = await other.advance(5);
    expect(numbers(records)).toEqual([6, 7, 8, 9, 10]);
    expectSameBits(losses(records), losses(expected), 'losses');
  });

  test('momentum and Adam keep one slot and two, SGD none', async () => {
    const { length } = initialState(smallConfiguration()).parameters;
    const optimizers = [
      { slots: 0, optimizer: { algorithm: 'sgd', learningRate: 0.1 } },
      { slots: 1, optimizer: { algorithm: 'momentum', learningRate: 0.1, momentum: 0.9 } },
      { slots: 2, optimizer: smallConfiguration().training.optimizer },
    ] as const;
    for (const { slots, optimizer } of optimizers) {
      const run = await start(smallConfiguration({ optimizer }));
      await run.advance(2);
      expect((await run.capture()).optimizerState).toHaveLength(slots * length);
    }
  });
}

function describeRefusal(start: Start): void {
  test.each([
    { what: 'a loss beyond float32', value: 1e30 },
    { what: 'an infinite value', value: Infinity },
    { what: 'a NaN', value: Number.NaN },
  ])('$what is not trained on, and the weights stay', async ({ value }) => {
    const configuration = smallConfiguration();
    const { values } = smallSeries(configuration);
    const run = await start(configuration);
    await run.advance(3);
    const before = await run.capture();
    run.setSeries(values.map(() => value));
    const records = await run.advance(4);
    expect(numbers(records)).toEqual([4]);
    const { loss, gradientNorm } = records[0]!;
    expect(Math.fround(loss) + Math.fround(gradientNorm)).not.toSatisfy(Number.isFinite);

    run.setSeries(values);
    await expect(run.advance(2)).resolves.toEqual([]);
    const after = await run.capture();
    expect(after.iteration).toBe(3);
    expectSameBits(after.parameters, before.parameters, 'parameters');
    expectSameBits(after.optimizerState, before.optimizerState, 'optimiser state');

    run.restore(after);
    expect(numbers(await run.advance(2))).toEqual([4, 5]);
  });

  test('a step beyond float32 is refused, and its record is not finite', async () => {
    const configuration = smallConfiguration({ optimizer: { algorithm: 'sgd', learningRate: 3e38 } });
    const run = await start(configuration);
    run.setSeries(smallSeries(configuration).values.map((value) => 100 * value));
    const records = await run.advance(3);
    expect(numbers(records)).toEqual([1]);
    expect(records[0]!.loss + records[0]!.gradientNorm).not.toSatisfy(Number.isFinite);
    const { iteration, parameters } = await run.capture();
    expect(iteration).toBe(0);
    expectSameBits(parameters, initialState(configuration).parameters, 'parameters');
  });
}

function describeForecasts(start: Start): void {
  test.each([1, 3])(
    'forecasts are the model’s outputs over windows of the series, %i features',
    async (features) => {
      const configuration = smallConfiguration({}, features);
      const { model, training } = configuration;
      const { values } = smallSeries(configuration);
      const run = await start(configuration);
      await run.advance(3);
      const { parameters } = await run.capture();
      // Few, then so many that no engine takes them in one go, then one.
      const lists = [[0, 17, 113, 17, 60], Array.from({ length: 500 }, (_, n) => (7 * n) % 114), [113]];
      for (const starts of lists) {
        const inputs = Array.from({ length: training.sequenceLength }, (_, t) =>
          starts.map((from) => [...values.subarray((from + t) * features, (from + t + 1) * features)]),
        ).flat(2);
        const expected = referenceForward(model, parameters, inputs, starts.length).outputs;
        expectForwardClose(await run.forecast(Uint32Array.from(starts)), expected, 'forecast');
      }
      await expect(run.forecast(Uint32Array.of(3, 114))).rejects.toThrow(
        'forecast.starts: holds 114; allowed: up to 113.',
      );
    },
  );
}

/** Twelve values after a seed of twenty, by windows of six, unless said otherwise. */
function request(part: Partial<GenerationRequest>): GenerationRequest {
  return {
    seed: smallSeries(smallConfiguration()).values.slice(0, 20),
    steps: 12,
    mode: 'window',
    window: 6,
    noise: 0,
    draws: 1,
    randomSeed: 9,
    ...part,
  };
}

function describeGeneration(start: Start): void {
  test.each([
    { mode: 'window', features: 1, noise: 0 },
    { mode: 'window', features: 2, noise: 0.3 },
    { mode: 'carried', features: 1, noise: 0.3 },
    { mode: 'carried', features: 2, noise: 0 },
  ] as const)(
    '$mode: every value is the model’s answer to those before, and noise; $features features, noise $noise',
    async ({ mode, features, noise }) => {
      const configuration = smallConfiguration({}, features);
      const run = await start(configuration);
      await run.advance(20);
      const { parameters } = await run.capture();
      const seed = smallSeries(configuration).values.slice(0, 9 * features);
      const generated = await run.generate(request({ mode, seed, noise }));
      const sequence = [...seed, ...generated];
      const expected = Array.from({ length: 12 }, (_, step) => {
        const end = (9 + step) * features;
        const inputs = sequence.slice(mode === 'window' ? end - 6 * features : 0, end);
        const { outputs } = referenceForward(configuration.model, parameters, inputs, 1);
        const answer = Array.from(outputs.slice(-features));
        return answer.map((value, feature) => value + noise * noiseByPaper(9, step, 0, feature));
      }).flat();
      expectForwardClose(generated, expected, 'generated');
    },
  );

  test.each(['window', 'carried'] as const)(
    '%s: what was generated, read as seed, goes on the same',
    async (mode) => {
      const run = await start();
      await run.advance(20);
      const whole = await run.generate(request({ mode }));
      const seed = Float32Array.of(...request({}).seed, ...whole.subarray(0, 5));
      const rest = await run.generate(request({ mode, seed, steps: 7 }));
      expectForwardClose(rest, whole.subarray(5), 'continuation');
    },
  );

  test('a window as long as the seed begins as the carried state does', async () => {
    const run = await start();
    const first = await run.generate(request({ mode: 'window', window: 20, steps: 1 }));
    expectForwardClose(await run.generate(request({ mode: 'carried', steps: 1 })), first, 'first value');
  });

  test('draws without noise are alike; with noise they differ, and a seed repeats them bit for bit', async () => {
    const run = await start();
    const single = await run.generate(request({}));
    const quiet = await run.generate(request({ draws: 3 }));
    expectForwardClose(quiet, [...single, ...single, ...single], 'draws');

    const noisy = await run.generate(request({ draws: 3, noise: 0.3 }));
    expectSameBits(await run.generate(request({ draws: 3, noise: 0.3 })), noisy, 'same seed');
    expectForwardClose(
      await run.generate(request({ draws: 1, noise: 0.3 })),
      noisy.subarray(0, 12),
      'first draw',
    );
    const firsts = [0, 1, 2].map((draw) => noisy[draw * 12]!);
    expect(new Set(firsts).size).toBe(3);
    expect(await run.generate(request({ draws: 3, noise: 0.3, randomSeed: 10 }))).not.toEqual(noisy);
  });

  test('goes before training that was asked for earlier', async () => {
    const run = await start();
    const order: string[] = [];
    await Promise.all([
      run.advance(400).then(() => order.push('training')),
      run.generate(request({})).then(() => order.push('generation')),
    ]);
    expect(order).toEqual(['generation', 'training']);
  });

  test.each([
    { part: { steps: 0 }, message: /^generate\.steps: is 0; allowed/ },
    { part: { draws: 1.5 }, message: /^generate\.draws: is 1\.5; allowed/ },
    { part: { seed: new Float32Array() }, message: /^generate\.seed: has 0 numbers; allowed/ },
    { part: { window: 21 }, message: /^generate\.seed: has 20 values, fewer than the window's 21/ },
    { part: { window: 0 }, message: /^generate\.window: is 0; allowed/ },
    { part: { mode: 'both' as never }, message: /^generate\.mode: is "both"; allowed: window, carried/ },
    { part: { noise: -1 }, message: /^generate\.noise: is -1; allowed/ },
    {
      part: { seed: Float32Array.of(...Array<number>(20).fill(Number.NaN)) },
      message: /^generate\.seed: holds/,
    },
  ])('an impossible request is refused: $message', async ({ part, message }) => {
    const run = await start();
    await expect(run.generate(request(part))).rejects.toThrow(message);
    await expect(run.generate(request(part))).rejects.toBeInstanceOf(ConfigurationError);
  });
}
