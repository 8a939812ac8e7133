/** Which kernels there are to choose from on this adapter, what measuring them leaves alone, and going over to others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ConfigurationError,
  DeviceLostError,
  type Engine,
  initialState,
  type IterationRecord,
  type KernelChoice,
  type RunConfiguration,
  Trainer,
  type TrainingRun,
} from '../../gpu/index.ts';
import { expectLossesClose, expectSameBits } from '../support/compare.ts';
import { mixedConfiguration } from '../support/engine-contract-dropout.ts';
import { openGpuEngine } from '../support/engines.ts';
import { smallConfiguration, smallSeries } from '../support/small-run.ts';
import { SOFTWARE_STEPS } from '../support/kernel-choices.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openGpuEngine();
});
afterAll(() => engine.destroy());

/** Of two layers, so that the second reads more than one number. */
const configuration = smallConfiguration();
const data = smallSeries(configuration);

async function start(asked: RunConfiguration = configuration): Promise<TrainingRun> {
  return engine.createRun(asked, smallSeries(asked), initialState(asked));
}

function losses(records: readonly IterationRecord[]): number[] {
  return records.map(({ loss }) => loss);
}

test('the first choice is what a run takes by itself, and no two are the same', async () => {
  for (const kernels of [{}, { hoisted: true }, { family: 'hardware' }] as const) {
    const asked = { ...configuration, kernels };
    const run = await start(asked);
    const choices = engine.kernelChoices(asked);
    expect(choices[0]).toEqual(run.configuration.kernels);
    expect(new Set(choices.map((choice) => JSON.stringify(choice))).size).toBe(choices.length);
    for (const choice of choices) expect(choice).toMatchObject(kernels);
    run.destroy();
  }
});

test('every choice trains as the default does', async () => {
  const choices = engine.kernelChoices(configuration);
  expect(choices.length).toBeGreaterThan(1);
  const all = await Promise.all(
    choices.map(async (kernels) => {
      const run = await start({ ...configuration, kernels });
      const records = await run.advance(10);
      run.destroy();
      return losses(records);
    }),
  );
  for (const other of all.slice(1)) expectLossesClose(other, all[0]!, 1e-5);
});

/** Ten iterations of a stack of several cells. */
async function trainMixed(kernels: KernelChoice): Promise<readonly IterationRecord[]> {
  const run = await start({ ...mixedConfiguration(), kernels });
  const records = await run.advance(10);
  run.destroy();
  return records;
}

test.each<Partial<KernelChoice>>([
  { hoisted: true },
  { recurrence: 'unfused' },
  { recurrence: 'unfused', hoisted: true },
])('ten losses and gradient norms are those of the plain steps: %o', async (kernels) => {
  const [expected, actual] = [
    await trainMixed(SOFTWARE_STEPS),
    await trainMixed({ ...SOFTWARE_STEPS, ...kernels }),
  ];
  expectLossesClose(losses(actual), losses(expected), 1e-5);
  const norms = (records: typeof actual) => records.map(({ gradientNorm }) => gradientNorm);
  expectLossesClose(norms(actual), norms(expected), 1e-5, 'gradientNorm');
});

test('measuring chooses one of them, and leaves the run that is there as it was, to the bit', async () => {
  const [run, undisturbed] = [await start(), await start()];
  await run.advance(4);
  const told: number[] = [];
  const tuning = await engine.tune(configuration, data, await run.capture(), {
    budget: 20_000,
    progress: ({ done }) => told.push(done),
  });
  const choices = engine.kernelChoices(configuration);
  expect(tuning!.timings.map(({ kernels }) => kernels)).toEqual(choices);
  for (const { milliseconds } of tuning!.timings) expect(milliseconds).toBeGreaterThan(0);
  expect(choices).toContainEqual(tuning!.choice);
  expect(told.at(-1)).toBe(choices.length);
  await run.advance(4);
  await undisturbed.advance(8);
  expectSameBits((await run.capture()).parameters, (await undisturbed.capture()).parameters, 'parameters');
  run.destroy();
  undisturbed.destroy();
});

test('where one choice is left there is nothing to measure', async () => {
  const [kernels] = engine.kernelChoices(configuration);
  const asked = { ...configuration, kernels: kernels! };
  expect(engine.kernelChoices(asked)).toEqual([kernels]);
  await expect(engine.tune(asked, data, initialState(asked))).resolves.toBeNull();
});

test('what cannot be is refused by name', async () => {
  const wrong = { ...configuration, kernels: { recurrence: 'whole' as KernelChoice['recurrence'] } };
  expect(() => engine.kernelChoices(wrong)).toThrow(ConfigurationError);
  const short = { ...initialState(configuration), parameters: new Float32Array(1) };
  await expect(engine.tune(configuration, data, short)).rejects.toThrow(/^state\.parameters: has/);
});

test('a device that is lost meanwhile is an error', async () => {
  const other = await openGpuEngine();
  const tuned = other.tune(configuration, data, initialState(configuration), {
    budget: 20_000,
    progress: ({ done }) => done === 1 && other.destroy(),
  });
  await expect(tuned).rejects.toThrow(DeviceLostError);
});

test('a trainer goes over to other kernels with the same bits, and on from there as they would', async () => {
  const state = initialState(configuration);
  const trainer = new Trainer({
    configuration,
    series: data,
    heldOutStarts: Uint32Array.of(0),
    initial: state,
    iterations: 1000,
    listener: { changed: () => undefined, trained: () => undefined, evaluated: () => undefined },
  });
  await trainer.attach(engine);
  for (let step = 0; step < 3; step += 1) await trainer.step();
  const before = await trainer.use((run) => run.capture());
  const others = { hoisted: true };
  await trainer.choose(others);
  expect(trainer.kernels).toMatchObject(others);
  const after = await trainer.use((run) => run.capture());
  expect(after.iteration).toBe(3);
  expectSameBits(after.parameters, before.parameters, 'parameters');
  expectSameBits(after.optimizerState, before.optimizerState, 'optimiser state');

  const straight = await start({ ...configuration, kernels: others });
  straight.restore(before);
  await straight.advance(2);
  for (let step = 0; step < 2; step += 1) await trainer.step();
  const went = await trainer.use((run) => run.capture());
  expectSameBits(went.parameters, (await straight.capture()).parameters, 'parameters two iterations later');
  trainer.abort();
  straight.destroy();
});
