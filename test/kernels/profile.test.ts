/** A profile says of every kernel what it does and takes, and a profiled run goes on as if nothing had been. */
import { describe, expect, test, vi } from 'vitest';
import {
  compareKernels,
  initialState,
  kernelsToCompare,
  openEngine,
  type RunConfiguration,
  type StreamSet,
  type TrainingData,
  type TrainingRun,
} from '../../gpu/index.ts';
import { Timestamps } from '../../gpu/device/timestamps.ts';
import { WebGpuRun } from '../../gpu/training/webgpu-run.ts';
import { testDevice } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';
import { smallConfiguration, smallSeries } from '../support/small-run.ts';

const SHORT = { milliseconds: 5 };

async function start(configuration: RunConfiguration, data: TrainingData): Promise<TrainingRun> {
  const { device, pipelines } = await testDevice();
  const on = { device, pipelines, family: 'software', latency: 0 } as const;
  return WebGpuRun.create(on, configuration, data, initialState(configuration));
}

const windows = smallConfiguration();

/** Streams, whose states are carried from window to window. */
function streams({ training }: RunConfiguration): StreamSet {
  const random = new RandomSource(3);
  const [steps, count] = [3 * training.sequenceLength, training.batchSize];
  return {
    kind: 'streams',
    count,
    steps,
    inputs: random.normals(steps * count),
    targets: random.normals(steps * count),
  };
}

const CLOCKS = ['device', 'host'] as const;

/** As on a device without a clock to read. */
function readBy(clock: (typeof CLOCKS)[number]): void {
  if (clock === 'host') vi.spyOn(Timestamps, 'of').mockReturnValue(null);
}

describe.each(CLOCKS)('by the clock of the %s', (clock) => {
  test('every kernel of the plan is in the profile, with all its dispatches', async () => {
    readBy(clock);
    const run = await start(windows, smallSeries(windows));
    const shares: number[] = [];
    const profile = (await run.profile({ ...SHORT, progress: (share) => shares.push(share) }))!;
    vi.restoreAllMocks();
    expect(profile.clock).toBe(clock);
    expect(profile.kernels).toMatchObject(run.cost.kernels);
    expect(profile.kernels).toHaveLength(run.cost.kernels.length);
    const dispatches = profile.kernels.reduce((sum, kernel) => sum + kernel.dispatches, 0);
    expect(dispatches).toBe(run.cost.dispatchesPerIteration);
    expect(profile.kernels.every(({ microseconds }) => microseconds >= 0)).toBe(true);
    const together = profile.kernels.reduce((sum, { microseconds }) => sum + microseconds, 0);
    expect(together).toBeGreaterThan(0);
    expect(profile.microseconds).toBeGreaterThan(0);
    expect(profile.deviceMicroseconds).toBeGreaterThan(0);
    expect(profile.submissionsPerIteration).toBeGreaterThan(0);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    run.destroy();
  });

  test.each([
    ['windows', windows, smallSeries(windows)],
    ['streams', windows, streams(windows)],
    ['recomputed windows', smallConfiguration({ keepEvery: 2 }), smallSeries(windows)],
  ] as const)(
    '%s: training goes on bit for bit, whatever else is asked for',
    async (_, configuration, data) => {
      readBy(clock);
      const [plain, profiled] = [await start(configuration, data), await start(configuration, data)];
      const expected = [await plain.advance(3), await plain.advance(3)];
      const between = await profiled.advance(3);
      const profile = profiled.profile(SHORT);
      // Asked for while it measures: training waits, a copy of the state does not, and neither sees anything of it.
      const captured = await profiled.capture();
      const after = profiled.advance(3);
      await profile;
      expect([between, await after]).toEqual(expected);
      expect(captured.iteration).toBe(3);
      expect(await profiled.capture()).toEqual(await plain.capture());
      vi.restoreAllMocks();
      plain.destroy();
      profiled.destroy();
    },
  );
});

test('it ends when it is told to, with the reason, and training goes on', async () => {
  const run = await start(windows, smallSeries(windows));
  const stopped = new AbortController();
  const profile = run.profile({ milliseconds: 60_000, signal: stopped.signal });
  const trained = run.advance(2);
  await run.capture();
  stopped.abort(new Error('Enough.'));
  await expect(profile).rejects.toThrow('Enough.');
  expect((await trained).map(({ iteration }) => iteration)).toEqual([1, 2]);
  await expect(run.profile({ signal: stopped.signal })).rejects.toThrow('Enough.');
  run.destroy();
});

test('a run that is closed ends it', async () => {
  const run = await start(windows, smallSeries(windows));
  const profile = run.profile({ milliseconds: 60_000 });
  await run.capture();
  run.destroy();
  await expect(profile).rejects.toThrow('The run was closed.');
  await expect(run.profile()).rejects.toThrow('The run was closed.');
});

test.each([0, -1, Infinity, NaN])('%d milliseconds are refused by name', async (milliseconds) => {
  const run = await start(windows, smallSeries(windows));
  await expect(run.profile({ milliseconds })).rejects.toMatchObject({
    name: 'ConfigurationError',
    field: 'profile.milliseconds',
  });
  run.destroy();
});

test('kernels are compared as they were planned, on runs that are given back', async () => {
  const { engine } = await openEngine();
  const series = smallSeries(windows);
  const [kernels] = engine.kernelChoices(windows);
  const planned = kernelsToCompare({ ...windows, kernels: kernels! }, series);
  expect(planned.length).toBeGreaterThan(1);
  const compared = planned.map((plan) => plan.kernels);
  const profiles = await compareKernels(engine, windows, series, initialState(windows), compared);
  expect(profiles).toMatchObject(planned.map(({ cost }) => ({ kernels: cost.kernels })));
  expect(profiles.every(({ microseconds }) => microseconds > 0)).toBe(true);
  for (const plan of planned) {
    const asked = { ...windows, kernels: plan.kernels };
    const run = await engine.createRun(asked, series, initialState(windows));
    expect(run.cost).toEqual(plan.cost);
    run.destroy();
  }
  engine.destroy();
});
