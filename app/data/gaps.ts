/** Missing values, NaN, and what is put in their place. */
import type { ImportChoices } from './types.ts';

/**
 * Fills the gaps of a part of a series in place, from that part alone: what lies beyond its ends is not read. Values
 * that the part cannot tell, before its first or after its last one, stay missing.
 */
export function fillGaps(part: Float64Array, missing: Required<ImportChoices>['missing']): void {
  if (missing === 'skip') return;
  let before = -1; // index of the last value that is there
  for (let index = 0; index < part.length; index++) {
    if (Number.isNaN(part[index])) continue;
    if (before >= 0 && index > before + 1) fillOne(part, before, index, missing);
    before = index;
  }
  if (missing === 'previous' && before >= 0) part.fill(part[before]!, before + 1);
}

/** Fills the gap between two values that are there, at the indices `before` and `after`. */
function fillOne(
  part: Float64Array,
  before: number,
  after: number,
  missing: 'interpolate' | 'previous',
): void {
  const first = part[before]!;
  const slope = missing === 'previous' ? 0 : (part[after]! - first) / (after - before);
  for (let index = before + 1; index < after; index++) part[index] = first + slope * (index - before);
}
