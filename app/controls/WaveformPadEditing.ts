/** What drawing and keys do to a seed waveform, as pure functions: a seed in, another seed out. */

/** A place on the pad: `position` in points from 0, fractions between points; `value` in the series' units. */
export interface PadPlace {
  readonly position: number;
  readonly value: number;
}

/** The lowest and the highest value that can be drawn. */
export type PadLimits = readonly [low: number, high: number];

/**
 * The seed after the pointer went in a straight line from one place to another: every point passed lies on the
 * line, so that a fast stroke leaves no gap. The point nearest to the end, unless passed, takes the end's value.
 */
export function drawStroke(seed: Float32Array, from: PadPlace, to: PadPlace): Float32Array {
  const drawn = seed.slice();
  const first = Math.max(0, Math.ceil(Math.min(from.position, to.position)));
  const last = Math.min(seed.length - 1, Math.floor(Math.max(from.position, to.position)));
  for (let index = first; index <= last; index++) {
    const run = to.position - from.position;
    const share = run === 0 ? 1 : (index - from.position) / run;
    drawn[index] = from.value + share * (to.value - from.value);
  }
  const nearest = Math.round(to.position);
  const passed = nearest >= first && nearest <= last;
  if (!passed && nearest >= 0 && nearest < seed.length) drawn[nearest] = to.value;
  return drawn;
}

/** The seed and the point that is chosen by the keyboard. */
export interface PadSelection {
  readonly seed: Float32Array;
  readonly chosen: number;
}

/**
 * What a key does: Left and Right, Home and End choose a point; Up and Down move it by a fiftieth of what can be
 * drawn, with Page Up and Page Down by a tenth. Null for any other key.
 */
export function pressKey(
  key: string,
  { seed, chosen }: PadSelection,
  limits: PadLimits,
): PadSelection | null {
  const last = seed.length - 1;
  const choose = (index: number) => ({ seed, chosen: Math.min(last, Math.max(0, index)) });
  const span = limits[1] - limits[0];
  const move = (amount: number) => {
    const moved = seed.slice();
    moved[chosen] = clampTo(limits, seed[chosen]! + amount);
    return { seed: moved, chosen };
  };
  switch (key) {
    case 'ArrowLeft':
      return choose(chosen - 1);
    case 'ArrowRight':
      return choose(chosen + 1);
    case 'Home':
      return choose(0);
    case 'End':
      return choose(last);
    case 'ArrowUp':
      return move(span / 50);
    case 'ArrowDown':
      return move(-span / 50);
    case 'PageUp':
      return move(span / 10);
    case 'PageDown':
      return move(-span / 10);
    default:
      return null;
  }
}

/** The value, or the limit that it is beyond. */
export function clampTo([low, high]: PadLimits, value: number): number {
  return Math.min(high, Math.max(low, value));
}
