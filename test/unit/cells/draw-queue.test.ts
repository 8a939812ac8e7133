import { expect, test } from 'vitest';
import { createDrawQueue } from '../../../app/plots/drawQueue.ts';

/** A page whose frames come every 16 ms and whose draws take as long as they say. */
function page() {
  let now = 0;
  let frames = 0;
  let frame: (() => void) | null = null;
  let timers: { at: number; act: () => void }[] = [];
  const queue = createDrawQueue({
    now: () => now,
    nextFrame: (then) => (frame = then),
    wait: (milliseconds, then) => timers.push({ at: now + milliseconds, act: then }),
  });
  const drawn: { name: string; at: number }[] = [];
  return {
    queue,
    drawn,
    draw:
      (name: string, takes = 0) =>
      () => {
        drawn.push({ name, at: now });
        now += takes;
      },
    run(milliseconds: number) {
      const end = now + milliseconds;
      while (now < end) {
        const due = timers.filter(({ at }) => at <= now);
        timers = timers.filter(({ at }) => at > now);
        for (const { act } of due) act();
        const next = frame;
        frame = null;
        if (next) frames++;
        next?.();
        now += 16;
      }
    },
    frames: () => frames,
  };
}

test('two plots that ask all the time are drawn in turn, ten times a second in all', () => {
  const { queue, drawn, draw, run } = page();
  const [loss, forecast] = [{}, {}];
  for (let i = 0; i < 100; i++) {
    queue.request(loss, draw('loss'));
    queue.request(forecast, draw('forecast'));
    run(32);
  }
  const seconds = 3.2;
  expect(drawn.length).toBeLessThanOrEqual(10 * seconds + 1);
  expect(drawn.length).toBeGreaterThanOrEqual(8 * seconds);
  const losses = drawn.filter(({ name }) => name === 'loss').length;
  expect(Math.abs(losses - drawn.length / 2)).toBeLessThanOrEqual(1);
});

test('no two plots share a frame, and of many requests the latest is drawn', () => {
  const { queue, drawn, draw, run } = page();
  const plot = {};
  queue.request(plot, draw('old'));
  queue.request(plot, draw('new'));
  queue.request({}, draw('other'));
  run(500);
  expect(drawn.map(({ name }) => name)).toEqual(['new', 'other']);
  expect(drawn[0]!.at).not.toBe(drawn[1]!.at);
});

test('slow draws are followed by longer rests', () => {
  const { queue, drawn, draw, run } = page();
  const plot = {};
  for (let i = 0; i < 60; i++) {
    queue.request(plot, draw('plot', 20));
    run(48);
  }
  const gaps = drawn.slice(1).map(({ at }, i) => at - drawn[i]!.at);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...gaps)).toBeLessThan(600);
});

test('what is wanted soon does not wait for the rest, and keeps its turn when asked for again', () => {
  const { queue, drawn, draw, run } = page();
  const [busy, fresh] = [{}, {}];
  queue.request(busy, draw('busy', 40));
  run(16);
  queue.request(busy, draw('busy', 40));
  queue.request(fresh, draw('first'), true);
  queue.request(fresh, draw('first, newer data'));
  run(64);
  expect(drawn.map(({ name }) => name)).toEqual(['busy', 'first, newer data']);
});

test('a plot that has gone is not drawn', () => {
  const { queue, drawn, draw, run } = page();
  const plot = {};
  queue.request(plot, draw('gone'));
  queue.cancel(plot);
  run(500);
  expect(drawn).toEqual([]);
});

test('no frame is asked for that draws nothing', () => {
  const { queue, drawn, draw, run, frames } = page();
  const plot = {};
  for (let i = 0; i < 60; i++) {
    queue.request(plot, draw('plot', 8));
    run(48);
  }
  expect(frames()).toBe(drawn.length);
});
