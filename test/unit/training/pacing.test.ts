import { describe, expect, it } from 'vitest';
import { Pacer, RateMeter, systemClock } from '../../../gpu/training/pacing.ts';
import { FakeEngine, type FakeTiming, makeTrainer, VirtualClock } from './fakes.ts';

/** Plays for two seconds and looks at the second one. */
async function play(timing: Partial<FakeTiming>) {
  const clock = new VirtualClock();
  const engine = new FakeEngine(clock, timing);
  const { trainer } = makeTrainer(clock, { iterations: 1e6 });
  await trainer.attach(engine);
  void trainer.play();
  await clock.pass(1000);
  const before = { busy: engine.run.busy, submissions: engine.run.submissions.length };
  await clock.pass(1000);
  const counts = engine.run.submissions
    .slice(before.submissions)
    .filter(({ kind }) => kind === 'advance')
    .map(({ count }) => count);
  return { trainer, run: engine.run, counts, busy: (engine.run.busy - before.busy) / 1000 };
}

describe('the number of iterations in a submission', () => {
  it('makes about 10 ms of device time', async () => {
    const { counts, busy, run } = await play({ iteration: 0.5, latency: 2 });
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(17);
    expect(Math.max(...counts)).toBeLessThanOrEqual(23);
    expect(busy).toBeGreaterThan(0.95);
    expect(run.mostInFlight).toBe(2);
  });

  it('is one where an iteration takes longer, and then nothing waits behind it', async () => {
    const { counts, busy, run } = await play({ iteration: 45, latency: 1 });
    expect(new Set(counts)).toEqual(new Set([1]));
    expect(run.mostInFlight).toBe(1);
    expect(busy).toBeGreaterThan(0.95);
  });

  it('never grows beyond what the age of the host copy allows', async () => {
    const { counts } = await play({ iteration: 0.001, latency: 0.5 });
    expect(Math.max(...counts)).toBe(32);
  });

  it('grows where the host hears every 100 ms only, until the device has work in between', async () => {
    const { counts, run, busy } = await play({ iteration: 2, latency: 1, poll: 100 });
    expect(run.mostInFlight).toBe(2);
    expect(Math.max(...counts)).toBeGreaterThan(10);
    expect(busy).toBeGreaterThan(0.6);
  });
});

describe('Pacer', () => {
  it('subtracts the latency of an empty round trip', () => {
    const [near, far] = [new Pacer(0, 1000), new Pacer(8, 1000)];
    for (const pacer of [near, far]) {
      for (let time = 0; time < 1000; time += 10) pacer.record(1, time, time + 10);
    }
    expect(near.count).toBe(1);
    expect(far.count).toBe(5);
  });

  it('gives up half at most for one slow answer, and takes it back', () => {
    const pacer = new Pacer(0, 1000);
    let time = 0;
    const record = (milliseconds: number) => {
      pacer.record(pacer.count, time, time + milliseconds);
      time += milliseconds;
    };
    for (let turn = 0; turn < 50; turn++) record(pacer.count * 0.5);
    expect(pacer.count).toBe(20);
    record(300);
    expect(pacer.count).toBe(10);
    for (let turn = 0; turn < 50; turn++) record(pacer.count * 0.5);
    expect(pacer.count).toBeGreaterThanOrEqual(19);
  });
});

describe('RateMeter', () => {
  it('knows nothing at first, then counts the last second', () => {
    const meter = new RateMeter();
    expect(meter.perSecond).toBeNull();
    meter.start(0, 100);
    expect(meter.perSecond).toBeNull();
    for (let time = 100; time <= 3000; time += 100) meter.mark(time, 100 + time / 10);
    for (let time = 3100; time <= 4000; time += 100) meter.mark(time, 400 + (time - 3000) / 2);
    expect(meter.perSecond).toBeCloseTo(500, 6);
  });
});

describe('systemClock', () => {
  it('lets messages in', async () => {
    const { port1, port2 } = new MessageChannel();
    const heard: string[] = [];
    port1.addEventListener('message', () => heard.push('message'), { once: true });
    port1.start();
    port2.postMessage(null);
    for (let turn = 0; turn < 100 && heard.length === 0; turn++) await systemClock.nextTask();
    expect(heard).toEqual(['message']);
    port1.close();
  });

  it('never goes back', async () => {
    const before = systemClock.now();
    await systemClock.nextTask();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });
});
