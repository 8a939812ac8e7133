/** Which kernels a run takes, from the setting to what the page is told: on an engine that has kernels in name only. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { experimentSettings, type ExperimentSettings } from '../../../app/notebook/schema.ts';
import type { RunReport } from '../../../app/worker/protocol.ts';
import { WorkerRuntime } from '../../../app/worker/runtime.ts';
import { emptyView, isTraining, nextView, type RunView } from '../../../app/worker/views.ts';
import {
  type BuiltConfiguration,
  type Engine,
  type KernelChoice,
  loadCheckpoint,
  openReferenceEngine,
  OutOfMemoryError,
  saveCheckpoint,
  type TuneOptions,
  type Tuning,
} from '../../../gpu/index.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const KEY = 'predict#train';
const steps: KernelChoice = HARDWARE_STEPS;
const sequence: KernelChoice = { ...steps, recurrence: 'sequence' };
const hoisted: KernelChoice = { ...steps, hoisted: true };

function settings(train: Partial<ExperimentSettings['train']> = {}, hidden = 5): ExperimentSettings {
  return experimentSettings.parse({
    data: { source: 'sine-mix' },
    model: { cell: 'rnn', hidden },
    train: { batch: 4, window: 8, rate: 0.01, iterations: 1e6, seed: 3, ...train },
  });
}

/** The reference under the names of kernels. A measurement waits until it is `finish`ed. */
class NamedKernels {
  readonly engine: Engine;
  /** Those of every run made, in order. */
  readonly runs: KernelChoice[] = [];
  tuned = 0;
  signal: AbortSignal | undefined;
  finish: (winner: KernelChoice) => void = () => undefined;

  constructor(label = 'fake · gpu') {
    const reference = openReferenceEngine();
    this.engine = {
      ...reference,
      description: { ...reference.description, kind: 'webgpu', label },
      kernelChoices,
      createRun: async (configuration, data, state) => {
        const run = await reference.createRun(configuration, data, state);
        const [kernels] = kernelChoices(configuration);
        this.runs.push(kernels!);
        const built: BuiltConfiguration = { ...configuration, kernels: kernels! };
        return Object.assign(run, {
          configuration: built,
          cost: { ...run.cost, kernels: kernelCosts(kernels!) },
        });
      },
      tune: async (configuration, _data, _state, options: TuneOptions = {}): Promise<Tuning | null> => {
        const choices = kernelChoices(configuration);
        this.tuned += 1;
        this.signal = options.signal;
        options.progress?.({ done: 1, of: choices.length });
        const choice = await new Promise<KernelChoice>((resolve, reject) => {
          this.finish = resolve;
          options.signal?.addEventListener('abort', () => reject(options.signal!.reason as Error));
        });
        return { choice, timings: choices.map((kernels, index) => ({ kernels, milliseconds: 1 + index })) };
      },
    };
  }
}

const kernelChoices: Engine['kernelChoices'] = ({ kernels = {} }) => {
  const all = [steps, sequence, hoisted].map((choice) => ({ ...choice, ...kernels }));
  return all.filter((choice, at) => all.findIndex((known) => same(known, choice)) === at);
};

function same(one: KernelChoice, other: KernelChoice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** As a GPU would count them. */
function kernelCosts({ recurrence }: KernelChoice) {
  const kernel = recurrence === 'sequence' ? 'forward_sequence.rnn' : 'forward_step.rnn';
  return [{ part: 'forward', kernel, dispatches: 1, operations: 0, bytes: 0 }] as const;
}

/** A runtime whose engines these are, one after the other. */
async function start(...engines: NamedKernels[]) {
  let view: RunView = emptyView(KEY);
  const statuses: string[] = [];
  let opened = 0;
  const runtime = new WorkerRuntime(async () => ({ engine: engines[opened++]!.engine, notice: '' }));
  const run = (report: RunReport) => {
    view = nextView(view, structuredClone(report));
    if (statuses.at(-1) !== view.status) statuses.push(view.status);
  };
  await runtime.open({ device: () => undefined, run }, 'https://page.example/');
  running.push(runtime);
  const until = (what: (view: RunView) => boolean) =>
    vi.waitFor(() => expect(what(view)).toBe(true), { timeout: 5000, interval: 5 });
  return { runtime, view: () => view, until, statuses };
}

/** None twice: reports leave some out. */
function expectAscending(iterations: readonly number[]): void {
  expect(iterations.length).toBeGreaterThan(5);
  iterations.slice(1).forEach((iteration, at) => expect(iteration).toBeGreaterThan(iterations[at]!));
}

const running: WorkerRuntime[] = [];
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.pause(KEY).catch(() => undefined);
});

describe('the first Play', () => {
  it('measures, trains on with the fastest, and later ones do not measure again', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    expect(view().kernels).toMatchObject({ choice: steps, why: 'default', choices: 3, timings: [] });
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    expect([isTraining(view()), view().iteration, view().kernels.measuring!.of]).toEqual([true, 0, 3]);
    gpu.finish(sequence);
    await played;
    await until(({ iteration }) => iteration > 3);
    expect(view().kernels).toMatchObject({ choice: sequence, why: 'measured', measuring: null });
    expect(view().kernels.timings.map(({ milliseconds }) => milliseconds)).toEqual([1, 2, 3]);
    await runtime.pause(KEY);
    await runtime.play(KEY);
    await runtime.reset(KEY);
    await runtime.play(KEY);
    expect(gpu.tuned).toBe(1);
    expect(gpu.runs).toEqual([steps, sequence]);
  });

  it('of another shape measures anew, of one that was measured takes what it was at once', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    const play = async (winner: KernelChoice | null) => {
      const played = runtime.play(KEY);
      if (winner) {
        await until(({ kernels }) => kernels.measuring?.done === 1);
        gpu.finish(winner);
      }
      await played;
      await until(({ iteration }) => iteration > 0);
      return view().kernels.choice;
    };
    await runtime.prepare(KEY, settings());
    expect(await play(sequence)).toEqual(sequence);
    await runtime.prepare(KEY, settings({}, 6));
    expect(view().kernels.choice).toEqual(steps);
    expect(await play(hoisted)).toEqual(hoisted);
    await runtime.prepare(KEY, settings({ rate: 0.5, seed: 9, optimizer: 'sgd' }));
    expect(view().kernels).toMatchObject({ choice: sequence, why: 'measured' });
    expect(await play(null)).toEqual(sequence);
    expect(gpu.tuned).toBe(2);
  });

  it('is given up by Pause, at once; the next one measures', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    await runtime.pause(KEY);
    await played;
    expect(gpu.signal!.aborted).toBe(true);
    expect([isTraining(view()), view().kernels.measuring]).toEqual([false, null]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(view().iteration).toBe(0);
    const again = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    gpu.finish(steps);
    await again;
    await until(({ iteration }) => iteration > 0);
    expect(view().kernels).toMatchObject({ choice: steps, why: 'measured' });
  });

  it.each(['step', 'reset'] as const)('is given up by %s', async (action) => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    await runtime[action](KEY);
    await played;
    await until(({ status }) => status === 'idle');
    expect(view().iteration).toBe(action === 'step' ? 1 : 0);
    expect(view().kernels.measuring).toBeNull();
  });

  it('of a run that is built anew meanwhile leaves the new one at rest', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    await runtime.prepare(KEY, settings({ window: 6 }));
    await played;
    expect(gpu.signal!.aborted).toBe(true);
    expect(view()).toMatchObject({ status: 'idle', iteration: 0, attempt: 2 });
  });

  it('of the reference only trains', async () => {
    let view = emptyView(KEY);
    const runtime = new WorkerRuntime(async () => ({ engine: openReferenceEngine(), notice: '' }));
    const run = (report: RunReport) => void (view = nextView(view, report));
    await runtime.open({ device: () => undefined, run }, 'https://page.example/');
    running.push(runtime);
    await runtime.prepare(KEY, settings());
    await runtime.play(KEY);
    await vi.waitFor(() => expect(view.iteration).toBeGreaterThan(0));
    expect(view.kernels).toMatchObject({ choice: null, choices: 0, timings: [] });
  });
});

describe('measuring again', () => {
  it('stops training meanwhile, and goes on with the fastest', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    gpu.finish(sequence);
    await played;
    await until(({ iteration }) => iteration > 3);
    const measured = runtime.measureKernels(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    const { iteration } = view();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(view().iteration).toBe(iteration);
    expect(view().status).toBe('running');
    gpu.finish(hoisted);
    await measured;
    await until((now) => now.iteration > iteration);
    expect(view().kernels).toMatchObject({ choice: hoisted, why: 'measured' });
    expectAscending(view().history.iterations);
  });

  it('at rest leaves it at rest', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const measured = runtime.measureKernels(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    gpu.finish(sequence);
    await measured;
    expect(view()).toMatchObject({ status: 'idle', iteration: 0, kernels: { choice: sequence } });
  });
});

describe('kernels that the reader sets', () => {
  it('are taken from the first iteration on, and nothing is measured', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings({ kernels: 'hoisted' }));
    const set = { ...hoisted, continuation: 'steps' } as const;
    expect(view().kernels).toMatchObject({ choice: set, why: 'set' });
    await runtime.play(KEY);
    await until(({ iteration }) => iteration > 0);
    expect([gpu.tuned, gpu.runs]).toEqual([0, [set]]);
  });

  it('are gone over to while it trains: the same attempt, no iteration twice', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until, statuses } = await start(gpu);
    await runtime.prepare(KEY, settings({ kernels: 'steps' }));
    await runtime.play(KEY);
    await until(({ iteration }) => iteration > 5);
    await runtime.setKernels(KEY, 'sequence');
    const { iteration } = view();
    await until((now) => now.iteration > iteration + 5);
    expect(view()).toMatchObject({ attempt: 1, kernels: { choice: sequence, why: 'set', unsuited: false } });
    expectAscending(view().history.iterations);
    expect(statuses).toEqual(['idle', 'running']);
  });

  it('while they are being measured end that, and it trains', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const played = runtime.play(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    await runtime.setKernels(KEY, 'sequence');
    await played;
    await until(({ iteration }) => iteration > 0);
    expect(view().kernels).toMatchObject({ choice: sequence, why: 'set', measuring: null });
  });

  it('and left to the page again are those that were measured', async () => {
    const gpu = new NamedKernels();
    const { runtime, view, until } = await start(gpu);
    await runtime.prepare(KEY, settings());
    const measured = runtime.measureKernels(KEY);
    await until(({ kernels }) => kernels.measuring?.done === 1);
    gpu.finish(sequence);
    await measured;
    await runtime.setKernels(KEY, 'steps');
    expect(view().kernels).toMatchObject({ choice: { ...steps, continuation: 'steps' }, why: 'set' });
    await runtime.setKernels(KEY, 'automatic');
    expect(view().kernels).toMatchObject({ choice: sequence, why: 'measured' });
    expect(gpu.tuned).toBe(1);
  });

  it('that do not fit are refused, and the run stays as it was', async () => {
    const gpu = new NamedKernels();
    const { runtime, view } = await start(gpu);
    await runtime.prepare(KEY, settings());
    vi.spyOn(gpu.engine, 'createRun').mockRejectedValueOnce(new OutOfMemoryError(9, 'The run', ''));
    await expect(runtime.setKernels(KEY, 'sequence')).rejects.toThrow('The run wants 9 bytes');
    expect(view().kernels).toMatchObject({ choice: steps, why: 'default' });
    await runtime.setKernels(KEY, 'sequence');
    expect(view().kernels).toMatchObject({ choice: sequence, why: 'set' });
  });

  it('as whole sequences, of layers that are too large, are said to be steps', async () => {
    const gpu = new NamedKernels();
    const { runtime, view } = await start(gpu);
    const createRun = gpu.engine.createRun.bind(gpu.engine);
    vi.spyOn(gpu.engine, 'createRun').mockImplementation(async (...given) =>
      Object.assign(await createRun(...given), {
        cost: { parameters: 1, bytes: 1, dispatchesPerIteration: 1, kernels: kernelCosts(steps) },
      }),
    );
    await runtime.prepare(KEY, settings({ kernels: 'sequence' }));
    expect(view().kernels).toMatchObject({ choice: steps, why: 'set', unsuited: true });
  });
});

describe('a saved run', () => {
  it('holds the whole choice, whoever made it', async () => {
    const { runtime } = await start(new NamedKernels());
    await runtime.prepare(KEY, settings());
    expect(loadCheckpoint(await runtime.save(KEY)).configuration.kernels).toEqual(steps);
    await runtime.setKernels(KEY, 'sequence');
    expect(loadCheckpoint(await runtime.save(KEY)).configuration.kernels).toEqual(sequence);
  });

  it('loaded where others run is said to be of others; a file that names none is not', async () => {
    const { runtime } = await start(new NamedKernels());
    await runtime.prepare(KEY, settings());
    const file = await runtime.save(KEY);
    expect((await runtime.load(KEY, file)).otherKernels).toBeNull();
    await runtime.setKernels(KEY, 'sequence');
    expect((await runtime.load(KEY, file)).otherKernels).toEqual({ saved: steps, here: sequence });
    // Only continuations are others.
    await runtime.setKernels(KEY, 'steps');
    expect((await runtime.load(KEY, file)).otherKernels).toBeNull();
    const { configuration, ...rest } = loadCheckpoint(file);
    const { kernels: _, ...unnamed } = configuration;
    const without = saveCheckpoint({ ...rest, configuration: unnamed });
    expect((await runtime.load(KEY, without)).otherKernels).toBeNull();
  });

  it('of the reference names none', async () => {
    const runtime = new WorkerRuntime(async () => ({ engine: openReferenceEngine(), notice: '' }));
    await runtime.open({ device: () => undefined, run: () => undefined }, 'https://page.example/');
    await runtime.prepare(KEY, settings({ kernels: 'sequence' }));
    expect(loadCheckpoint(await runtime.save(KEY)).configuration).not.toHaveProperty('kernels');
  });
});
