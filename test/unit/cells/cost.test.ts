/** What the cost lens says, and what its control does. */
import { describe, expect, test, vi } from 'vitest';
import { CostControl, type CostRuntime } from '../../../app/cells/CostControl.ts';
import {
  amount,
  ceilingText,
  measuredLines,
  plannedLines,
  sharesText,
} from '../../../app/cells/CostWords.ts';
import { experimentSettings } from '../../../app/notebook/schema.ts';
import type { CostReport, CostRow, MeasuredCost } from '../../../app/worker/protocol.ts';

const measured: MeasuredCost = {
  microseconds: 5000,
  deviceMicroseconds: 4500,
  clock: 'device',
  submissions: 0.5,
  difference: 2e-7,
};

const steps: CostRow = {
  kind: 'steps',
  taken: true,
  dispatches: 53,
  bytes: 640_000,
  operations: 20e6,
  moved: 4.3e6,
  parts: [
    { part: 'forward', dispatches: 20, microseconds: 1000 },
    { part: 'loss', dispatches: 1, microseconds: 10 },
    { part: 'backward', dispatches: 20, microseconds: 2500 },
    { part: 'gradients', dispatches: 3, microseconds: 490 },
  ],
  measured,
};
const sequence: CostRow = {
  ...steps,
  kind: 'sequence',
  taken: false,
  measured: { ...measured, microseconds: 2000 },
};
const report: CostReport = {
  rows: [steps, sequence],
  timeSteps: 20,
  ceiling: { gigaflops: 25, gigabytes: 2.4 },
};
const planned: CostReport = {
  ...report,
  ceiling: null,
  rows: report.rows.map((row) => ({
    ...row,
    measured: null,
    parts: row.parts.map((part) => ({ ...part, microseconds: null })),
  })),
};

/** Numbers of the first column by the names of their lines, as they are written. */
function column(of: CostReport): Record<string, string> {
  const lines = [...plannedLines, ...measuredLines(of)];
  return Object.fromEntries(
    lines.map(({ name, unit, value }) => [unit ? `${name}, ${unit}` : name, amount(value(of.rows[0]!))]),
  );
}

describe('the words', () => {
  test('a table of what was measured', () => {
    expect(column(report)).toEqual({
      Dispatches: '53',
      'Operations, MFLOP': '20',
      'Read and written, MB': '4.30',
      'Buffers in all, MB': '0.640',
      Submissions: '0.500',
      'An iteration, µs': '5,000',
      'A time step, µs': '250',
      'On the device, µs': '4,500',
      'Overhead, %': '10.0',
      'Speed, GFLOP/s': '4',
      'Of the ceiling, %': '16',
      'A forecast differs by, deviations': '2.0e−7',
    });
  });

  test('before it was measured there are dashes', () => {
    expect(column(planned)).toMatchObject({ Dispatches: '53', 'An iteration, µs': '–', 'Overhead, %': '–' });
    expect(sharesText(planned)).toBe('Not measured yet.');
    expect(ceilingText(planned)).not.toMatch(/\d/);
  });

  test('the sentence names the three largest shares, and compares', () => {
    expect(sharesText(report)).toBe(
      'As this run trains, step by step, 63 % of the device’s time goes to the steps backward, 25 % to the steps ' +
        'forward and 12 % to the weight gradients. As one sequence, an iteration takes 0.40 times as long.',
    );
    const unfused: CostRow = {
      ...sequence,
      kind: 'unfused',
      measured: { ...measured, microseconds: 12_000 },
    };
    expect(sharesText({ ...report, rows: [unfused, steps, sequence] })).toMatch(
      /\. Unfused, an iteration takes 2\.4 times as long; as one sequence, 0\.40 times\.$/,
    );
    expect(sharesText({ ...report, rows: [steps] })).toMatch(/weight gradients\.$/);
    expect(ceilingText(report)).toContain('25 GFLOP/s');
  });
});

const settings = experimentSettings.parse({
  data: { source: 'sine-mix' },
  model: { cell: 'rnn', hidden: 5 },
  train: { batch: 4, window: 8, rate: 0.01, iterations: 100, seed: 3 },
});

/** A control over a runtime whose measurement is answered when the test says so. */
function lens() {
  let answer!: (report: CostReport | null) => void;
  let fail!: (error: Error) => void;
  let tell!: (share: number) => void;
  const runtime = {
    planCosts: vi.fn(async (): Promise<CostReport | null> => planned),
    measureCosts: vi.fn((_key: string, progress: (share: number) => void) => {
      tell = progress;
      return new Promise<CostReport | null>((resolve, reject) => {
        answer = resolve;
        fail = reject;
      });
    }),
    stopMeasuring: vi.fn(async () => undefined),
  } satisfies CostRuntime;
  const control = new CostControl('a#b', runtime);
  const calls = {
    answer: (given: CostReport | null) => answer(given),
    fail: (error: Error) => fail(error),
    tell: (share: number) => tell(share),
  };
  return { control, runtime, view: () => control.view.getState(), ...calls };
}

describe('the control', () => {
  test('shows the plan, then progress, then what was measured', async () => {
    const { control, view, tell, answer } = lens();
    await control.plan(settings, 'steps');
    expect(view()).toMatchObject({ report: planned, share: null });
    const done = control.measure();
    expect(view()).toMatchObject({ report: planned, share: 0 });
    tell(0.5);
    expect(view().share).toBe(0.5);
    answer(report);
    await done;
    expect(view()).toMatchObject({ report, share: null, news: 'Measured.', problem: '' });
  });

  test('keeps what was measured until the run is another; live settings do not count', async () => {
    const { control, runtime, view, answer } = lens();
    await control.plan(settings, 'steps');
    const done = control.measure();
    answer(report);
    await done;
    await control.plan({ ...settings, train: { ...settings.train, rate: 0.02 } }, 'steps');
    expect(view().report).toBe(report);
    expect(runtime.planCosts).toHaveBeenCalledTimes(1);
    const smaller = planned.rows.map((row) => ({ ...row, operations: 1e6 }));
    runtime.planCosts.mockResolvedValueOnce({ ...planned, rows: smaller });
    await control.plan({ ...settings, model: { ...settings.model, hidden: 6 } }, 'steps');
    expect(view().report).toEqual({ ...planned, rows: smaller });
  });

  test('other kernels of those measured: the numbers stay, and what is taken is another', async () => {
    const { control, runtime, view, answer } = lens();
    await control.plan(settings, 'steps');
    const done = control.measure();
    answer(report);
    await done;
    const rows = planned.rows.map((row) => ({ ...row, taken: row.kind === 'sequence' }));
    runtime.planCosts.mockResolvedValueOnce({ ...planned, rows });
    await control.plan(settings, 'sequence');
    expect(view().report).toEqual({
      ...report,
      rows: [
        { ...steps, taken: false },
        { ...sequence, taken: true },
      ],
    });
  });

  test('stops at once, and what comes late is not shown', async () => {
    const { control, runtime, view, tell, answer } = lens();
    await control.plan(settings, 'steps');
    const done = control.measure();
    control.stop();
    expect(view()).toMatchObject({ share: null, news: 'Stopped.' });
    expect(runtime.stopMeasuring).toHaveBeenCalledTimes(1);
    tell(0.9);
    answer(report);
    await done;
    expect(view()).toMatchObject({ share: null, report: planned, news: 'Stopped.' });
  });

  test('another run ends the measurement of the one before', async () => {
    const { control, runtime, view } = lens();
    await control.plan(settings, 'steps');
    void control.measure();
    await control.plan({ ...settings, model: { ...settings.model, hidden: 6 } }, 'steps');
    expect(runtime.stopMeasuring).toHaveBeenCalledTimes(1);
    expect(view()).toMatchObject({ share: null, report: planned });
  });

  test('says what went wrong, and measures again when asked', async () => {
    const { control, view, fail, answer } = lens();
    await control.plan(settings, 'steps');
    const done = control.measure();
    fail(new Error('The GPU device was lost: crashed'));
    await done;
    expect(view()).toMatchObject({ share: null, problem: 'The GPU device was lost: crashed', news: '' });
    const again = control.measure();
    expect(view().problem).toBe('');
    answer(report);
    await again;
    expect(view().report).toBe(report);
  });
});
