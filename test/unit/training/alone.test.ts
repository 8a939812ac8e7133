/** Training stands still for work that wants the device for itself. */
import { describe, expect, it } from 'vitest';
import { DeviceLostError } from '../../../gpu/device/errors.ts';
import { FakeEngine, makeTrainer, settled, VirtualClock } from './fakes.ts';

async function start() {
  const clock = new VirtualClock();
  const engine = new FakeEngine(clock);
  const made = makeTrainer(clock, { iterations: 1e6 });
  await made.trainer.attach(engine);
  /** Work that ends when it is told to. */
  const begin = () => {
    let end!: (error?: Error) => void;
    const seen = { begun: false };
    const done = made.trainer.alone(() => {
      seen.begun = true;
      return new Promise<string>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve('answer'));
      });
    });
    return { done, seen, end: (error?: Error) => end(error) };
  };
  /** Iterations trained while so many milliseconds pass. */
  const trainedIn = async (milliseconds: number): Promise<number> => {
    const before = made.trainer.iteration;
    await clock.pass(milliseconds);
    return made.trainer.iteration - before;
  };
  return { clock, engine, begin, trainedIn, ...made };
}

describe('work that wants the device for itself', () => {
  it('begins once nothing trains, and training goes on after it from where it was', async () => {
    const { trainer, told, clock, begin, trainedIn } = await start();
    await trainer.play();
    await clock.pass(100);
    const work = begin();
    await settled();
    expect(work.seen.begun).toBe(false);
    await clock.pass(50);
    expect(work.seen.begun).toBe(true);
    expect(await trainedIn(500)).toBe(0);
    expect(trainer.status).toBe('running');
    work.end();
    expect(await work.done).toBe('answer');
    expect(await trainedIn(500)).toBeGreaterThan(100);
    expect(told.statuses).toEqual(['running']);
    expect(told.records.map(({ iteration }) => iteration)).toEqual(told.records.map((_, index) => index + 1));
  });

  it('leaves a run that did not train as it is', async () => {
    const { trainer, clock, begin, trainedIn } = await start();
    await trainer.play();
    await clock.pass(200);
    const paused = trainer.pause();
    await clock.pass(50);
    await paused;
    const rate = trainer.iterationsPerSecond;
    const work = begin();
    await settled();
    work.end();
    await work.done;
    expect(await trainedIn(500)).toBe(0);
    expect(trainer.status).toBe('idle');
    expect(trainer.iterationsPerSecond).toBe(rate);
  });

  it('that fails lets training go on', async () => {
    const { trainer, clock, begin, trainedIn } = await start();
    await trainer.play();
    const work = begin();
    await clock.pass(50);
    work.end(new Error('no memory'));
    await expect(work.done).rejects.toThrow('no memory');
    expect(await trainedIn(100)).toBeGreaterThan(0);
  });

  it('comes after other such work, and training waits for both', async () => {
    const { trainer, clock, begin, trainedIn } = await start();
    await trainer.play();
    const [one, other] = [begin(), begin()];
    await clock.pass(50);
    expect([one.seen.begun, other.seen.begun]).toEqual([true, false]);
    one.end();
    await one.done;
    await clock.pass(50);
    expect(other.seen.begun).toBe(true);
    expect(await trainedIn(100)).toBe(0);
    other.end();
    await other.done;
    expect(await trainedIn(100)).toBeGreaterThan(0);
  });
});

describe('while it works', () => {
  it('pause is taken at once, and holds after it', async () => {
    const { trainer, clock, begin, trainedIn } = await start();
    await trainer.play();
    const work = begin();
    await clock.pass(50);
    await trainer.pause();
    expect(trainer.status).toBe('idle');
    work.end();
    await work.done;
    expect(await trainedIn(500)).toBe(0);
    expect(trainer.status).toBe('idle');
  });

  it('play waits for it', async () => {
    const { trainer, begin, trainedIn } = await start();
    const work = begin();
    await settled();
    await trainer.play();
    expect(trainer.status).toBe('running');
    expect(await trainedIn(500)).toBe(0);
    work.end();
    await work.done;
    expect(await trainedIn(100)).toBeGreaterThan(0);
  });

  it('reset is taken at once', async () => {
    const { trainer, clock, begin, trainedIn } = await start();
    await trainer.play();
    await clock.pass(100);
    const work = begin();
    await clock.pass(50);
    await trainer.reset();
    expect(trainer.iteration).toBe(0);
    work.end();
    await work.done;
    expect(await trainedIn(100)).toBe(0);
  });

  it('a lost device is replaced, and training goes on there', async () => {
    const { trainer, clock, engine, begin, trainedIn } = await start();
    await trainer.play();
    const work = begin();
    await clock.pass(50);
    engine.lose();
    trainer.suspend('crashed');
    const next = new FakeEngine(clock);
    await trainer.attach(next);
    work.end(new DeviceLostError('crashed'));
    await expect(work.done).rejects.toThrow('crashed');
    expect(await trainedIn(100)).toBeGreaterThan(0);
    expect(next.run.busy).toBeGreaterThan(0);
  });
});
