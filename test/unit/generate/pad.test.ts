import { describe, expect, it } from 'vitest';
import { drawStroke, pressKey, type PadLimits } from '../../../app/controls/WaveformPadEditing.ts';
import {
  easeLimits,
  linePath,
  nextLimits,
  padLayout,
  restX,
  roomAround,
  seedPosition,
  seedX,
  ticks,
  valueAt,
  valueY,
  widen,
} from '../../../app/controls/WaveformPadGeometry.ts';

const LIMITS: PadLimits = [-10, 10];
const zeros = new Float32Array(20);

/** A place on a rising line. */
function line(position: number) {
  return { position, value: 2 * position };
}

describe('a stroke over the seed', () => {
  it('sets every point passed, on the line between its ends', () => {
    const drawn = drawStroke(zeros, { position: 2, value: 1 }, { position: 8, value: 7 });
    expect(drawn.slice(0, 10)).toEqual(Float32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 0));
  });

  it('does the same from right to left', () => {
    const there = drawStroke(zeros, { position: 3, value: 3 }, { position: 15, value: -3 });
    const back = drawStroke(zeros, { position: 15, value: -3 }, { position: 3, value: 3 });
    expect(back).toEqual(there);
  });

  it('leaves no gap between many short strokes', () => {
    const path = Array.from({ length: 40 }, (_, n) => ({ position: n * 0.5 - 0.3, value: 5 }));
    let seed: Float32Array = zeros;
    for (let n = 1; n < path.length; n++) seed = drawStroke(seed, path[n - 1]!, path[n]!);
    expect([...seed]).toEqual(Array.from({ length: 20 }, () => 5));
  });

  it('of no length sets the nearest point alone', () => {
    const touch = { position: 6.6, value: 4 };
    const drawn = drawStroke(zeros, touch, touch);
    expect([...drawn].flatMap((value, index) => (value === 0 ? [] : [[index, value]]))).toEqual([[7, 4]]);
  });

  it('in many pieces gives the same line as in one', () => {
    let seed: Float32Array = zeros;
    for (let position = 0; position < 15; position += 0.7)
      seed = drawStroke(seed, line(position), line(position + 0.7));
    for (let index = 0; index < 15; index++) expect(seed[index]).toBeCloseTo(2 * index, 5);
  });

  it('from outside to outside covers the seed, and outside alone leaves it', () => {
    const across = drawStroke(zeros, { position: -3, value: 2 }, { position: 30, value: 2 });
    expect([...across]).toEqual(Array.from({ length: 20 }, () => 2));
    expect(drawStroke(zeros, { position: 25, value: 1 }, { position: 28, value: 3 })).toEqual(zeros);
  });

  it('does not touch the seed it was given', () => {
    drawStroke(zeros, { position: 0, value: 1 }, { position: 19, value: 1 });
    expect(zeros.every((value) => value === 0)).toBe(true);
  });
});

/** The chosen point of a seed. */
function at(chosen: number, seed = zeros) {
  return { seed, chosen };
}

describe('keys on the seed', () => {
  it.each([
    ['ArrowLeft', 7, 6],
    ['ArrowRight', 7, 8],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 19, 19],
    ['Home', 7, 0],
    ['End', 7, 19],
  ])('%s at point %i chooses %i', (key, from, to) => {
    expect(pressKey(key, at(from), LIMITS)).toEqual(at(to));
  });

  it.each([
    ['ArrowUp', 0.4],
    ['ArrowDown', -0.4],
    ['PageUp', 2],
    ['PageDown', -2],
  ])('%s moves the chosen point alone, by %d', (key, amount) => {
    const after = pressKey(key, at(7), LIMITS)!;
    expect(after.chosen).toBe(7);
    expect(after.seed[7]).toBeCloseTo(amount);
    expect(after.seed.filter((value) => value !== 0)).toHaveLength(1);
    expect(zeros[7]).toBe(0);
  });

  it('stays within what can be drawn', () => {
    const high = new Float32Array(20).fill(9.9);
    expect(pressKey('PageUp', at(3, high), LIMITS)!.seed[3]).toBe(10);
  });

  it('leaves other keys to the page', () => {
    for (const key of ['Tab', 'j', ' ', 'Enter', 'Escape']) expect(pressKey(key, at(3), LIMITS)).toBeNull();
  });
});

describe('the layout', () => {
  it.each([
    [326, 120],
    [390, 120],
    [948, 180],
  ])('at %i px gives the seed at least %i to draw in, and more to what follows', (width, least) => {
    const layout = padLayout(width, 260);
    const seed = layout.seedRight - layout.seedLeft;
    expect(seed).toBeGreaterThanOrEqual(least);
    expect(layout.restRight - layout.restLeft).toBeGreaterThanOrEqual(seed);
  });

  it('maps back what it maps', () => {
    const layout = padLayout(900, 260);
    expect(seedPosition(layout, seedX(layout, 7, 20), 20)).toBeCloseTo(7);
    expect(valueAt(layout, LIMITS, valueY(layout, LIMITS, 3.5))).toBeCloseTo(3.5);
    expect(restX(layout, 1, 300)).toBe(layout.restLeft);
    expect(restX(layout, 300, 300)).toBe(layout.restRight);
  });

  it('has an answer for a seed of one value and for no width at all', () => {
    expect(seedX(padLayout(900, 260), 0, 1)).toBeGreaterThan(0);
    const none = padLayout(0, 260);
    expect([seedX(none, 3, 20), restX(none, 3, 20)].every(Number.isFinite)).toBe(true);
  });
});

describe('ticks and limits', () => {
  it('are round numbers within the limits', () => {
    expect(ticks([-11.3, 12.8], 5)).toEqual([-10, -5, 0, 5, 10]);
    expect(ticks([0, 0.07], 4)).toEqual([0, 0.02, 0.04, 0.06]);
    expect(ticks([5, 5], 4)).toEqual([5]);
  });

  it('give room around the series, and some for a constant one', () => {
    expect(roomAround([-10, 10])).toEqual([-13, 13]);
    expect(roomAround([4, 4])).toEqual([0, 8]);
  });

  it('widen only as far as a curve needs, whatever it holds', () => {
    const calm = Float32Array.of(1, -3);
    const wild = Float32Array.of(2, 40, Number.NaN, Infinity);
    expect(widen(LIMITS, [calm])).toEqual(LIMITS);
    const [low, high] = widen(LIMITS, [calm, wild]);
    expect(low).toBe(-10);
    expect(high).toBeGreaterThan(40);
    expect(high).toBeLessThan(44);
  });
});

describe('limits that follow the curves', () => {
  it('stay the same object where nothing changes, widen at once', () => {
    expect(nextLimits(LIMITS, [-9, 8], false)).toBe(LIMITS);
    expect(nextLimits(LIMITS, [-9, 12], true)).toEqual([-10, 12]);
  });

  it('narrow only where they are far too wide and nothing is dragged', () => {
    expect(nextLimits([-40, 40], LIMITS, true)).toEqual([-40, 40]);
    expect(nextLimits([-40, 40], LIMITS, false)).toEqual(LIMITS);
  });

  it('ease towards others, and arrive', () => {
    const to: PadLimits = [-20, 10];
    const [low, high] = easeLimits(LIMITS, to, 16);
    expect(low).toBeLessThan(-10);
    expect(low).toBeGreaterThan(-20);
    expect(high).toBe(10);
    expect(easeLimits([low, high], to, 1000)).toBe(to);
  });
});

it('a path goes through its points', () => {
  expect(
    linePath(
      3,
      (n) => 10 * n,
      (n) => n + 0.26,
    ),
  ).toBe('M0.0 0.3L10.0 1.3L20.0 2.3');
});
