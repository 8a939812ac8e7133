/** What the reference's runs promise beyond the contract of all engines. */
import { expect, test } from 'vitest';
import { initialState, openReferenceEngine, type RunConfiguration } from '../../../gpu/index.ts';
import { clipByNorm, optimizerStep } from '../../../gpu/reference/optimizer.ts';
import { referenceLossAndGradient } from '../../../gpu/reference/oracle.ts';
import type { ReferenceRun } from '../../../gpu/reference/run.ts';
import { batchStarts, windowsAt } from '../../../gpu/reference/windows.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';

async function start(configuration: RunConfiguration): Promise<ReferenceRun> {
  const state = initialState(configuration);
  const run = await openReferenceEngine().createRun(configuration, smallSeries(configuration), state);
  return run as ReferenceRun;
}

test('iterations put together by hand from windows, loss, gradient, clip and optimiser are those of a run', async () => {
  const configuration = smallConfiguration({ clipNorm: 0.5 });
  const { model, training } = configuration;
  const { batchSize, sequenceLength, seed, clipNorm, optimizer } = training;
  const series = smallSeries(configuration);
  const state = initialState(configuration);
  let parameters = Float64Array.from(state.parameters);
  let slots = Float64Array.from(state.optimizerState);
  const expected = [];
  for (let done = 0; done < 5; done++) {
    const starts = batchStarts(series.trainingStarts, batchSize, seed, done);
    const inputs = windowsAt(series, starts, sequenceLength, 0);
    const targets = windowsAt(series, starts, sequenceLength, 1);
    const result = referenceLossAndGradient(model, parameters, inputs, targets, batchSize);
    const { loss, gradientNorm } = result;
    const gradient = clipByNorm(result.parameters.values, gradientNorm, clipNorm);
    const next = optimizerStep(optimizer, done + 1, parameters, slots, gradient);
    parameters = Float64Array.from(next.parameters);
    slots = Float64Array.from(next.state);
    expected.push({ iteration: done + 1, loss, gradientNorm });
  }
  const run = await start(configuration);
  await expect(run.advance(5)).resolves.toEqual(expected);
  await expect(run.capture()).resolves.toEqual({
    iteration: 5,
    parameters: Float32Array.from(parameters),
    optimizerState: Float32Array.from(slots),
  });
});

test('other tasks of the thread come in while it trains', async () => {
  const run = await start(smallConfiguration({ batchSize: 50 }));
  const order: string[] = [];
  setTimeout(() => order.push('timer'), 20);
  await run.advance(200);
  order.push('training');
  expect(order).toEqual(['timer', 'training']);
});

test('a run that was destroyed stops training', async () => {
  const run = await start(smallConfiguration({ batchSize: 50 }));
  const training = run.advance(1_000_000);
  setTimeout(() => run.destroy(), 20);
  expect((await training).length).toBeLessThan(1_000_000);
});

test('weights are read as those of one iteration, though training goes on', async () => {
  const run = await start(smallConfiguration());
  const seed = new Float32Array(6).fill(0.5);
  const request = {
    seed,
    steps: 50,
    mode: 'carried',
    window: 1,
    noise: 0,
    draws: 40,
    randomSeed: 0,
  } as const;
  const before = await run.generate(request);
  const [during] = await Promise.all([run.generate(request), run.advance(5)]);
  expect(during).toEqual(before);
  expect(await run.generate(request)).not.toEqual(before);
});

test('iterations wait for a generation that takes long', async () => {
  const run = await start(smallConfiguration());
  const seed = new Float32Array(6);
  const order: string[] = [];
  await Promise.all([
    run.advance(1).then(() => order.push('iteration')),
    run
      .generate({ seed, steps: 200, mode: 'window', window: 6, noise: 0, draws: 50, randomSeed: 0 })
      .then(() => order.push('generation')),
  ]);
  expect(order).toEqual(['generation', 'iteration']);
});

test('the cost names all parameters, gaps aside, and no dispatches', async () => {
  const { cost } = await start(smallConfiguration());
  expect(cost).toMatchObject({ parameters: 116, dispatchesPerIteration: 0 });
  expect(cost.bytes).toBeGreaterThan(116 * 8 * 4);
});

test('it has no kernels to profile, and a processor no ceiling', async () => {
  const configuration = smallConfiguration();
  const engine = openReferenceEngine();
  const run = await engine.createRun(configuration, smallSeries(configuration), initialState(configuration));
  expect(await run.profile()).toBeNull();
  expect(await engine.ceiling()).toBeNull();
});
