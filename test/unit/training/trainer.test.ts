import { describe, expect, it, vi } from 'vitest';
import { evaluationStarts, forecastErrors, persistenceErrors } from '../../../gpu/training/evaluation.ts';
import type { Trainer } from '../../../gpu/training/trainer.ts';
import { configuration, FakeEngine, type FakeTiming, makeTrainer, stateAt, VirtualClock } from './fakes.ts';

async function start(timing: Partial<FakeTiming> = {}, options: Parameters<typeof makeTrainer>[1] = {}) {
  const clock = new VirtualClock();
  const engine = new FakeEngine(clock, timing);
  const made = makeTrainer(clock, options);
  await made.trainer.attach(engine);
  return { clock, engine, run: engine.run, ...made };
}

/** Attaches to an engine whose run is made only when `finish` is called. */
function attachSlowly(trainer: Trainer, engine: FakeEngine) {
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const createRun = engine.createRun.bind(engine);
  vi.spyOn(engine, 'createRun').mockImplementation(async (...given) => {
    await finished;
    return createRun(...given);
  });
  return { attached: trainer.attach(engine), finish };
}

describe('a run that was long in the making', () => {
  it('does not replace the one of a newer engine', async () => {
    const { clock, trainer, engine: first } = await start();
    first.lose();
    trainer.suspend('lost');
    const slow = new FakeEngine(clock);
    const { finish, attached } = attachSlowly(trainer, slow);
    const newest = new FakeEngine(clock);
    await trainer.attach(newest);
    finish();
    await attached;
    expect(slow.run.destroyed).toBe(true);
    void trainer.step();
    await clock.pass(50);
    expect(newest.run.iteration).toBe(1);
  });

  it('is given back where the trainer was closed meanwhile', async () => {
    const clock = new VirtualClock();
    const { trainer } = makeTrainer(clock);
    const engine = new FakeEngine(clock);
    const { finish, attached } = attachSlowly(trainer, engine);
    trainer.abort();
    finish();
    await attached;
    expect(engine.run.destroyed).toBe(true);
  });
});

it('a run that fails is given back', async () => {
  const { trainer, run } = await start();
  trainer.fail(new Error('no way on'));
  expect(trainer.status).toBe('failed');
  expect(run.destroyed).toBe(true);
});

it('a rate or a series that cannot be is refused, and what was holds on', async () => {
  const { clock, trainer } = await start();
  expect(() => trainer.setLearningRate(-1)).toThrow(/^learningRate: is -1; allowed/);
  expect(() => trainer.setSeries(new Float32Array(3))).toThrow(/^series\.values: has 3 numbers/);
  const next = new FakeEngine(clock);
  await trainer.attach(next);
  expect(next.run.learningRate).toBe(0.1);
  expect(next.run.values).toHaveLength(100);
});

describe('Play and Pause', () => {
  it('train and stop, every record told in order', async () => {
    const { clock, trainer, told, run } = await start();
    void trainer.play();
    await clock.pass(300);
    expect(trainer.status).toBe('running');
    expect(trainer.iteration).toBeGreaterThan(100);
    expect(trainer.iterationsPerSecond).toBeGreaterThan(500);
    void trainer.pause();
    await clock.pass(50);
    expect(trainer.status).toBe('idle');
    const { iteration } = trainer;
    await clock.pass(1000);
    expect(trainer.iteration).toBe(iteration);
    expect(run.iteration).toBe(iteration);
    expect(told.records.map((record) => record.iteration)).toEqual(
      Array.from({ length: iteration }, (_, index) => index + 1),
    );
    expect(told.statuses).toEqual(['running', 'idle']);
  });

  for (const [what, timing] of Object.entries({
    'short iterations': { iteration: 0.2 },
    'iterations of 30 ms': { iteration: 30 },
    'iterations of 30 ms, heard of every 100 ms': { iteration: 30, poll: 100 },
    'iterations of 400 ms': { iteration: 400 },
  })) {
    it(`takes effect within 100 ms or one iteration: ${what}`, async () => {
      const { clock, trainer } = await start(timing, { iterations: 1e6 });
      void trainer.play();
      await clock.pass(1517);
      const from = clock.now();
      let paused = NaN;
      void trainer.pause().then(() => (paused = clock.now()));
      await clock.pass(2000);
      expect(paused - from).toBeLessThanOrEqual(Math.max(100, timing.iteration + 10));
    });
  }

  it('in quick succession do what was asked last', async () => {
    const { clock, trainer } = await start();
    void trainer.play();
    void trainer.pause();
    void trainer.play();
    await clock.pass(100);
    expect(trainer.status).toBe('running');
    void trainer.pause();
    void trainer.play();
    void trainer.pause();
    await clock.pass(100);
    expect(trainer.status).toBe('idle');
  });

  it('never has more than two submissions of training in flight', async () => {
    for (const iteration of [0.05, 1, 15, 60]) {
      const { clock, trainer, run } = await start({ iteration, latency: 5 }, { iterations: 1e6 });
      void trainer.play();
      await clock.pass(2000);
      expect(run.mostInFlight).toBeLessThanOrEqual(2);
      expect(trainer.iteration).toBeGreaterThan(20);
    }
  });

  it('finishes after the iterations asked for; Play again trains as many more', async () => {
    const { clock, trainer, run } = await start({}, { iterations: 50 });
    void trainer.play();
    await clock.pass(500);
    expect([trainer.status, trainer.iteration, trainer.iterationsAsked]).toEqual(['finished', 50, 50]);
    expect(run.iteration).toBe(50);
    void trainer.play();
    await clock.pass(500);
    expect([trainer.status, trainer.iteration, trainer.iterationsAsked]).toEqual(['finished', 100, 100]);
  });

  it('submits nothing, and waits for nothing, while at rest', async () => {
    const { clock, trainer, run } = await start();
    void trainer.play();
    await clock.pass(100);
    void trainer.pause();
    await clock.pass(100);
    const { length } = run.submissions;
    await clock.pass(10_000);
    expect(run.submissions).toHaveLength(length);
  });
});

describe('Step', () => {
  it('trains one iteration, then measures', async () => {
    const { clock, trainer, told } = await start();
    void trainer.step();
    await clock.pass(100);
    expect([trainer.status, trainer.iteration]).toEqual(['idle', 1]);
    expect(told.records).toHaveLength(1);
    expect(told.evaluations).toHaveLength(1);
  });

  it('pauses what runs', async () => {
    const { clock, trainer } = await start();
    void trainer.play();
    await clock.pass(105);
    const { iteration } = trainer;
    let stepped = 0;
    void trainer.step().then(() => (stepped = trainer.iteration));
    await clock.pass(100);
    expect(trainer.status).toBe('idle');
    expect(stepped).toBe(trainer.iteration);
    expect(stepped).toBeGreaterThan(iteration);
    expect(stepped).toBeLessThan(iteration + 40);
  });

  it('goes beyond the iterations asked for', async () => {
    const { clock, trainer } = await start({}, { iterations: 3 });
    void trainer.play();
    await clock.pass(100);
    void trainer.step();
    await clock.pass(100);
    expect([trainer.status, trainer.iteration, trainer.iterationsAsked]).toEqual(['finished', 4, 4]);
  });
});

describe('Reset', () => {
  it('goes back to the beginning while it runs, within 100 ms', async () => {
    const { clock, trainer, run } = await start();
    void trainer.play();
    await clock.pass(500);
    let reset = NaN;
    void trainer.reset().then(() => (reset = clock.now()));
    await clock.pass(100);
    expect(reset).toBeLessThanOrEqual(600);
    expect([trainer.status, trainer.iteration, run.iteration]).toEqual(['idle', 0, 0]);
    expect(trainer.snapshot).toEqual(stateAt(0));
    await clock.pass(1000);
    expect(trainer.iteration).toBe(0);
  });

  it('drops a measurement of the weights before', async () => {
    const { clock, trainer, told } = await start();
    void trainer.play();
    await clock.pass(300);
    void trainer.pause();
    await clock.pass(12);
    void trainer.evaluate();
    void trainer.reset();
    await clock.pass(100);
    // The fake says its iteration everywhere; at 0 the error is the mean square of the series.
    const untrained = await start();
    void untrained.trainer.evaluate();
    await untrained.clock.pass(10);
    expect(trainer.heldOutError).toEqual(untrained.trainer.heldOutError);
    expect(told.evaluations.length).toBeGreaterThan(1);
  });

  it('measures of the series that there is once it may', async () => {
    let mayMeasure: () => void;
    const beforeEvaluation = () => new Promise<void>((resolve) => (mayMeasure = resolve));
    const waiting = await start({}, { beforeEvaluation });
    const other = Float32Array.from({ length: 100 }, (_, i) => i % 5);
    void waiting.trainer.evaluate();
    await waiting.clock.pass(100);
    expect(waiting.told.evaluations).toHaveLength(0);
    waiting.trainer.setSeries(other);
    mayMeasure!();
    await waiting.clock.pass(10);
    const atOnce = await start();
    atOnce.trainer.setSeries(other);
    await atOnce.clock.pass(10);
    expect(waiting.trainer.heldOutError).not.toBeNull();
    expect(waiting.trainer.heldOutError).toEqual(atOnce.trainer.heldOutError);
  });

  it('after a loaded state goes back to the beginning, not to that state', async () => {
    const { clock, trainer, run } = await start();
    void trainer.load(stateAt(77));
    await clock.pass(10);
    expect([trainer.iteration, run.iteration, trainer.snapshot.iteration]).toEqual([77, 77, 77]);
    void trainer.step();
    await clock.pass(100);
    expect(trainer.iteration).toBe(78);
    void trainer.reset();
    await clock.pass(10);
    expect([trainer.iteration, run.iteration]).toEqual([0, 0]);
  });
});

describe('Abort', () => {
  it('submits no more, drops what is in flight and gives the memory back', async () => {
    const { clock, trainer, run, told } = await start();
    void trainer.play();
    await clock.pass(200);
    const heard = told.records.length;
    const submitted = run.submissions.length;
    trainer.abort();
    expect(run.destroyed).toBe(true);
    await clock.pass(1000);
    expect(told.records).toHaveLength(heard);
    expect(run.submissions).toHaveLength(submitted);
    await expect(
      trainer.generate({
        seed: Float32Array.of(0),
        steps: 1,
        mode: 'carried',
        window: 1,
        noise: 0,
        draws: 1,
        randomSeed: 0,
      }),
    ).rejects.toThrow('closed');
  });
});

describe('the host copy', () => {
  for (const [what, timing] of Object.entries({
    'very short iterations': { iteration: 0.01, latency: 0.1 },
    'short iterations': { iteration: 1 },
    'slow to hear': { iteration: 1, poll: 100 },
    'copies that come late': { iteration: 1, copy: 700 },
    'iterations of 100 ms': { iteration: 100 },
    'iterations of 1.5 s': { iteration: 1500 },
  })) {
    it(`is at most 200 iterations and 5 s old: ${what}`, async () => {
      const { clock, trainer, told } = await start(timing, { iterations: 1e6 });
      /** When each iteration was known to be done. */
      const done = new Map<number, number>([[0, 0]]);
      void trainer.play();
      const length = timing.iteration < 1 ? 1000 : 30_000;
      const tick = timing.iteration < 1 ? 1 : 20;
      let known = 0;
      while (clock.now() < length) {
        await clock.pass(tick);
        for (; known < told.records.length; known++) done.set(told.records[known]!.iteration, clock.now());
        const copied = trainer.snapshot.iteration;
        expect(trainer.iteration - copied).toBeLessThanOrEqual(200);
        expect(clock.now() - (done.get(copied + 1) ?? clock.now())).toBeLessThanOrEqual(5000);
      }
      expect(trainer.snapshot.iteration).toBeGreaterThan(0);
    });
  }

  it('does not hold the training up', async () => {
    const { clock, trainer, run } = await start({ iteration: 1, latency: 2 }, { iterations: 1e6 });
    void trainer.play();
    await clock.pass(5000);
    expect(run.busy).toBeGreaterThan(4800);
    expect(run.submissions.filter(({ kind }) => kind === 'capture').length).toBeGreaterThan(10);
  });

  it('is of the moment when training rests', async () => {
    const { clock, trainer } = await start();
    void trainer.play();
    await clock.pass(333);
    void trainer.pause();
    await clock.pass(100);
    expect(trainer.snapshot.iteration).toBe(trainer.iteration);
    expect(trainer.snapshot.parameters[0]).toBe(trainer.iteration);
  });
});

describe('a drag', () => {
  it('is submitted at once, before any training not yet submitted', async () => {
    const { clock, trainer, run } = await start({ iteration: 20 }, { iterations: 1e6 });
    void trainer.play();
    await clock.pass(1007);
    const training = run.submissions.filter(({ kind }) => kind === 'advance').length;
    let answered = NaN;
    void trainer
      .generate({
        seed: Float32Array.of(0),
        steps: 5,
        mode: 'carried',
        window: 1,
        noise: 0,
        draws: 1,
        randomSeed: 0,
      })
      .then(() => (answered = clock.now()));
    expect(run.submissions.at(-1)).toEqual({ kind: 'generate', count: 5, time: clock.now() });
    const asked = clock.now();
    await clock.pass(200);
    expect(training).toBeGreaterThan(0);
    expect(answered - asked).toBeLessThanOrEqual(45);
  });
});

describe('a loss or gradient that is not finite', () => {
  for (const what of ['loss', 'gradient'] as const) {
    it(`stops at the ${what}, keeps the last good weights and says what to try`, async () => {
      const { clock, trainer, run, told } = await start();
      run.broken = { iteration: 150, what };
      void trainer.play();
      await clock.pass(1000);
      expect(trainer.status).toBe('stopped');
      expect(trainer.message).toContain(`The ${what} of iteration 150 is not a finite number`);
      expect(trainer.message).toContain('lower learning rate');
      expect([trainer.iteration, run.iteration]).toEqual([149, 149]);
      expect(trainer.snapshot.iteration).toBe(149);
      expect(told.records.at(-1)!.iteration).toBe(150);
    });
  }

  it('does not keep Play from going on once the cause is gone', async () => {
    const { clock, trainer, run } = await start();
    run.broken = { iteration: 5, what: 'loss' };
    void trainer.play();
    await clock.pass(200);
    expect(trainer.status).toBe('stopped');
    run.broken = null;
    trainer.setLearningRate(0.01);
    void trainer.play();
    await clock.pass(200);
    expect(trainer.status).toBe('running');
    expect(trainer.message).toBe('');
    expect(trainer.iteration).toBeGreaterThan(10);
  });
});

describe('the held-out error', () => {
  it('is measured about twice a second while training, and when it rests', async () => {
    const { clock, trainer, told } = await start({ iteration: 5 }, { iterations: 1e6 });
    void trainer.play();
    await clock.pass(10_000);
    expect(told.evaluations.length).toBeGreaterThanOrEqual(18);
    expect(told.evaluations.length).toBeLessThanOrEqual(21);
    const before = told.evaluations.length;
    void trainer.pause();
    await clock.pass(100);
    expect(told.evaluations).toHaveLength(before + 1);
  });

  it('is the mean square over all positions, and over positions 6 and later', () => {
    const values = Float32Array.from({ length: 30 }, (_, i) => i);
    const starts = Uint32Array.of(2, 9);
    // Off by t + 1 at position t + 1.
    const outputs = Float32Array.from({ length: 8 * 2 }, (_, i) => {
      const t = Math.floor(i / 2);
      return starts[i % 2]! + t + 1 + (t + 1);
    });
    const errors = forecastErrors(outputs, values, 1, starts);
    expect(errors.all).toBeCloseTo((1 + 4 + 9 + 16 + 25 + 36 + 49 + 64) / 8, 12);
    expect(errors.late).toBeCloseTo((36 + 49 + 64) / 3, 12);
    expect(persistenceErrors(values, 1, starts, 8)).toEqual({ all: 1, late: 1 });
  });

  it('counts every position as late in a window of fewer than six', () => {
    const values = Float32Array.of(0, 1, 3, 6, 10, 15);
    const { all, late } = persistenceErrors(values, 1, Uint32Array.of(0), 5);
    expect(all).toBe((1 + 4 + 9 + 16 + 25) / 5);
    expect(late).toBe(all);
  });

  it('uses at most 64 windows, evenly spaced, both ends among them', () => {
    const all = Uint32Array.from({ length: 1000 }, (_, i) => 3 * i);
    const some = evaluationStarts(all);
    expect(some).toHaveLength(64);
    expect([some[0], some.at(-1)]).toEqual([0, 2997]);
    const gaps = Array.from(some.slice(1), (start, i) => start - some[i]!);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(3);
    expect(evaluationStarts(all.slice(0, 10))).toHaveLength(10);
  });
});

describe('a failure that is not a lost device', () => {
  it('fails the run, in words, whatever was being done', async () => {
    for (const what of ['advance', 'forecast', 'capture'] as const) {
      const { clock, trainer, run } = await start();
      vi.spyOn(run, what).mockRejectedValue(new Error(`There is no ${what}.`));
      void trainer.play();
      await clock.pass(1000);
      expect([trainer.status, trainer.message]).toEqual(['failed', `There is no ${what}.`]);
      void trainer.play();
      await clock.pass(100);
      expect(trainer.status).toBe('failed');
      await expect(trainer.use((run) => run.capture())).rejects.toThrow(`There is no ${what}.`);
    }
  });
});

describe('live settings', () => {
  it('reach the run at once, and the one after it', async () => {
    const { clock, trainer, run } = await start();
    trainer.setLearningRate(0.5);
    const values = new Float32Array(100).fill(2);
    trainer.setSeries(values);
    expect(run.learningRate).toBe(0.5);
    expect(run.values).toBe(values);
    expect(trainer.persistenceError).toEqual({ all: 0, late: 0 });
    const other = new FakeEngine(clock);
    await trainer.attach(other);
    expect(other.run.learningRate).toBe(0.5);
    expect(other.run.values).toBe(values);
    expect(trainer.configuration.training).toEqual({
      ...configuration.training,
      optimizer: { algorithm: 'sgd', learningRate: 0.5 },
    });
  });
});
