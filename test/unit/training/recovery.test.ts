import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../gpu/model/errors.ts';
import { type OpenedEngine, Recovery } from '../../../gpu/training/recovery.ts';
import { FakeEngine, makeTrainer, settled, VirtualClock } from './fakes.ts';

interface Opening {
  readonly kind?: 'webgpu' | 'reference';
  readonly error?: Error;
  readonly change?: (engine: FakeEngine) => void;
}

/** A recovery whose engines are those listed, the last again and again. */
async function start(...openings: Opening[]) {
  const clock = new VirtualClock();
  const engines: FakeEngine[] = [];
  const changes: OpenedEngine[] = [];
  let opened = 0;
  const recovery = new Recovery({
    open: async () => {
      const { kind = 'webgpu', error, change } = openings[Math.min(opened++, openings.length - 1)] ?? {};
      if (error) throw error;
      const engine = new FakeEngine(clock, {}, kind);
      change?.(engine);
      engines.push(engine);
      return { engine, notice: kind === 'reference' ? 'No adapter.' : '' };
    },
    changed: (opened) => changes.push(opened),
    wait: (milliseconds) => new Promise((resolve) => clock.at(clock.now() + milliseconds, resolve)),
  });
  const made = makeTrainer(clock, { iterations: 1e6 });
  await recovery.add(made.trainer);
  return { clock, engines, changes, recovery, ...made };
}

describe('a lost device', () => {
  it('is replaced; training goes on from the last host copy', async () => {
    const { clock, engines, changes, trainer, told } = await start({});
    void trainer.play();
    await clock.pass(1000);
    const { iteration, snapshot } = trainer;
    const known = told.records.length;
    engines[0]!.lose('the process crashed');
    await settled();
    await clock.pass(0);
    expect(engines).toHaveLength(2);
    expect(engines[0]!.destroyed).toBe(true);
    expect(changes.map(({ engine, notice }) => [engine, notice])).toEqual([[engines[1], '']]);
    await clock.pass(2000);
    expect(told.statuses).toEqual(['running', 'recovering', 'idle', 'running']);
    expect(trainer.status).toBe('running');
    expect(trainer.message).toBe('');
    expect(iteration - snapshot.iteration).toBeLessThanOrEqual(200);
    expect(trainer.iteration).toBeGreaterThan(iteration);
    // No iteration is left out: what was done after the copy is done again.
    expect(told.records[known]!.iteration).toBe(snapshot.iteration + 1);
  });

  it('while training rests leaves it at rest, at the iteration where it was', async () => {
    const { clock, engines, trainer } = await start({});
    void trainer.play();
    await clock.pass(300);
    void trainer.pause();
    await clock.pass(100);
    const { iteration } = trainer;
    engines[0]!.lose();
    await clock.pass(100);
    expect([trainer.status, trainer.iteration]).toEqual(['idle', iteration]);
    expect(engines[1]!.run.iteration).toBe(iteration);
    await clock.pass(1000);
    expect(trainer.iteration).toBe(iteration);
  });

  it('shows that it is being replaced, and takes Pause meanwhile', async () => {
    const { clock, engines, trainer } = await start({}, { kind: 'reference' }, {});
    void trainer.play();
    await clock.pass(500);
    engines[0]!.lose('the process crashed');
    await clock.pass(10);
    expect(trainer.status).toBe('recovering');
    expect(trainer.message).toContain('the process crashed');
    await trainer.pause();
    await clock.pass(2000);
    expect(trainer.status).toBe('idle');
    expect(trainer.iteration).toBeGreaterThan(0);
  });

  it('takes Reset and Play while it is being replaced', async () => {
    const { clock, engines, trainer } = await start({}, { kind: 'reference' }, {});
    void trainer.play();
    await clock.pass(500);
    engines[0]!.lose();
    await clock.pass(10);
    await trainer.reset();
    expect([trainer.status, trainer.iteration]).toEqual(['recovering', 0]);
    await trainer.play();
    await clock.pass(340);
    expect(trainer.status).toBe('running');
    expect(trainer.iteration).toBeGreaterThan(0);
    expect(trainer.iteration).toBeLessThan(110);
  });

  it('lets a step end on the next engine', async () => {
    const { clock, engines, trainer } = await start({});
    void trainer.step();
    await clock.pass(2.5);
    expect(trainer.iteration).toBe(0);
    engines[0]!.lose();
    await clock.pass(100);
    expect([trainer.status, trainer.iteration]).toEqual(['idle', 1]);
  });

  it('asks again for what was being generated', async () => {
    const { clock, engines, trainer } = await start({}, { kind: 'reference' }, {});
    const request = { steps: 3, mode: 'carried', window: 1, noise: 0, draws: 1, randomSeed: 0 } as const;
    const before = trainer.generate({ ...request, seed: Float32Array.of(0) });
    await settled();
    engines[0]!.lose();
    await clock.pass(10);
    const during = trainer.generate({ ...request, seed: Float32Array.of(0) });
    await clock.pass(2000);
    await expect(before).resolves.toHaveLength(3);
    await expect(during).resolves.toHaveLength(3);
    expect(engines.at(-1)!.run.submissions.filter(({ kind }) => kind === 'generate')).toHaveLength(2);
  });

  it('may be lost twice, the second time while a run is rebuilt', async () => {
    const { clock, engines, trainer } = await start({}, { change: (engine) => engine.lose() }, {});
    void trainer.play();
    await clock.pass(500);
    engines[0]!.lose();
    await clock.pass(2000);
    expect(engines).toHaveLength(3);
    expect(trainer.status).toBe('running');
  });

  it('is asked for three times before the reference engine goes on, which is said', async () => {
    const { clock, engines, changes, trainer } = await start({}, { kind: 'reference' });
    void trainer.play();
    await clock.pass(500);
    const { iteration } = trainer;
    engines[0]!.lose('the process crashed');
    await clock.pass(1000);
    expect(trainer.status).toBe('recovering');
    await clock.pass(2000);
    expect(engines.slice(1, -1).every(({ destroyed }) => destroyed)).toBe(true);
    expect(changes).toHaveLength(1);
    expect(changes[0]!.engine.description.kind).toBe('reference');
    expect(changes[0]!.notice).toContain('reference engine');
    expect(changes[0]!.notice).toContain('the process crashed');
    expect(trainer.status).toBe('running');
    expect(trainer.iteration).toBeGreaterThan(iteration);
  });

  it('without any engine is a failure that says why', async () => {
    const { clock, engines, trainer } = await start({}, { error: new Error('Nothing can be opened.') });
    void trainer.play();
    await clock.pass(500);
    engines[0]!.lose();
    await clock.pass(3000);
    expect([trainer.status, trainer.message]).toEqual(['failed', 'Nothing can be opened.']);
    await expect(trainer.use((run) => run.capture())).rejects.toThrow('Nothing can be opened.');
  });

  it('fails the run alone that the next engine cannot hold', async () => {
    const { clock, engines, recovery, trainer } = await start(
      {},
      {
        change: (engine) => {
          const create = engine.createRun.bind(engine);
          engine.createRun = (configuration, series, state) =>
            configuration.training.seed === 99
              ? Promise.reject(new ConfigurationError('model', 'is too large here.'))
              : create(configuration, series, state);
        },
      },
    );
    const { configuration } = trainer;
    const large = makeTrainer(clock, {
      configuration: { ...configuration, training: { ...configuration.training, seed: 99 } },
    });
    await recovery.add(large.trainer);
    void trainer.play();
    await clock.pass(100);
    engines[0]!.lose();
    await clock.pass(100);
    expect([large.trainer.status, large.trainer.message]).toEqual(['failed', 'model: is too large here.']);
    expect(trainer.status).toBe('running');
  });
});

describe('Recovery', () => {
  it('does not rebuild what was removed, and lets nothing survive its close', async () => {
    const { clock, engines, recovery, trainer } = await start({});
    const other = makeTrainer(clock);
    await recovery.add(other.trainer);
    recovery.remove(other.trainer);
    expect(engines[0]!.runs.map(({ destroyed }) => destroyed)).toEqual([false, true]);
    engines[0]!.lose();
    await clock.pass(100);
    expect(engines[1]!.runs).toHaveLength(1);
    await recovery.close();
    expect(engines[1]!.destroyed).toBe(true);
    expect(engines[1]!.run.destroyed).toBe(true);
    void trainer.play();
    await clock.pass(100);
    expect(trainer.iteration).toBe(0);
  });

  it('tells of a first engine that cannot be opened', async () => {
    const recovery = new Recovery({
      open: () => Promise.reject(new Error('No engine.')),
      changed: () => undefined,
    });
    await expect(recovery.opened).rejects.toThrow('No engine.');
    await expect(recovery.add(makeTrainer(new VirtualClock()).trainer)).rejects.toThrow('No engine.');
  });
});
