/** What a run takes of the device's memory: all at the start, nothing while it trains or generates, all given back. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ConfigurationError,
  type GenerationRequest,
  initialState,
  type TrainingRun,
} from '../../gpu/index.ts';
import { LimitError } from '../../gpu/device/errors.ts';
import { PipelineCache } from '../../gpu/kernels/pipeline.ts';
import { WebGpuRun } from '../../gpu/training/webgpu-run.ts';
import { testDevice } from '../support/gpu.ts';
import { smallConfiguration, smallSeries } from '../support/small-run.ts';

/** Buffers made so far, and those of them not yet destroyed. */
const counted = { made: 0, live: new Set<GPUBuffer>() };

let errors: string[] = [];
const listen = (event: Event): void => void errors.push((event as GPUUncapturedErrorEvent).error.message);

beforeEach(async () => {
  const { device } = await testDevice();
  const create = device.createBuffer.bind(device);
  counted.made = 0;
  counted.live.clear();
  errors = [];
  device.addEventListener('uncapturederror', listen);
  vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    counted.made += 1;
    counted.live.add(buffer);
    buffer.destroy = () => {
      counted.live.delete(buffer);
      return destroy();
    };
    return buffer;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  const { device } = await testDevice();
  await device.queue.onSubmittedWorkDone();
  device.removeEventListener('uncapturederror', listen);
  if (errors.length > 0) throw new Error(`The device complained: ${errors.join('\n')}`);
});

async function start(
  configuration = smallConfiguration(),
  series = smallSeries(configuration),
): Promise<TrainingRun> {
  const { device, pipelines } = await testDevice();
  const on = { device, pipelines, family: 'software', latency: 0 } as const;
  return WebGpuRun.create(on, configuration, series, initialState(configuration));
}

function request(randomSeed: number, steps = 12): GenerationRequest {
  const seed = smallSeries(smallConfiguration()).values.slice(0, 20);
  return { seed, steps, mode: 'carried', window: 6, noise: 0.1, draws: 2, randomSeed };
}

/** A reader's minute: several calls at once, as the trainer makes them. */
async function use(run: TrainingRun, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all([
      run.advance(5),
      run.generate(request(round)),
      run.advance(5),
      run.forecast(Uint32Array.of(0, 40)),
      run.capture(),
    ]);
  }
}

test('after warming up, 500 iterations and 50 generated sequences allocate nothing', async () => {
  const run = await start();
  await use(run, 10);
  const { made } = counted;
  expect(made).toBeGreaterThan(30);
  await use(run, 50);
  expect(counted.made).toBe(made);
  expect((await run.capture()).iteration).toBe(600);
  run.destroy();
});

test('profiles leave no buffer, finished or ended', async () => {
  const run = await start();
  await run.advance(5);
  const before = counted.live.size;
  await run.profile({ milliseconds: 1 });
  const ended = run.profile({ milliseconds: 60_000, signal: AbortSignal.timeout(20) });
  await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(counted.live.size).toBe(before);
  run.destroy();
});

test('thirty runs trained and destroyed, idle or busy, leave no buffer', async () => {
  for (let cycle = 0; cycle < 30; cycle += 1) {
    const run = await start();
    await use(run, 1);
    // Whatever is under way when the run is destroyed is heard of, in its result or as an error.
    const busy =
      cycle % 2 === 0
        ? []
        : [run.advance(40), run.generate(request(1, 13)), run.forecast(Uint32Array.of(1)), run.capture()];
    run.destroy();
    await Promise.allSettled(busy);
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect([...counted.live].map(({ label }) => label)).toEqual([]);
});

test('generators of many lengths: only the last few are kept', async () => {
  const run = await start();
  const lengths = [3, 4, 5, 6, 7, 8];
  await Promise.all(lengths.map((steps) => run.generate(request(0, steps))));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect([...counted.live].filter(({ label }) => label === 'generator.sequence')).toHaveLength(4);
  run.destroy();
});

describe('a run that cannot be', () => {
  test('a kernel that does not compile fails what needs it, and leaves no buffer', async () => {
    const { device } = await testDevice();
    const broken = new PipelineCache(device);
    vi.spyOn(broken, 'compile').mockRejectedValue(new Error('no such kernel'));
    const configuration = smallConfiguration();
    const on = { device, pipelines: broken, family: 'software', latency: 0 } as const;
    const run = await WebGpuRun.create(
      on,
      configuration,
      smallSeries(configuration),
      initialState(configuration),
    );
    await expect(run.advance(1)).rejects.toThrow('no such kernel');
    await expect(run.generate(request(0, 3))).rejects.toThrow('no such kernel');
    await expect(run.forecast(Uint32Array.of(0))).rejects.toThrow('no such kernel');
    run.destroy();
    expect([...counted.live]).toEqual([]);
  });

  test('too many rows for a dispatch are an error that names the limit', async () => {
    const configuration = smallConfiguration({ batchSize: 1_700_000, sequenceLength: 1 });
    await expect(start(configuration)).rejects.toThrow(LimitError);
    await expect(start(configuration)).rejects.toThrow(/maxComputeWorkgroupsPerDimension = 65535/);
    expect([...counted.live]).toEqual([]);
  });
});

test('the shortest series, two values, trains and is replaced by as many', async () => {
  const configuration = smallConfiguration({ sequenceLength: 1 });
  const series = { values: Float32Array.of(0.5, -0.5), features: 1, trainingStarts: Uint32Array.of(0) };
  const run = await start(configuration, series);
  expect(await run.advance(2)).toHaveLength(2);
  run.setSeries(Float32Array.of(1, 2));
  expect(() => run.setSeries(new Float32Array(4))).toThrow(ConfigurationError);
  await expect(run.forecast(Uint32Array.of(1))).rejects.toThrow(
    /^forecast\.starts: holds 1; allowed: up to 0/,
  );
  run.destroy();
});
