import { describe, expect, it, vi } from 'vitest';
import { DeviceLostError, OutOfMemoryError } from '../../../gpu/device/errors.ts';
import type { KernelChoice } from '../../../gpu/kernels/choice.ts';
import type { TuneOptions } from '../../../gpu/model/tuning.ts';
import { tuneKernels } from '../../../gpu/training/tune.ts';
import { configuration, FakeEngine, settled, stateAt, VirtualClock } from './fakes.ts';
import { HARDWARE_STEPS, SOFTWARE_STEPS } from '../../support/kernel-choices.ts';

interface Planned {
  /** Milliseconds of an iteration. */
  readonly iteration: number;
  /** Milliseconds before there is a run. */
  readonly compile?: number;
  readonly error?: Error;
}

const series = { values: new Float32Array(100), features: 1, trainingStarts: Uint32Array.of(0) };
const NAMES = ['default', 'second', 'third', 'fourth'] as const;

/** Kernels that differ, whatever they are. */
function choice(index: number): KernelChoice {
  return { ...(index < 2 ? HARDWARE_STEPS : SOFTWARE_STEPS), hoisted: index % 2 === 1 };
}

/** Tunes kernels that take so long, and says which won. */
function tune(planned: readonly Planned[], options: TuneOptions = {}) {
  const clock = new VirtualClock();
  const choices = planned.map((_, index) => choice(index));
  const engines = planned.map(({ iteration }) => new FakeEngine(clock, { iteration, latency: 0.5 }));
  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => clock.at(clock.now() + milliseconds, resolve));
  const opened: number[] = [];
  const open = async (kernels: KernelChoice) => {
    const index = choices.indexOf(kernels);
    opened.push(index);
    await wait(planned[index]!.compile ?? 0);
    if (planned[index]!.error) throw planned[index]!.error;
    return engines[index]!.createRun({ ...configuration, kernels }, series, stateAt(0));
  };
  const told: string[] = [];
  const progress: TuneOptions['progress'] = ({ done, of }) => told.push(`${done} of ${of}`);
  const tuned = tuneKernels(choices, open, { progress, ...options }, { now: () => clock.now(), wait });
  const named = tuned.then(({ choice, timings }) => ({
    name: NAMES[choices.indexOf(choice)],
    milliseconds: timings.map((timing) => timing.milliseconds),
    after: clock.now(),
  }));
  return { clock, engines, told, opened, named, runs: () => engines.flatMap(({ runs }) => runs) };
}

async function decided(planned: readonly Planned[], options: TuneOptions = {}) {
  const made = tune(planned, options);
  await made.clock.pass(3000);
  expect(made.runs().every(({ destroyed }) => destroyed)).toBe(true);
  return { ...made, ...(await made.named) };
}

describe('the choice', () => {
  it('is the fastest, and says what each one takes', async () => {
    const { name, milliseconds } = await decided([
      { iteration: 2 },
      { iteration: 1 },
      { iteration: 1.5 },
      { iteration: 3 },
    ]);
    expect(name).toBe('second');
    milliseconds.forEach((each, index) => {
      const real = [2, 1, 1.5, 3][index]!;
      expect(each).toBeGreaterThanOrEqual(real);
      expect(each).toBeLessThan(real * 1.1);
    });
  });

  it('is the default unless another is faster by more than noise', async () => {
    expect((await decided([{ iteration: 2 }, { iteration: 1.95 }])).name).toBe('default');
    expect((await decided([{ iteration: 2 }, { iteration: 1.7 }])).name).toBe('second');
  });

  it('is not turned by a stall, wherever it falls', async () => {
    for (const stalled of [0, 1]) {
      for (const call of [1, 2, 3]) {
        const made = tune([{ iteration: 2 }, { iteration: 1 }]);
        await settled();
        let calls = 0;
        const createRun = made.engines[stalled]!.createRun.bind(made.engines[stalled]);
        vi.spyOn(made.engines[stalled]!, 'createRun').mockImplementation(async (...given) => {
          const run = await createRun(...given);
          const advance = run.advance.bind(run);
          run.advance = (count) => advance(++calls === call ? count + 60 : count);
          return run;
        });
        await made.clock.pass(3000);
        expect((await made.named).name).toBe('second');
      }
    }
  });
});

describe('the time', () => {
  it('of a choice begun is that of compiling too; one that would begin too late is left out', async () => {
    const { name, milliseconds, opened, after } = await decided([
      { iteration: 4, compile: 300 },
      { iteration: 2, compile: 400 },
      { iteration: 1, compile: 500 },
      { iteration: 0.5 },
    ]);
    expect(name).toBe('second');
    expect(milliseconds.map((each) => each !== null)).toEqual([true, true, false, false]);
    expect(opened).toEqual([0, 1, 2]);
    expect(after).toBe(1000);
  });

  it('is over after the budget, whatever still compiles; its run is given back when it comes', async () => {
    const made = tune([{ iteration: 4, compile: 5000 }, { iteration: 1 }], { budget: 700 });
    await made.clock.pass(800);
    expect(await made.named).toEqual({ name: 'default', milliseconds: [null, null], after: 700 });
    await made.clock.pass(5000);
    expect(made.runs().map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(made.runs()[0]!.submissions).toEqual([]);
  });

  it('is short where little is to be known: iterations of 1 ms', async () => {
    const { after } = await decided([{ iteration: 1 }, { iteration: 1 }]);
    expect(after).toBeLessThan(300);
  });

  it('suffices for iterations of 150 ms, each of which is a measurement', async () => {
    const { name, after } = await decided([{ iteration: 150 }, { iteration: 100 }]);
    expect(name).toBe('second');
    expect(after).toBe(1000);
  });

  it('is not spent on what is far behind', async () => {
    const { engines } = await decided([{ iteration: 1 }, { iteration: 8 }]);
    const measured = (index: number): number =>
      engines[index]!.run.submissions.filter(({ count }) => count > 0).length;
    expect(measured(1)).toBe(2);
    expect(measured(0)).toBeGreaterThan(4);
  });

  it('counts the same number of iterations for every choice', async () => {
    const { engines } = await decided([{ iteration: 0.5 }, { iteration: 0.4 }]);
    const last = engines.map(({ run }) => run.submissions.at(-1)!.count);
    expect(last[0]).toBeGreaterThan(20);
    expect(last[1]).toBe(last[0]);
  });
});

describe('what goes wrong', () => {
  it('a choice that does not fit, or that the driver refuses, is left out', async () => {
    const { name, milliseconds } = await decided([
      { iteration: 2 },
      { iteration: 1, error: new OutOfMemoryError(9, 'The run', '') },
      { iteration: 1.5 },
    ]);
    expect(name).toBe('third');
    expect(milliseconds[1]).toBeNull();
  });

  it('where nothing can be measured the default stays', async () => {
    const error = new OutOfMemoryError(9, 'The run', '');
    const { name } = await decided([
      { iteration: 2, error },
      { iteration: 1, error },
    ]);
    expect(name).toBe('default');
  });

  it('a lost device ends it, and everything is given back', async () => {
    const made = tune([{ iteration: 2 }, { iteration: 1 }]);
    const outcome = made.named.catch((error: unknown) => error);
    await made.clock.pass(20);
    made.engines[0]!.lose();
    await made.clock.pass(100);
    expect(await outcome).toBeInstanceOf(DeviceLostError);
    expect(made.runs().every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe('aborted', () => {
  it('rejects at once, and begins nothing more', async () => {
    const abort = new AbortController();
    const made = tune([{ iteration: 2 }, { iteration: 1, compile: 200 }], { signal: abort.signal });
    let rejected = NaN;
    const outcome = made.named.catch((error: unknown) => {
      rejected = made.clock.now();
      return error;
    });
    // The second one compiles.
    await made.clock.pass(100);
    expect(made.opened).toEqual([0, 1]);
    abort.abort('paused');
    await settled();
    expect(rejected).toBe(100);
    expect(await outcome).toBe('paused');
    const { length } = made.runs()[0]!.submissions;
    await made.clock.pass(1000);
    expect(made.runs().map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(made.runs()[0]!.submissions).toHaveLength(length);
    expect(made.runs()[1]!.submissions).toEqual([]);
  });

  it('before it began opens nothing', async () => {
    const made = tune([{ iteration: 2 }, { iteration: 1 }], { signal: AbortSignal.abort('paused') });
    await expect(made.named).rejects.toBe('paused');
    expect(made.opened).toEqual([]);
  });
});

it('tells how far it is', async () => {
  const { told } = await decided([{ iteration: 1 }, { iteration: 2 }, { iteration: 3 }]);
  expect(told).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);
});
