import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunReport } from '../../../app/worker/protocol.ts';
import { WorkerRuntime } from '../../../app/worker/runtime.ts';
import { emptyView, nextView, type RunView } from '../../../app/worker/views.ts';
import { experimentSettings, type ExperimentSettings } from '../../../app/notebook/schema.ts';
import {
  type GenerationRequest,
  loadCheckpoint,
  openReferenceEngine,
  saveCheckpoint,
  type TrainingRun,
} from '../../../gpu/index.ts';

const KEY = 'predict#train';

function settings(
  train: Partial<ExperimentSettings['train']> = {},
  data: Partial<ExperimentSettings['data']> = {},
): ExperimentSettings {
  return experimentSettings.parse({
    data: { source: 'sine-mix', ...data },
    model: { cell: 'rnn', hidden: 5 },
    train: { batch: 4, window: 8, rate: 0.01, iterations: 40, seed: 3, ...train },
  });
}

/** The clean series that the settings ask for. */
function sineMix(index: number): number {
  const t = index / 10;
  return (t * Math.sin(t)) / 3 + 2 * Math.sin(5 * t);
}

/** A runtime on the reference engine, and what the page would know of its run. */
function start() {
  const reports: RunReport[] = [];
  const times: number[] = [];
  let view: RunView = emptyView(KEY);
  const runtime = new WorkerRuntime(async () => ({ engine: openReferenceEngine(), notice: 'No adapter.' }));
  const listener = {
    device: () => undefined,
    run: (report: RunReport) => {
      reports.push(structuredClone(report));
      times.push(performance.now());
      view = nextView(view, report);
    },
  };
  const opened = runtime.open(listener, 'https://page.example/unroll/');
  const until = (what: (view: RunView) => boolean) =>
    vi.waitFor(() => expect(what(view)).toBe(true), { timeout: 5000, interval: 5 });
  return { runtime, opened, reports, times, view: () => view, until };
}

/** A runtime whose every run is shown to `watch` when it is made. */
function watched(watch: (run: TrainingRun) => void): WorkerRuntime {
  return new WorkerRuntime(async () => {
    const engine = openReferenceEngine();
    const createRun = engine.createRun.bind(engine);
    engine.createRun = async (...run) => {
      const made = await createRun(...run);
      watch(made);
      return made;
    };
    return { engine, notice: '' };
  });
}

let page: ReturnType<typeof start>;
beforeEach(() => {
  page = start();
});
afterEach(async () => {
  await page.runtime.pause(KEY).catch(() => undefined);
  vi.unstubAllGlobals();
});

const request = { steps: 6, mode: 'carried', noise: 0, draws: 1, randomSeed: 1 } as const;

describe('opening', () => {
  it('tells which engine runs, and why it is no GPU', async () => {
    const report = await page.opened;
    expect(report.engine.kind).toBe('reference');
    expect(report.notice).toBe('No adapter.');
    expect(structuredClone(report)).toEqual(report);
  });

  it('a call made before it waits', async () => {
    const runtime = new WorkerRuntime(async () => ({ engine: openReferenceEngine(), notice: '' }));
    const prepared = runtime.prepare(KEY, settings());
    await runtime.open({ device: () => undefined, run: () => undefined }, 'https://page.example/');
    expect((await prepared).length).toBe(301);
  });
});

describe('prepare', () => {
  it('gives the series, and shows what the network says untrained', async () => {
    const summary = await page.runtime.prepare(KEY, settings());
    expect(summary.length).toBe(301);
    expect(summary.trainingWindows).toBeGreaterThan(100);
    await page.until((view) => view.forecast !== null && view.heldOutError !== null);
    const view = page.view();
    expect(view).toMatchObject({ status: 'idle', iteration: 0, iterationsAsked: 40, attempt: 1 });
    expect(view.parameters).toBe((1 + 5) * 5 + 5 + 5 + 1);
    expect(view.forecast!.teacherForced).toHaveLength(8);
    expect(view.persistenceError!.all).toBeGreaterThan(0);
  });

  it('keeps a run that differs in live settings alone, and applies them', async () => {
    await page.runtime.prepare(KEY, settings());
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    const { mean } = await page.runtime.prepare(KEY, settings({ rate: 0.5 }, { noise: 0.3 }));
    expect(page.view()).toMatchObject({ iteration: 1, attempt: 1 });
    const saved = loadCheckpoint(await page.runtime.save(KEY));
    expect(saved.configuration.training.optimizer.learningRate).toBe(0.5);
    expect(saved.normalisation.mean).toBe(mean);
  });

  it('rebuilds where more differs, and remembers the losses', async () => {
    await page.runtime.prepare(KEY, settings());
    await page.runtime.step(KEY);
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 2);
    await page.runtime.prepare(KEY, settings({ window: 6 }));
    await page.until((view) => view.attempt === 2);
    expect(page.view().iteration).toBe(0);
    expect(page.view().earlier.map(({ losses }) => losses.length)).toEqual([2]);
    await page.until((view) => view.forecast?.teacherForced.length === 6);
  });

  it('leaves the run as it is where the new settings cannot be', async () => {
    await page.runtime.prepare(KEY, settings());
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    await expect(page.runtime.prepare(KEY, settings({ window: 100 }))).rejects.toMatchObject({
      name: 'SeriesError',
      field: 'window',
    });
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 2);
    expect(page.view().attempt).toBe(1);
  });

  it('gives back the memory of a run that it replaces', async () => {
    const destroyed: number[] = [];
    let made = 0;
    const runtime = watched((run) => {
      const number = ++made;
      vi.spyOn(run, 'destroy').mockImplementation(() => void destroyed.push(number));
    });
    await runtime.open({ device: () => undefined, run: () => undefined }, 'https://page.example/');
    await runtime.prepare(KEY, settings());
    await runtime.prepare(KEY, settings({ window: 6 }));
    expect(destroyed).toEqual([1]);
  });

  it.each(['rnn', 'lstm', 'gru'] as const)('builds and trains a stack of %s', async (cell) => {
    const G = { rnn: 1, lstm: 4, gru: 3 }[cell];
    const second = cell === 'gru' ? 5 : 0; // the second bias of n
    const model = { ...settings().model, cell, layers: 2 };
    await page.runtime.prepare(KEY, { ...settings(), model });
    await page.runtime.play(KEY);
    await page.until((view) => view.status === 'finished');
    const layer = (inputs: number) => (inputs + 5) * 5 * G + 5 * G + second;
    expect(page.view().parameters).toBe(layer(1) + layer(5) + 5 + 1);
    const { losses } = page.view().history;
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  it('drops in training only', async () => {
    const model = { ...settings().model, dropout: 0.5 };
    await page.runtime.prepare(KEY, { ...settings(), model });
    await page.until((view) => view.forecast !== null);
    const { teacherForced } = page.view().forecast!;
    const first = [...teacherForced];
    await page.runtime.prepare(KEY, settings());
    await page.until((view) => view.attempt === 2 && view.forecast !== null);
    expect([...page.view().forecast!.teacherForced]).toEqual(first);
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    const whole = page.view().history.losses[0];
    await page.runtime.prepare(KEY, { ...settings(), model });
    await page.runtime.step(KEY);
    await page.until((view) => view.attempt === 3 && view.iteration === 1);
    expect(page.view().history.losses[0]).not.toBe(whole);
  });

  it('says which series there are where there is none of that name', async () => {
    await expect(page.runtime.prepare(KEY, settings({}, { source: 'nonsense' }))).rejects.toMatchObject({
      name: 'ConfigurationError',
      field: 'data.source',
      message: expect.stringMatching(/no series "nonsense"; there are sine-mix/),
    });
    await expect(page.runtime.prepare(KEY, settings({}, { source: 'file:a.csv' }))).rejects.toThrow(
      /choose it again/,
    );
    await expect(page.runtime.prepare(KEY, settings({}, { source: 'toString' }))).rejects.toThrow(
      /no series "toString"/,
    );
  });

  it('takes the last of several settings given in a hurry', async () => {
    const all = await Promise.all(
      [4, 5, 6, 7].map((window) => page.runtime.prepare(KEY, settings({ window }))),
    );
    expect(new Set(all.map(({ heldOutWindows }) => heldOutWindows)).size).toBe(4);
    await page.until((view) => view.forecast?.teacherForced.length === 7);
  });
});

describe('training', () => {
  it('plays to the end, and every loss of a short run arrives', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 90 }));
    await page.runtime.play(KEY);
    await page.until((view) => view.status === 'finished');
    const { history, iteration, iterationsPerSecond } = page.view();
    expect(iteration).toBe(90);
    expect(history.iterations).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
    expect(iterationsPerSecond).toBeGreaterThan(0);
  });

  it('brings the held-out error below that of persistence', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 400 }));
    await page.runtime.play(KEY);
    await page.until((view) => view.status === 'finished');
    await vi.waitFor(() => {
      const { heldOutError, persistenceError } = page.view();
      expect(heldOutError!.late).toBeLessThan(persistenceError!.late);
    });
  });

  it('reports ten times a second at most, apart from changes of status', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 1e6 }));
    await page.runtime.play(KEY);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await page.runtime.pause(KEY);
    const running = page.times.filter((_, i) => page.reports[i]!.status === 'running');
    expect(running.length).toBeGreaterThan(5);
    expect(running.length).toBeLessThanOrEqual(14);
    expect(page.reports.every(({ newIterations }) => newIterations.length <= 100)).toBe(true);
  });

  it('pauses, resets and follows the same path again', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 1e6 }));
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    await page.runtime.play(KEY);
    await page.until((view) => view.iteration > 20);
    await page.runtime.pause(KEY);
    await page.until((view) => view.status === 'idle');
    const { iteration, history } = page.view();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(page.view().iteration).toBe(iteration);
    await page.runtime.reset(KEY);
    await page.until((view) => view.attempt === 2 && view.iteration === 0);
    expect(page.view().history.iterations).toEqual([]);
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    expect(page.view().history.losses[0]).toBe(history.losses[0]);
    expect(page.view().earlier[0]!.losses.length).toBeGreaterThan(1);
  });

  it('lives on beside another run', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 1e6 }));
    await page.runtime.play(KEY);
    await page.runtime.prepare('other#run', settings());
    await page.runtime.step('other#run');
    const { iteration } = page.view();
    await page.until((view) => view.iteration > iteration + 10);
    expect(page.reports.some(({ key }) => key === 'other#run')).toBe(true);
  });

  it('stops at a rate too high and says what to try', async () => {
    await page.runtime.prepare(KEY, settings({ optimizer: 'sgd', rate: 1e-3, iterations: 1e6 }));
    await page.runtime.adjust(KEY, { learningRate: 1e30 });
    await page.runtime.play(KEY);
    await page.until((view) => view.status === 'stopped');
    expect(page.view().message).toMatch(/not a finite number.*lower learning rate/);
  });
});

describe('live settings', () => {
  it('noise changes the series under the run', async () => {
    await page.runtime.prepare(KEY, settings());
    await page.until((view) => view.forecast !== null);
    const before = page.view().forecast!.truth;
    await page.runtime.adjust(KEY, { noise: 0.5 });
    await vi.waitFor(() => expect(page.view().forecast!.truth[0]).not.toBe(before[0]));
  });

  it('a rate that cannot be is refused', async () => {
    await page.runtime.prepare(KEY, settings());
    await expect(page.runtime.adjust(KEY, { learningRate: 0 })).rejects.toMatchObject({
      field: 'train.rate',
      message: expect.stringContaining('allowed: numbers greater than 0'),
    });
  });
});

describe('the forecast picture', () => {
  it('is in the units of the series, and its parts fit together', async () => {
    await page.runtime.prepare(KEY, settings());
    await page.runtime.showWindow(KEY, 5);
    await page.until((view) => view.forecast?.window === 5);
    const { start: first, truth, teacherForced, freeRunning, persistence, windows } = page.view().forecast!;
    truth.forEach((value, i) => expect(value).toBeCloseTo(sineMix(first + i), 4));
    persistence.forEach((value, i) => expect(value).toBeCloseTo(sineMix(first + i), 4));
    expect([teacherForced.length, persistence.length, truth.length]).toEqual([8, 8, 16]);
    expect(freeRunning).toHaveLength(truth.length - 8);
    expect(freeRunning[0]).toBeCloseTo(teacherForced[7]!, 4);
    await page.runtime.showWindow(KEY, 1e9);
    await page.until((view) => view.forecast?.window === windows - 1);
    expect(page.view().forecast!.truth).toHaveLength(9);
  });

  it('is drawn again where the network has learned while it was drawn', async () => {
    let goOn: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const runtime = watched((run) => {
      const generate = run.generate.bind(run);
      run.generate = async (asked) => {
        await held;
        return generate(asked);
      };
    });
    let view: RunView = emptyView(KEY);
    const run = (report: RunReport): void => void (view = nextView(view, structuredClone(report)));
    await runtime.open({ device: () => undefined, run }, 'https://page.example/');
    await runtime.prepare(KEY, settings());
    const drawn = runtime.showWindow(KEY, 0);
    await runtime.step(KEY);
    await vi.waitFor(() => expect(view.heldOutError).not.toBeNull(), { timeout: 5000 });
    goOn!();
    await drawn;
    await vi.waitFor(() =>
      expect(view.forecast!.freeRunning[0]).toBeCloseTo(view.forecast!.teacherForced[7]!, 4),
    );
  });

  it('is a table with a header', async () => {
    await page.runtime.prepare(KEY, settings());
    const lines = (await page.runtime.forecastCsv(KEY)).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 16);
    const columns = lines[0]!.split(',').length;
    expect(lines.every((line) => line.split(',').length === columns)).toBe(true);
  });
});

describe('generate', () => {
  it('goes before what an opened run measures of itself', async () => {
    const asked: string[] = [];
    let view: RunView = emptyView(KEY);
    const runtime = watched((run) => {
      const { forecast, generate } = run;
      run.forecast = (...given) => (asked.push('forecast'), forecast.apply(run, given));
      run.generate = (...given) => (asked.push('generate'), generate.apply(run, given));
    });
    const run = (report: RunReport): void => void (view = nextView(view, structuredClone(report)));
    await runtime.open({ device: () => undefined, run }, 'https://page.example/');
    await runtime.prepare(KEY, settings());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await runtime.generate(KEY, { ...request, seed: new Float32Array(8) });
    await vi.waitFor(() => expect(view.heldOutError).not.toBeNull(), { timeout: 5000 });
    expect(asked.slice(0, 2)).toEqual(['generate', 'forecast']);
  });

  it('goes on in the units of the series, the same for the same seed', async () => {
    await page.runtime.prepare(KEY, settings());
    const seed = await page.runtime.excerpt(KEY, 8, 1);
    const twice = await Promise.all(
      [0, 1].map(() => page.runtime.generate(KEY, { ...request, seed, draws: 2, noise: 0.5 })),
    );
    expect(twice[0]!.sequences).toEqual(twice[1]!.sequences);
    expect(twice[0]!.sequences.map(({ length }) => length)).toEqual([6, 6]);
    expect(twice[0]!.sequences[0]).not.toEqual(twice[0]!.sequences[1]);
    expect(twice[0]!.iteration).toBe(0);
    expect(twice[0]!.milliseconds).toBeGreaterThan(0);
    expect(twice.map(({ isFirst }) => isFirst)).toEqual([true, false]);
    const window = await page.runtime.generate(KEY, { ...request, seed, mode: 'window' });
    expect(window.isFirst).toBe(true);
  });

  it('answers while training runs', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 1e6 }));
    await page.runtime.play(KEY);
    await page.until((view) => view.iteration > 5);
    const { iteration } = await page.runtime.generate(KEY, { ...request, seed: new Float32Array(8) });
    expect(iteration).toBeGreaterThan(5);
  });

  it('hands on seed, noise and outputs in the right units', async () => {
    const requests: GenerationRequest[] = [];
    const runtime = watched((run) => {
      run.generate = async (request) => {
        requests.push(request);
        return Float32Array.of(0, 1, -1);
      };
    });
    await runtime.open({ device: () => undefined, run: () => undefined }, 'https://page.example/');
    const { mean, deviation } = await runtime.prepare(KEY, settings());
    const { sequences } = await runtime.generate(KEY, {
      ...request,
      steps: 3,
      seed: Float32Array.of(mean, mean + deviation),
      noise: 3 * deviation,
    });
    const { seed, noise, ...rest } = requests.find(({ mode }) => mode === 'carried')!;
    expect(rest).toEqual({ steps: 3, window: 8, mode: 'carried', draws: 1, randomSeed: 1 });
    expect(noise).toBeCloseTo(3, 12);
    expect(seed[0]).toBeCloseTo(0, 6);
    expect(seed[1]).toBeCloseTo(1, 6);
    expect(sequences[0]!.length).toBe(3);
    [mean, mean + deviation, mean - deviation].forEach((value, i) =>
      expect(sequences[0]![i]).toBeCloseTo(value, 5),
    );
  });

  it('refuses a seed that is too short or not finite', async () => {
    await page.runtime.prepare(KEY, settings());
    const generate = (seed: Float32Array, mode: 'window' | 'carried') =>
      page.runtime.generate(KEY, { ...request, mode, seed });
    await expect(generate(new Float32Array(7), 'window')).rejects.toThrow(/7 values; at least 8/);
    await expect(generate(new Float32Array(0), 'carried')).rejects.toThrow(/0 values; at least 1/);
    await expect(generate(Float32Array.of(1, NaN), 'carried')).rejects.toThrow(/seed\[1\]: is NaN/);
    await expect(generate(new Float32Array(8), 'window')).resolves.toBeDefined();
  });
});

describe('excerpt', () => {
  it('is a piece of what is trained on, another for another seed', async () => {
    const { heldOut } = await page.runtime.prepare(KEY, settings());
    const starts = await Promise.all(
      Array.from({ length: 30 }, async (_, seed) => {
        const [value] = await page.runtime.excerpt(KEY, 10, seed);
        const values = Array.from(
          { length: 301 },
          (_, i) => (i / 30) * Math.sin(i / 10) + 2 * Math.sin(i / 2),
        );
        return values.findIndex((known) => Math.abs(known - value!) < 1e-4);
      }),
    );
    expect(new Set(starts).size).toBeGreaterThan(10);
    for (const first of starts) {
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + 10 <= heldOut[0] || first >= heldOut[1]).toBe(true);
    }
  });

  it('says how long a piece can be', async () => {
    await page.runtime.prepare(KEY, settings());
    await expect(page.runtime.excerpt(KEY, 200, 1)).rejects.toThrow(/longest piece .* has 12\d values/);
    await expect(page.runtime.excerpt(KEY, 0, 1)).rejects.toThrow(/is 0; allowed/);
  });
});

/** Prepares a run, and puts a checkpoint of its model, changed so, where the page's own would be fetched. */
async function shipped(change: Partial<ExperimentSettings['model']> = {}) {
  const own = settings();
  await page.runtime.prepare(KEY, { ...own, model: { ...own.model, ...change } });
  const checkpoint = loadCheckpoint(await page.runtime.save(KEY));
  const file = saveCheckpoint({ ...checkpoint, state: { ...checkpoint.state, iteration: 1234 } });
  const fetched: string[] = [];
  vi.stubGlobal('fetch', async (url: URL) => {
    fetched.push(url.href);
    return new Response(file);
  });
  await page.runtime.prepare(KEY, own);
  return fetched;
}

describe('checkpoints', () => {
  it('come back bit for bit through save and load', async () => {
    await page.runtime.prepare(KEY, settings({ iterations: 10 }));
    await page.runtime.play(KEY);
    await page.until((view) => view.status === 'finished');
    const file = await page.runtime.save(KEY);
    await page.runtime.reset(KEY);
    await page.runtime.load(KEY, file);
    await page.until((view) => view.iteration === 10 && view.status === 'idle');
    expect(page.view()).toMatchObject({ origin: 'trained', iterationsAsked: 10 });
    expect([...(await page.runtime.save(KEY))]).toEqual([...file]);
    await page.runtime.reset(KEY);
    await page.until((view) => view.iteration === 0);
  });

  it('of another model are refused, and the run is left alone', async () => {
    await page.runtime.prepare(KEY, settings());
    const file = await page.runtime.save(KEY);
    await page.runtime.prepare(KEY, { ...settings(), model: { ...settings().model, hidden: 6 } });
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1);
    await expect(page.runtime.load(KEY, file)).rejects.toThrow(/rnn with 5 neurons.*rnn with 6 neurons/);
    await expect(page.runtime.load(KEY, file.subarray(0, 99))).rejects.toThrow(/cut short/);
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 2);
  });

  it.each(['nesterov', 'rmsprop', 'adamw'] as const)(
    'of %s and with dropout go on as they would have',
    async (optimizer) => {
      const chosen = settings({ optimizer, iterations: 8 });
      await page.runtime.prepare(KEY, { ...chosen, model: { ...chosen.model, cell: 'gru', dropout: 0.2 } });
      /** Four iterations more, and their losses. */
      const goOn = async () => {
        for (let step = 0; step < 4; step++) await page.runtime.step(KEY);
        const { iteration } = page.view();
        await page.until((view) => view.history.iterations.at(-1) === iteration);
        return page.view().history.losses.slice(-4);
      };
      await goOn();
      const file = await page.runtime.save(KEY);
      const straight = await goOn();
      await page.runtime.load(KEY, file);
      // The reference computes in float64, a file holds float32.
      (await goOn()).forEach((loss, step) => expect(loss).toBeCloseTo(straight[step]!, 5));
    },
  );

  it('tell on which series they were trained', async () => {
    await page.runtime.prepare(KEY, settings());
    const file = await page.runtime.save(KEY);
    expect(await page.runtime.load(KEY, file)).toMatchObject({ trainedOn: 'sine-mix', series: 'sine-mix' });
    await page.runtime.prepare(KEY, settings({}, { source: 'beats' }));
    expect(await page.runtime.load(KEY, file)).toMatchObject({ trainedOn: 'sine-mix', series: 'beats' });
    const [one, other] = [4, 5].map((step) => Array.from({ length: 90 }, (_, i) => Math.sin(i / step)));
    const own = async (values: number[] | undefined) => {
      await page.runtime.importSeries('own.csv', values!.join('\n'), {});
      const source = await page.runtime.keepSeries('file:own.csv');
      await page.runtime.prepare(KEY, settings({}, { source }));
    };
    await own(one);
    const ownFile = await page.runtime.save(KEY);
    expect((await page.runtime.load(KEY, ownFile)).sameValues).toBe(true);
    const { normalisation, ...rest } = loadCheckpoint(ownFile);
    const moved = saveCheckpoint({ ...rest, normalisation: { ...normalisation, mean: 3 } });
    expect((await page.runtime.load(KEY, moved)).sameValues).toBe(false);
    await own(other);
    expect(await page.runtime.load(KEY, ownFile)).toMatchObject({
      trainedOn: 'file:own.csv',
      series: 'file:own.csv (2)',
    });
  });

  it('shipped with the page are fetched from beside it, into a run that was not trained', async () => {
    const fetched = await shipped();
    expect(await page.runtime.loadShipped(KEY)).toBe(true);
    expect(fetched).toEqual(['https://page.example/unroll/checkpoints/predict-train.safetensors']);
    await page.until((view) => view.origin === 'shipped' && view.iteration === 1234);
    await page.runtime.step(KEY);
    await page.until((view) => view.iteration === 1235 && view.origin === 'trained');
    expect(await page.runtime.loadShipped(KEY)).toBe(false);
    expect(fetched).toHaveLength(1);
  });

  it('shipped for another model are not loaded', async () => {
    await shipped({ hidden: 6 });
    expect(await page.runtime.loadShipped(KEY)).toBe(false);
    expect(await page.runtime.loadShipped('other#run').catch(() => 'threw')).toBe(false);
  });

  it('shipped for another series are not loaded', async () => {
    await shipped();
    await page.runtime.prepare(KEY, settings({}, { source: 'beats' }));
    expect(await page.runtime.loadShipped(KEY)).toBe(false);
  });

  it('that arrive when the run was built anew leave that one alone', async () => {
    await shipped();
    const serve = fetch;
    let arrive: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (arrive = resolve));
    vi.stubGlobal('fetch', async (url: URL) => {
      await gate;
      return serve(url);
    });
    const loaded = page.runtime.loadShipped(KEY);
    await page.runtime.prepare(KEY, settings({ seed: 4 }));
    const { attempt } = page.view();
    arrive!();
    expect(await loaded).toBe(false);
    expect(page.view()).toMatchObject({ origin: 'trained', iteration: 0, attempt });
  });

  it('that cannot be fetched are an error that says so', async () => {
    await page.runtime.prepare(KEY, settings());
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(page.runtime.loadShipped(KEY)).rejects.toThrow(/gave 404. Train one instead/);
  });
});

describe('importing', () => {
  const wave = Array.from({ length: 200 }, (_, i) => Math.sin(i / 4).toFixed(4)).join('\n');

  it('keeps the values under the source that it reports', async () => {
    const report = await page.runtime.importSeries('wave.csv', `height\n${wave}`, {});
    expect(report.source).toBe('file:wave.csv');
    expect(await page.runtime.keepSeries(report.source)).toBe(report.source);
    const summary = await page.runtime.prepare(KEY, settings({}, { source: report.source }));
    expect(summary).toMatchObject({ length: 200, heldOut: [160, 200] });
  });

  it('of another file of the same name leaves the first alone, whether taken or not', async () => {
    const source = 'file:wave.csv';
    const read = async (content: string) => page.runtime.importSeries('wave.csv', content, {});
    const length = async (name: string) =>
      (await page.runtime.prepare(KEY, settings({ seed: ++seeds }, { source: name }))).length;
    let seeds = 0;
    await read(wave);
    await page.runtime.keepSeries(source);
    await read(`${wave}\n0.5`);
    expect(await length(source)).toBe(200);
    expect(await page.runtime.keepSeries(source)).toBe('file:wave.csv (2)');
    await read(wave);
    expect(await page.runtime.keepSeries(source)).toBe(source);
    expect([await length(source), await length('file:wave.csv (2)')]).toEqual([200, 201]);
  });

  it('keeps only what was read last, and what can be used', async () => {
    await page.runtime.importSeries('wave.csv', wave, {});
    await page.runtime.importSeries('flat.csv', '7\n'.repeat(50), {});
    for (const name of ['wave.csv', 'flat.csv']) {
      await expect(page.runtime.keepSeries(`file:${name}`)).rejects.toThrow(/none was read. Read the series/);
    }
    await page.runtime.importSeries('wave.csv', wave, {});
    await expect(page.runtime.keepSeries('file:other.csv')).rejects.toThrow(/"file:wave.csv" was read last/);
  });

  it('of two read at once keeps the later, whichever is done first', async () => {
    const long = Array.from({ length: 20_000 }, (_, i) => Math.sin(i / 4).toFixed(4)).join('\n');
    await Promise.all([
      page.runtime.importSeries('long.csv', long, {}),
      page.runtime.importSeries('wave.csv', wave, {}),
    ]);
    expect(await page.runtime.keepSeries('file:wave.csv')).toBe('file:wave.csv');
  });
});

it('a run that there is not is an error that says which there are', async () => {
  await page.opened;
  await expect(page.runtime.play(KEY)).rejects.toThrow(/no run "predict#train"; there are: none yet/);
});
