import { describe, expect, test, vi } from 'vitest';
import { modelText, waitingForReset, withChange } from '../../../app/cells/ExperimentChoices.ts';
import { ExperimentControl, type ExperimentRuntime } from '../../../app/cells/ExperimentControl.ts';
import { milestoneOf } from '../../../app/cells/ExperimentMilestones.ts';
import { waiting } from '../../../app/cells/ExperimentView.ts';
import type { ExperimentSettings } from '../../../app/notebook/schema.ts';
import { type LoadedRun, NO_KERNELS } from '../../../app/worker/protocol.ts';
import { emptyView, runStore, type RunView } from '../../../app/worker/views.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const settings: ExperimentSettings = {
  data: { source: 'sine-mix', noise: 0.02, missing: 'skip' },
  model: { cell: 'rnn', hidden: 100, layers: 1, dropout: 0, readout: 'every-step' },
  train: {
    batch: 50,
    window: 20,
    optimizer: 'adam',
    rate: 0.001,
    clip: null,
    initializer: 'glorot',
    iterations: 1500,
    seed: 42,
    kernels: 'automatic',
  },
};

const summary = {
  name: 'series',
  length: 301,
  plotIndex: new Float32Array(0),
  plotValue: new Float32Array(0),
  heldOut: [120, 180],
  mean: 0,
  deviation: 1,
  trainingWindows: 200,
  heldOutWindows: 40,
} as const;

const loaded: LoadedRun = {
  trainedOn: 'sine-mix',
  series: 'sine-mix',
  sameValues: true,
  otherKernels: null,
};

let keys = 0;

/** A control over a runtime that writes down what it is asked, and the store of its run. */
function experiment() {
  const key = `test#${keys++}`;
  const calls: string[] = [];
  const note = (name: string) =>
    vi.fn(async (_key: string, ...rest: unknown[]) => {
      calls.push([name, ...rest.map((value) => JSON.stringify(value))].join(' '));
    });
  const runtime = {
    prepare: vi.fn(async (_key: string, wanted: ExperimentSettings) => {
      calls.push(`prepare ${wanted.model.hidden}`);
      return summary;
    }),
    play: note('play'),
    pause: note('pause'),
    step: note('step'),
    reset: note('reset'),
    adjust: vi.fn(async (_key: string, live: object) => {
      calls.push(`adjust ${JSON.stringify(live)}`);
      return summary;
    }),
    showWindow: note('showWindow'),
    setKernels: note('setKernels'),
    measureKernels: note('measureKernels'),
    load: vi.fn(async () => loaded),
    keepSeries: vi.fn(async (source: string) => source),
    forecastCsv: vi.fn(async () => 'step\n'),
    save: vi.fn(async () => new Uint8Array(1)),
  } satisfies ExperimentRuntime;
  const run = runStore(key);
  const control = new ExperimentControl(key, settings, runtime, run);
  return { control, calls, runtime, run, settle };
}

/** Lets all that was asked for be answered. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function opened(view: Partial<RunView> = {}) {
  const made = experiment();
  made.control.open();
  await made.settle();
  made.run.setState(view);
  made.calls.length = 0;
  return made;
}

describe('before anything is trained', () => {
  test('a change is built at once, and of many only the last', async () => {
    const { control, calls, settle } = await opened();
    for (const hidden of [10, 20, 50]) control.change({ model: { hidden } });
    await settle();
    expect(calls).toEqual(['prepare 50']);
    expect(control.view.getState().applied?.model.hidden).toBe(50);
  });

  test('Play asked for while the run is being built comes after it', async () => {
    const { control, calls, settle } = experiment();
    control.open();
    control.play();
    await settle();
    expect(calls).toEqual(['prepare 100', 'play']);
  });

  test('a run that cannot be built says why; Play does nothing; the next change tries again', async () => {
    const { control, calls, runtime, settle } = experiment();
    runtime.prepare.mockRejectedValueOnce(new Error('wants 3.1 GB; at most 400 neurons would fit'));
    control.open();
    control.play();
    await settle();
    expect(control.view.getState()).toMatchObject({
      applied: null,
      problem: 'wants 3.1 GB; at most 400 neurons would fit',
    });
    expect(calls).toEqual([]);
    control.change({ model: { hidden: 64 } });
    await settle();
    expect(calls).toEqual(['prepare 64']);
    expect(control.view.getState().problem).toBe('');
  });
});

describe('once it was trained', () => {
  test('settings that cannot be built say so each time they are asked for', async () => {
    const { control, runtime, settle } = await opened({ iteration: 300 });
    control.change({ model: { hidden: 512 } });
    for (let time = 0; time < 2; time++) {
      runtime.prepare.mockRejectedValueOnce(new Error('wants 3.1 GB'));
      void control.reset();
      await settle();
      expect(control.view.getState().problem).toBe('wants 3.1 GB');
    }
    control.leave();
    expect(control.view.getState().problem).toBe('');
  });

  test('a change waits for Reset, which builds with it', async () => {
    const { control, calls, settle } = await opened({ iteration: 300, status: 'running' });
    control.change({ model: { hidden: 64 }, train: { seed: 7 } });
    await settle();
    expect(calls).toEqual([]);
    void control.reset();
    await settle();
    expect(calls).toEqual(['pause', 'prepare 64']);
  });

  test('without a change Reset only goes back', async () => {
    const { control, calls, settle } = await opened({ iteration: 300 });
    void control.reset();
    await settle();
    expect(calls).toEqual(['reset']);
  });

  test('rate and noise are live, and the rest stays as it was built', async () => {
    const { control, calls, settle } = await opened({ iteration: 300, status: 'running' });
    control.change({ train: { rate: 0.01 } });
    control.change({ data: { noise: 0.1 } });
    await settle();
    expect(calls.at(-1)).toBe('adjust {"learningRate":0.01,"noise":0.1}');
    expect(control.view.getState().applied?.train.rate).toBe(0.01);
    void control.reset();
    await settle();
    expect(calls.at(-1)).toBe('reset');
  });

  test('a rate changed while the run is built again reaches the new one', async () => {
    const { control, calls, runtime, settle } = await opened({ iteration: 300 });
    let built: ((answer: typeof summary) => void) | undefined;
    runtime.prepare.mockImplementationOnce(() => new Promise((resolve) => (built = resolve)));
    control.change({ model: { hidden: 64 } });
    void control.reset();
    await settle();
    control.change({ train: { rate: 0.01 } });
    await settle();
    calls.length = 0;
    built!(summary);
    await settle();
    expect(calls).toEqual(['adjust {"learningRate":0.01}']);
    expect(control.view.getState().applied).toMatchObject({ model: { hidden: 64 }, train: { rate: 0.01 } });
  });

  test('kernels are live too, and taken once', async () => {
    const { control, calls, settle } = await opened({ iteration: 300, status: 'running' });
    control.change({ train: { kernels: 'sequence' } });
    control.change({ train: { rate: 0.01 } });
    await settle();
    expect(calls).toEqual(['setKernels "sequence"', 'adjust {"learningRate":0.01}']);
    expect(control.view.getState().applied?.train.kernels).toBe('sequence');
    expect(waiting(control.view.getState())).toEqual([]);
  });

  test('kernels that do not fit are given up again, and the page says why', async () => {
    const { control, runtime, settle } = await opened({ iteration: 300 });
    control.change({ train: { kernels: 'hoisted' } });
    await settle();
    runtime.setKernels.mockRejectedValueOnce(new Error('The run wants 9 bytes.'));
    control.change({ train: { kernels: 'sequence' } });
    await settle();
    const { applied, settings, problem } = control.view.getState();
    expect([applied?.train.kernels, settings.train.kernels]).toEqual(['hoisted', 'hoisted']);
    expect(problem).toBe('The run wants 9 bytes.');
  });

  test('kernels changed while the run is built again reach the new one', async () => {
    const { control, calls, runtime, settle } = await opened({ iteration: 300 });
    let built: ((answer: typeof summary) => void) | undefined;
    runtime.prepare.mockImplementationOnce(() => new Promise((resolve) => (built = resolve)));
    control.change({ model: { hidden: 64 } });
    void control.reset();
    await settle();
    control.change({ train: { kernels: 'steps' } });
    await settle();
    calls.length = 0;
    built!(summary);
    await settle();
    expect(calls).toEqual(['setKernels "steps"']);
    expect(control.view.getState().applied?.train.kernels).toBe('steps');
  });

  test('Space pauses a run whose kernels are being measured', async () => {
    const measuring = { done: 0, of: 2 };
    const { control, calls, settle } = await opened({ kernels: { ...NO_KERNELS, measuring } });
    control.toggle();
    await settle();
    expect(calls).toEqual(['pause']);
  });

  test('Space pauses a run whose device is being replaced, as its button does', async () => {
    const { control, calls, settle } = await opened({ iteration: 300, status: 'recovering' });
    control.toggle();
    await settle();
    expect(calls).toEqual(['pause']);
  });

  test('noise chosen for another series waits with the series', async () => {
    const { control, calls, settle } = await opened({ iteration: 300, status: 'running' });
    await control.bring({ source: 'file:prices.csv', missing: 'interpolate', length: 500 });
    await settle();
    expect(calls).toEqual([]);
    expect(control.view.getState().settings.data).toEqual({
      source: 'file:prices.csv',
      noise: 0,
      missing: 'interpolate',
    });
    control.dropChanges();
    expect(control.view.getState().settings).toEqual(settings);
  });

  test('a series is offered under the name that it was kept under, once', async () => {
    const { control, runtime } = await opened({ iteration: 300 });
    const file = { source: 'file:prices.csv', missing: 'skip', length: 500 } as const;
    await control.bring(file);
    await control.bring({ ...file, missing: 'previous' });
    runtime.keepSeries.mockResolvedValueOnce('file:prices.csv (2)');
    await control.bring(file);
    const { ownSources, settings } = control.view.getState();
    expect(ownSources.map(({ source, missing }) => `${source} ${missing}`)).toEqual([
      'file:prices.csv previous',
      'file:prices.csv (2) skip',
    ]);
    expect(settings.data.source).toBe('file:prices.csv (2)');
    expect(waiting(control.view.getState())).toEqual(['series']);
    control.chooseSeries('file:prices.csv');
    expect(control.view.getState().settings.data.missing).toBe('previous');
  });

  test('a series that cannot be kept changes nothing, and says why', async () => {
    const { control, runtime } = await opened({ iteration: 300 });
    runtime.keepSeries.mockRejectedValueOnce(new Error('Read the series again.'));
    await control.bring({ source: 'file:prices.csv', missing: 'skip', length: 500 });
    expect(control.view.getState()).toMatchObject({
      settings,
      ownSources: [],
      problem: 'Read the series again.',
    });
  });

  test.each(['pause', 'reset', 'step', 'load'] as const)(
    'a %s tells at once that it is pausing, until it is done',
    async (action) => {
      const { control, runtime, settle } = await opened({ iteration: 300, status: 'running' });
      let answer: (() => void) | undefined;
      const late = new Promise<void>((resolve) => (answer = resolve));
      runtime[action].mockImplementationOnce((async () => late.then(() => loaded)) as () => Promise<never>);
      if (action === 'load') void control.load(new File(['x'], 'x.safetensors'));
      else void control[action]();
      await settle();
      expect(control.view.getState().pausing).toBe(true);
      const before = runtime.pause.mock.calls.length;
      control.toggle();
      await settle();
      expect(runtime.pause.mock.calls.length).toBe(before);
      answer!();
      await settle();
      expect(control.view.getState().pausing).toBe(false);
    },
  );

  test('a run that is being built says so, and Play asked for meanwhile that it starts', async () => {
    const { control, runtime, settle } = await opened({ iteration: 300 });
    let built: ((answer: typeof summary) => void) | undefined;
    runtime.prepare.mockImplementationOnce(() => new Promise((resolve) => (built = resolve)));
    control.change({ model: { hidden: 512 } });
    let done = false;
    void control.reset().then(() => (done = true));
    await settle();
    control.play();
    expect(control.view.getState()).toMatchObject({ building: true, starting: true, pausing: false });
    expect(done).toBe(false);
    built!(summary);
    await settle();
    expect(control.view.getState()).toMatchObject({ building: false, starting: false });
    expect(done).toBe(true);
    control.play();
    expect(control.view.getState().starting).toBe(false);
  });

  test('a step of a run that stands still pauses nothing', async () => {
    const { control, runtime, settle } = await opened({ iteration: 300 });
    runtime.step.mockImplementationOnce(() => new Promise(() => undefined));
    control.step();
    await settle();
    expect(control.view.getState().pausing).toBe(false);
  });

  test('a run trained on another series says so until the next action', async () => {
    const { control, runtime, settle } = await opened({ iteration: 3 });
    const load = async (trainedOn: string, series: string, sameValues = true) => {
      runtime.load.mockResolvedValueOnce({ ...loaded, trainedOn, series, sameValues });
      await control.load(new File(['x'], 'x.safetensors'));
      return control.view.getState().remark;
    };
    expect(await load('file:prices.csv', 'beats')).toBe(
      '“x.safetensors” was trained on the series “prices.csv”. Here it goes on with “A wave that swells and fades”.',
    );
    expect(await load('file:a.csv', 'file:a.csv', false)).toBe(
      '“x.safetensors” was trained on a series that is also named “a.csv”, but has other values.',
    );
    control.step();
    await settle();
    expect(control.view.getState().remark).toBe('');
    expect(await load('beats', 'beats')).toBe('');
  });

  test('a run trained by other kernels says which, and what of it', async () => {
    const { control, runtime } = await opened({ iteration: 3 });
    const here = { ...HARDWARE_STEPS, recurrence: 'sequence' } as const;
    const otherKernels = { saved: { ...HARDWARE_STEPS, hoisted: true }, here } as const;
    runtime.load.mockResolvedValueOnce({ ...loaded, trainedOn: 'beats', otherKernels });
    await control.load(new File(['x'], 'x.safetensors'));
    const { remark } = control.view.getState();
    expect(remark).toContain('was trained on the series “A wave that swells and fades”');
    expect(remark).toContain(
      '“x.safetensors” was trained by other kernels (a dispatch a time step, input sums before) than run here ' +
        '(one dispatch for all time steps of a layer): from here on the last digits may differ.',
    );
  });

  test('the lesson’s settings can be had back', async () => {
    const { control, calls } = await opened({ iteration: 300 });
    control.change({ model: { hidden: 64 } });
    void control.reset();
    await settle();
    calls.length = 0;
    await control.restoreLesson();
    expect(calls).toEqual(['prepare 100']);
    expect(control.view.getState().applied).toEqual(settings);
  });

  test('a rebuilt run shows its first held-out window again', async () => {
    const { control, calls } = await opened({ iteration: 300 });
    control.showWindow(7);
    await settle();
    expect(calls).toEqual(['showWindow 7']);
    expect(control.view.getState().window).toBe(7);
    control.change({ model: { hidden: 64 } });
    void control.reset();
    await settle();
    expect(control.view.getState().window).toBe(0);
  });

  test('a failed action leaves its reason until one succeeds', async () => {
    const { control, runtime, settle } = await opened({ iteration: 3 });
    runtime.load.mockRejectedValueOnce(new Error('checkpoint: is not a saved run.'));
    await control.load(new File(['x'], 'x.safetensors'));
    expect(control.view.getState().problem).toBe('“x.safetensors” was not loaded: it is not a saved run.');
    runtime.load.mockRejectedValueOnce(
      new Error('checkpoint.configuration.model: is lstm; this experiment’s is rnn.'),
    );
    await control.load(new File(['x'], 'x.safetensors'));
    expect(control.view.getState().problem).toBe(
      '“x.safetensors” was not loaded: its model is lstm; this experiment’s is rnn.',
    );
    control.step();
    await settle();
    expect(control.view.getState().problem).toBe('');
  });
});

test.each([
  [{ cell: 'rnn', hidden: 100, layers: 1 }, 'RNN, 100 neurons'],
  [{ cell: 'lstm', hidden: 1, layers: 1 }, 'LSTM, 1 neuron'],
  [{ cell: 'gru', hidden: 64, layers: 2 }, 'GRU, 2 layers of 64 neurons'],
] as const)('a model is named: %o', (model, text) => {
  expect(modelText(model)).toBe(text);
});

test('what the network is made of and its optimiser wait for a reset, each under its name', () => {
  const other = withChange(settings, {
    model: { cell: 'gru', hidden: 64, layers: 2, dropout: 0.1 },
    train: { rate: 0.1, optimizer: 'adamw' },
  });
  expect(waitingForReset(other, settings)).toEqual(['cell', 'layers', 'neurons', 'dropout', 'optimiser']);
});

function view(part: Partial<RunView>): RunView {
  return { ...emptyView('a#b'), ...part };
}

test.each<[string, Partial<RunView>, Partial<RunView>, string]>([
  ['a start', {}, { status: 'running' }, 'Training.'],
  ['a pause', { status: 'running' }, { iteration: 918 }, 'Paused at iteration 918.'],
  ['a reset', { iteration: 9, attempt: 1 }, { attempt: 2 }, 'Back at iteration 0.'],
  [
    'the end',
    { status: 'running' },
    {
      status: 'finished',
      iteration: 1500,
      heldOutError: { all: 0.1, late: 0.031 },
      persistenceError: { all: 0.6, late: 0.52 },
    },
    'Finished after 1,500 iterations. Held-out error 0.0310, repeating the last value gives 0.520.',
  ],
  [
    'a recovery',
    { status: 'recovering' },
    { status: 'running', iteration: 200 },
    'The device is back at iteration 200.',
  ],
  [
    'a measurement',
    { status: 'running', iteration: 9 },
    { iteration: 9, kernels: { ...NO_KERNELS, measuring: { done: 0, of: 3 } } },
    'Measuring which of 3 kernels are the fastest.',
  ],
])('%s is announced', (_, before, now, text) => {
  expect(milestoneOf(view(before), view(now))).toBe(text);
});

test.each<[string, Partial<RunView>, Partial<RunView>]>([
  ['an iteration while training', { status: 'running', iteration: 8 }, { status: 'running', iteration: 9 }],
  ['a step', { iteration: 8 }, { iteration: 9 }],
  ['the first build', { attempt: 0 }, { attempt: 1 }],
  [
    'how far a measurement is',
    { kernels: { ...NO_KERNELS, measuring: { done: 0, of: 3 } } },
    { kernels: { ...NO_KERNELS, measuring: { done: 1, of: 3 } } },
  ],
])('%s is not', (_, before, now) => {
  expect(milestoneOf(view(before), view(now))).toBeNull();
});
