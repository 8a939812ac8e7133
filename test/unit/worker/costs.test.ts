/** What the worker says of an iteration's cost, on an engine whose runs say that they have kernels. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { experimentSettings } from '../../../app/notebook/schema.ts';
import type { RunReport } from '../../../app/worker/protocol.ts';
import { WorkerRuntime } from '../../../app/worker/runtime.ts';
import {
  type BuiltConfiguration,
  type Engine,
  type KernelChoice,
  openReferenceEngine,
  OutOfMemoryError,
  type Profile,
  type TrainingRun,
} from '../../../gpu/index.ts';
import { plannedCost } from '../../../gpu/training/planned.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const KEY = 'predict#train';
const STEPS: KernelChoice = HARDWARE_STEPS;

const settings = experimentSettings.parse({
  data: { source: 'sine-mix' },
  model: { cell: 'rnn', hidden: 5 },
  train: { batch: 4, window: 8, rate: 0.01, iterations: 100_000, seed: 3 },
});

/** Called where a run is profiled, with the iterations that train at that moment. */
type Profiled = (training: number) => Promise<void>;

/** The reference engine, whose runs take kernels and can be profiled. */
function engineWithKernels(own: KernelChoice, profiled: Profiled): Engine {
  let training = 0;
  const engine = openReferenceEngine();
  const { createRun } = engine;
  return {
    ...engine,
    kernelChoices: () => [own],
    ceiling: async () => ({ gigaflops: 2, gigabytes: 5 }),
    async createRun(asked, data, state) {
      const configuration: Required<BuiltConfiguration> = { ...asked, kernels: { ...own, ...asked.kernels } };
      const run = await createRun(asked, data, state);
      const cost = plannedCost(configuration, data);
      const profile: TrainingRun['profile'] = async ({ signal } = {}): Promise<Profile> => {
        await profiled(training);
        signal?.throwIfAborted();
        return {
          microseconds: 500,
          deviceMicroseconds: 400,
          clock: 'device',
          submissionsPerIteration: 0.5,
          kernels: cost.kernels.map((kernel) => ({ ...kernel, microseconds: 2 * kernel.dispatches })),
        };
      };
      const train = run.advance.bind(run);
      const advance: TrainingRun['advance'] = async (iterations) => {
        training += iterations;
        try {
          return await train(iterations);
        } finally {
          training -= iterations;
        }
      };
      return Object.assign(run, { configuration, cost, profile, advance });
    },
  };
}

async function start(own = STEPS, profiled: Profiled = async () => undefined) {
  const runtime = new WorkerRuntime(async () => ({ engine: engineWithKernels(own, profiled), notice: '' }));
  const seen = { iteration: 0, status: '' };
  const run = ({ iteration, status }: RunReport): void => void Object.assign(seen, { iteration, status });
  await runtime.open({ device: () => undefined, run }, 'https://page.example/');
  await runtime.prepare(KEY, settings);
  opened.push(runtime);
  return { runtime, seen };
}

const opened: WorkerRuntime[] = [];
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.pause(KEY);
});

describe('planned', () => {
  it('is what follows from the shapes, with nothing measured', async () => {
    const { runtime } = await start();
    const report = (await runtime.planCosts(KEY))!;
    expect(report).toMatchObject({ timeSteps: 8, ceiling: null });
    expect(report.rows.length).toBeGreaterThan(1);
    const taken = report.rows.filter((row) => row.taken);
    expect(taken.map(({ kind }) => kind)).toEqual(['steps']);
    for (const { parts, dispatches, measured, operations, moved, bytes } of report.rows) {
      expect(measured).toBeNull();
      expect(parts.reduce((sum, part) => sum + part.dispatches, 0)).toBe(dispatches);
      expect(parts.every(({ microseconds }) => microseconds === null)).toBe(true);
      expect(Math.min(operations, moved, bytes)).toBeGreaterThan(0);
    }
    expect(structuredClone(report)).toEqual(report);
  });

  it('of the reference engine there is nothing, measured neither', async () => {
    const runtime = new WorkerRuntime(async () => ({ engine: openReferenceEngine(), notice: '' }));
    await runtime.open({ device: () => undefined, run: () => undefined }, 'https://page.example/');
    await runtime.prepare(KEY, settings);
    expect(await runtime.planCosts(KEY)).toBeNull();
    expect(await runtime.measureCosts(KEY, () => undefined)).toBeNull();
  });
});

describe('measured', () => {
  it('adds times, by part too, and the ceiling to the plan', async () => {
    const { runtime } = await start({ ...STEPS, recurrence: 'sequence' });
    const planned = (await runtime.planCosts(KEY))!;
    const shares: number[] = [];
    const report = (await runtime.measureCosts(KEY, (share) => shares.push(share)))!;
    expect(shares.at(-1)).toBe(1);
    expect(report.ceiling).toEqual({ gigaflops: 2, gigabytes: 5 });
    expect(report.rows.find(({ taken }) => taken)?.kind).toBe('sequence');
    report.rows.forEach((row, index) => {
      const plan = planned.rows[index]!;
      expect({ ...row, measured: null, parts: plan.parts }).toEqual(plan);
      const times = {
        microseconds: 500,
        deviceMicroseconds: 400,
        clock: 'device',
        submissions: 0.5,
        difference: 0,
      };
      expect(row.measured).toEqual(times);
      expect(row.parts).toEqual(plan.parts.map((part) => ({ ...part, microseconds: 2 * part.dispatches })));
    });
    expect(structuredClone(report)).toEqual(report);
  });

  it('waits for training, which waits for it and then goes on', async () => {
    const during: number[] = [];
    const { runtime, seen } = await start(STEPS, async (training) => {
      during.push(training);
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await runtime.play(KEY);
    await vi.waitFor(() => expect(seen.iteration).toBeGreaterThan(5));
    await runtime.measureCosts(KEY, () => undefined);
    expect(new Set(during)).toEqual(new Set([0]));
    expect(seen.status).toBe('running');
    const { iteration } = seen;
    await vi.waitFor(() => expect(seen.iteration).toBeGreaterThan(iteration + 5));
  });

  it('ends when it is stopped, and for the next one', async () => {
    const waiting: (() => void)[] = [];
    const { runtime } = await start(STEPS, () => new Promise((resolve) => waiting.push(resolve)));
    const first = runtime.measureCosts(KEY, () => undefined);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const second = runtime.measureCosts(KEY, () => undefined);
    waiting.shift()!();
    expect(await first).toBeNull();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    await runtime.stopMeasuring();
    waiting.shift()!();
    expect(await second).toBeNull();
  });

  it('that fails says why, and training goes on', async () => {
    const { runtime, seen } = await start(STEPS, async () => {
      throw new OutOfMemoryError(1e9, 'The run', 'Close other pages.');
    });
    await runtime.play(KEY);
    await expect(runtime.measureCosts(KEY, () => undefined)).rejects.toThrow(/wants 1,000,000,000 bytes/);
    const { iteration } = seen;
    await vi.waitFor(() => expect(seen.iteration).toBeGreaterThan(iteration + 5));
  });
});
