import { describe, expect, it, vi } from 'vitest';
import { OutOfMemoryError } from '../../../gpu/device/errors.ts';
import type { KernelChoice } from '../../../gpu/kernels/choice.ts';
import type { TrainerOptions } from '../../../gpu/training/trainer-options.ts';
import { configuration, FakeEngine, type FakeTiming, makeTrainer, settled, VirtualClock } from './fakes.ts';
import { HARDWARE_STEPS, SOFTWARE_STEPS } from '../../support/kernel-choices.ts';

const steps: KernelChoice = HARDWARE_STEPS;
const sequence: KernelChoice = { ...steps, recurrence: 'sequence' };

async function start(options: Partial<TrainerOptions> = {}, timing: Partial<FakeTiming> = {}) {
  const clock = new VirtualClock();
  const engine = new FakeEngine(clock, timing);
  const made = makeTrainer(clock, { iterations: 1e6, ...options });
  await made.trainer.attach(engine);
  return { clock, engine, ...made };
}

describe('what was asked for and what the run takes', () => {
  it('are kept apart: what is left open stays open', async () => {
    const { trainer, engine } = await start({
      configuration: { ...configuration, kernels: { hoisted: true } },
    });
    expect(engine.run.configuration.kernels).toEqual({ ...steps, hoisted: true });
    expect(trainer.kernels).toEqual({ ...steps, hoisted: true });
    expect(trainer.configuration.kernels).toEqual({ hoisted: true });
  });

  it('another learning rate leaves the kernels as they are, on the next engine too', async () => {
    const asked = { ...configuration, kernels: { recurrence: 'sequence' } } as const;
    const { trainer, clock } = await start({ configuration: asked });
    trainer.setLearningRate(0.25);
    expect(trainer.configuration.kernels).toEqual({ recurrence: 'sequence' });
    const next = new FakeEngine(clock);
    next.byDefault = { ...SOFTWARE_STEPS, hoisted: true };
    await trainer.attach(next);
    expect(trainer.kernels).toEqual({ ...SOFTWARE_STEPS, recurrence: 'sequence', hoisted: true });
    expect(next.run.learningRate).toBe(0.25);
  });

  it('what is known of an engine is taken there, and there alone', async () => {
    const { trainer, clock } = await start({
      known: async (engine) => (engine.description.vendor === 'fake' ? sequence : undefined),
    });
    expect(trainer.kernels).toEqual(sequence);
    const other = new FakeEngine(clock);
    Object.assign(other.description, { vendor: 'another' });
    await trainer.attach(other);
    expect(trainer.kernels).toEqual(steps);
  });

  it('of the reference there are none', async () => {
    const { trainer, clock } = await start({ known: async () => sequence });
    const reference = new FakeEngine(clock, {}, 'reference');
    await trainer.attach(reference);
    expect(trainer.kernels).toBeNull();
    expect(reference.run.configuration.kernels).toBeUndefined();
    await trainer.choose({ recurrence: 'sequence' });
    expect(reference.runs).toHaveLength(1);
  });
});

describe('going over to other kernels', () => {
  it('while it trains leaves no iteration out, does none twice, and never stands still for the reader', async () => {
    const { trainer, engine, clock, told } = await start();
    const old = engine.run;
    void trainer.play();
    await clock.pass(333);
    const chosen = trainer.choose({ recurrence: 'sequence' });
    await clock.pass(50);
    await chosen;
    expect(engine.runs).toHaveLength(2);
    expect(trainer.kernels).toEqual(sequence);
    expect(old.destroyed).toBe(true);
    await clock.pass(300);
    expect(told.statuses.filter((status) => status !== 'running')).toEqual([]);
    expect(trainer.iteration).toBeGreaterThan(old.iteration + 100);
    expect(told.records.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: trainer.iteration }, (_, index) => index + 1),
    );
    void trainer.pause();
    await clock.pass(50);
    expect([trainer.status, engine.run.iteration]).toEqual(['idle', trainer.iteration]);
  });

  it('compiles the new ones while the old ones train on', async () => {
    const { trainer, engine, clock } = await start();
    void trainer.play();
    await clock.pass(200);
    const old = engine.run;
    const { iteration } = trainer;
    let compiled!: () => void;
    const createRun = engine.createRun.bind(engine);
    vi.spyOn(engine, 'createRun').mockImplementation(async (...given) => {
      const run = await createRun(...given);
      const advance = run.advance.bind(run);
      const gate = new Promise<void>((resolve) => (compiled = resolve));
      run.advance = async (count) => (count === 0 ? gate.then(() => []) : advance(count));
      return run;
    });
    void trainer.choose(sequence);
    await clock.pass(500);
    expect(trainer.iteration).toBeGreaterThan(iteration + 400);
    expect(old.destroyed).toBe(false);
    compiled();
    await clock.pass(50);
    expect(old.destroyed).toBe(true);
    expect(engine.run.iteration).toBeGreaterThan(old.iteration);
  });

  it('takes Pause meanwhile', async () => {
    const { trainer, engine, clock, told } = await start();
    void trainer.play();
    await clock.pass(300);
    const chosen = trainer.choose(sequence);
    const paused = trainer.pause();
    await clock.pass(100);
    await Promise.all([chosen, paused]);
    expect(trainer.status).toBe('idle');
    expect(trainer.kernels).toEqual(sequence);
    const { iteration } = trainer;
    await clock.pass(500);
    expect([trainer.iteration, engine.run.iteration]).toEqual([iteration, iteration]);
    expect(told.statuses.at(-1)).toBe('idle');
  });

  it('at rest keeps the state, and finishes what was to be finished', async () => {
    const { trainer, engine, clock } = await start({ iterations: 50 });
    void trainer.play();
    await clock.pass(500);
    expect(trainer.status).toBe('finished');
    void trainer.choose(sequence);
    await clock.pass(10);
    expect([trainer.status, trainer.iteration, engine.run.iteration]).toEqual(['finished', 50, 50]);
    expect(trainer.snapshot.iteration).toBe(50);
    void trainer.play();
    await clock.pass(500);
    expect([trainer.status, engine.run.iteration]).toEqual(['finished', 100]);
  });

  it('carries over the rate and the series of now', async () => {
    const { trainer, engine, clock } = await start();
    const values = new Float32Array(100).fill(3);
    void trainer.choose(sequence);
    trainer.setLearningRate(0.5);
    trainer.setSeries(values);
    await clock.pass(10);
    expect([engine.runs.length, engine.run.learningRate]).toEqual([2, 0.5]);
    expect(engine.run.values).toBe(values);
  });

  it('makes no other run where the kernels are the same', async () => {
    const { trainer, engine } = await start();
    await trainer.choose({ recurrence: 'steps' });
    await trainer.choose(steps);
    expect(engine.runs).toHaveLength(1);
    expect(trainer.configuration.kernels).toEqual(steps);
  });

  it('of several in a hurry the last one holds, and no run is left over', async () => {
    const { trainer, engine, clock } = await start();
    void trainer.play();
    await clock.pass(100);
    for (const hoisted of [true, false, true]) void trainer.choose({ ...sequence, hoisted });
    await clock.pass(100);
    expect(trainer.kernels).toEqual({ ...sequence, hoisted: true });
    expect(engine.runs.filter(({ destroyed }) => !destroyed)).toHaveLength(1);
    expect(engine.run.destroyed).toBe(false);
    expect(trainer.status).toBe('running');
  });

  it('that do not fit leaves the run and what was asked for as they were', async () => {
    const { trainer, engine, clock } = await start();
    void trainer.play();
    await clock.pass(100);
    vi.spyOn(engine, 'createRun').mockRejectedValueOnce(new OutOfMemoryError(9, 'The run', ''));
    await expect(trainer.choose(sequence)).rejects.toThrow(OutOfMemoryError);
    expect([trainer.kernels, trainer.configuration.kernels]).toEqual([steps, {}]);
    const { iteration } = trainer;
    await clock.pass(100);
    expect(trainer.iteration).toBeGreaterThan(iteration);
  });

  it('that there are not is refused by name', async () => {
    const { trainer } = await start();
    await expect(trainer.choose({ recurrence: 'whole' as 'steps' })).rejects.toThrow(/^kernels\.recurrence/);
    expect(trainer.configuration.kernels ?? {}).toEqual({});
  });

  it('on a device that is lost is done on the next one', async () => {
    const { trainer, engine, clock } = await start();
    void trainer.play();
    await clock.pass(100);
    engine.lose();
    const chosen = trainer.choose(sequence);
    trainer.suspend('lost');
    await chosen;
    const next = new FakeEngine(clock);
    await trainer.attach(next);
    await clock.pass(100);
    expect(trainer.kernels).toEqual(sequence);
    expect([trainer.status, next.runs.length]).toEqual(['running', 1]);
  });

  it('asked for while another engine’s run is being built is done there', async () => {
    const { trainer, engine, clock } = await start();
    engine.lose();
    trainer.suspend('lost');
    const next = new FakeEngine(clock);
    const attached = trainer.attach(next);
    await trainer.choose(sequence);
    await attached;
    expect(trainer.kernels).toEqual(sequence);
    expect(next.runs.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  });

  it('of a run that is closed meanwhile leaves nothing behind', async () => {
    const { trainer, engine, clock } = await start();
    const chosen = trainer.choose(sequence);
    trainer.abort();
    await clock.pass(10);
    await chosen;
    expect(engine.runs.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it('a drag that meets the change is answered by the run that comes', async () => {
    const { trainer, engine, clock } = await start();
    const old = engine.run;
    let fail!: (error: Error) => void;
    vi.spyOn(old, 'generate').mockReturnValue(new Promise((_, reject) => (fail = reject)));
    const request = { seed: Float32Array.of(0), steps: 2, mode: 'carried', window: 1 } as const;
    const answered = trainer.generate({ ...request, noise: 0, draws: 1, randomSeed: 0 });
    void trainer.choose(sequence);
    await clock.pass(10);
    fail(new Error('The run was closed.'));
    await settled();
    await clock.pass(10);
    expect(await answered).toHaveLength(2);
    expect(engine.run.submissions.map(({ kind }) => kind)).toContain('generate');
  });
});
