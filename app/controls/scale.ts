/** How the positions of a slider, whole numbers from 0 on, map to the values of a setting. */
export interface Scale {
  /** The highest position; the lowest is 0. */
  readonly last: number;
  /** The value at a position. */
  readonly value: (position: number) => number;
  /** The position whose value is nearest; values outside the scale go to its ends. */
  readonly position: (value: number) => number;
}

/** Steps of equal size, both ends included. */
export function linearScale(min: number, max: number, step = 1): Scale {
  const last = Math.round((max - min) / step);
  return {
    last,
    // Rounded, since binary fractions cannot hold the sums of a step such as 0.01.
    value: (position) => Number((min + clamp(position, last) * step).toPrecision(12)),
    position: (value) => clamp(Math.round((value - min) / step), last),
  };
}

/** Steps of equal ratio, `perDecade` to a power of ten, rounded to two significant digits: 0.001, 0.0013, 0.0016 … */
export function logScale(min: number, max: number, { perDecade }: { perDecade: number }): Scale {
  const steps = Math.round(Math.log10(max / min) * perDecade);
  const values = Array.from({ length: steps + 1 }, (_, step) =>
    Number((min * (max / min) ** (step / steps)).toPrecision(2)),
  );
  return listScale(values, Math.log);
}

/** Only the values of an ascending list. `measure` says in which terms a value is nearest to another. */
export function listScale(
  values: readonly number[],
  measure: (value: number) => number = (value) => value,
): Scale {
  const last = values.length - 1;
  return {
    last,
    value: (position) => values[clamp(position, last)]!,
    position: (value) => {
      let nearest = 0;
      const distance = (position: number) => Math.abs(measure(values[position]!) - measure(value));
      for (let position = 1; position <= last; position++) {
        if (distance(position) < distance(nearest)) nearest = position;
      }
      return nearest;
    },
  };
}

function clamp(position: number, last: number): number {
  return Math.min(last, Math.max(0, position));
}
