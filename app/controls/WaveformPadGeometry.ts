/** Where things lie on the waveform pad, in CSS pixels from its upper left corner. */
import type { PadLimits } from './WaveformPadEditing.ts';

/** The seed has a scale of its own: in proportion it would be too narrow to draw in. */
export interface PadLayout {
  readonly width: number;
  readonly height: number;
  /** Vertical extent of the picture, above the step numbers. */
  readonly top: number;
  readonly bottom: number;
  readonly seedLeft: number;
  readonly seedRight: number;
  readonly restLeft: number;
  readonly restRight: number;
}

const GUTTER = { left: 38, right: 10, top: 8, bottom: 24 };
/** Room at both sides of the seed's points, for their rings. */
const INSET = 12;
/** From the seed's edge to the first generated value. */
const GAP = 6;

/** A fifth of the picture for the seed; on a narrow screen nearly half of it, so that a finger can draw there. */
export function padLayout(width: number, height: number): PadLayout {
  const usable = Math.max(0, width - GUTTER.left - GUTTER.right);
  const seedWidth = Math.max(usable * 0.21, Math.min(usable * 0.46, 170));
  const seedRight = GUTTER.left + seedWidth;
  return {
    width,
    height,
    top: GUTTER.top,
    bottom: height - GUTTER.bottom,
    seedLeft: GUTTER.left,
    seedRight,
    restLeft: seedRight + GAP,
    restRight: Math.max(seedRight + GAP, width - GUTTER.right),
  };
}

/** Of the seed's point `index`, counted from 0. */
export function seedX(layout: PadLayout, index: number, count: number): number {
  const left = layout.seedLeft + INSET;
  const right = layout.seedRight - INSET;
  return count === 1 ? (left + right) / 2 : left + (index * (right - left)) / (count - 1);
}

/** The inverse of `seedX`: a position in points, which may lie outside the seed. */
export function seedPosition(layout: PadLayout, x: number, count: number): number {
  if (count === 1) return 0;
  const left = layout.seedLeft + INSET;
  const right = layout.seedRight - INSET;
  return ((x - left) * (count - 1)) / (right - left);
}

/** Of generated value `step`, counted from 1, of `steps`. */
export function restX(layout: PadLayout, step: number, steps: number): number {
  const share = steps === 1 ? 0 : (step - 1) / (steps - 1);
  return layout.restLeft + share * (layout.restRight - layout.restLeft);
}

export function valueY(layout: PadLayout, [low, high]: PadLimits, value: number): number {
  return layout.bottom - ((value - low) / (high - low)) * (layout.bottom - layout.top);
}

/** The inverse of `valueY`. */
export function valueAt(layout: PadLayout, [low, high]: PadLimits, y: number): number {
  return low + ((layout.bottom - y) / (layout.bottom - layout.top)) * (high - low);
}

/** Round numbers within the limits, about `wanted` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks([low, high]: PadLimits, wanted: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** An SVG path through points given by their index. Coordinates have one decimal, a tenth of a pixel. */
export function linePath(count: number, x: (index: number) => number, y: (index: number) => number): string {
  let path = '';
  for (let index = 0; index < count; index++) {
    path += `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(index).toFixed(1)}`;
  }
  return path;
}

/** The range of the series with some air. A constant series gets room around its value. */
export function roomAround([low, high]: PadLimits): PadLimits {
  const air = high > low ? 0.15 * (high - low) : Math.max(1, Math.abs(low));
  return [low - air, high + air];
}

/** The limits, widened as far as needed for all of the values; infinite or missing ones are left out. */
export function widen(limits: PadLimits, curves: readonly Float32Array[]): PadLimits {
  let [low, high] = limits;
  for (const curve of curves) {
    for (const value of curve) {
      if (value < low && value > -Infinity) low = value;
      if (value > high && value < Infinity) high = value;
    }
  }
  const air = 0.03 * (high - low);
  return [low < limits[0] ? low - air : low, high > limits[1] ? high + air : high];
}

/**
 * The limits to show next. They widen whenever more is needed; they narrow only where nothing is being dragged and
 * they are far too wide, so that the picture stands still under a finger and while a network trains. The same
 * object where nothing changes.
 */
export function nextLimits(shown: PadLimits, needed: PadLimits, dragging: boolean): PadLimits {
  const tooWide = needed[1] - needed[0] < 0.7 * (shown[1] - shown[0]);
  const next: PadLimits =
    tooWide && !dragging ? needed : [Math.min(shown[0], needed[0]), Math.max(shown[1], needed[1])];
  return next[0] === shown[0] && next[1] === shown[1] ? shown : next;
}

/** Time in which a change of limits is two thirds done, in milliseconds. */
const EASE = 60;

/** The limits on their way to others, `elapsed` milliseconds later; there at last, the others themselves. */
export function easeLimits(from: PadLimits, to: PadLimits, elapsed: number): PadLimits {
  const left = Math.exp(-elapsed / EASE);
  const nearEnough = 0.002 * (to[1] - to[0]);
  const next: PadLimits = [to[0] + left * (from[0] - to[0]), to[1] + left * (from[1] - to[1])];
  return Math.abs(next[0] - to[0]) + Math.abs(next[1] - to[1]) < nearEnough ? to : next;
}
