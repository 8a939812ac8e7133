/** The losses of a run as a plot needs them: few enough to draw, the extremes of every stretch kept. */

/** Two lists of equal length, iterations ascending. */
export interface History {
  readonly iterations: readonly number[];
  readonly losses: readonly number[];
}

/** A history never holds more points than this. */
export const HISTORY_LIMIT = 4000;

export const EMPTY_HISTORY: History = { iterations: [], losses: [] };

/**
 * The history with newer points added. Points at or after the first new one are replaced: after a lost device
 * training goes on from an earlier iteration.
 */
export function appendToHistory(history: History, added: History, limit = HISTORY_LIMIT): History {
  const first = added.iterations[0];
  if (first === undefined) return history;
  let kept = history.iterations.length;
  while (kept > 0 && history.iterations[kept - 1]! >= first) kept--;
  const joined = {
    iterations: [...history.iterations.slice(0, kept), ...added.iterations],
    losses: [...history.losses.slice(0, kept), ...added.losses],
  };
  return joined.iterations.length > limit ? thin(joined, limit >> 1) : joined;
}

/** At most `limit` points: the lowest and the highest loss of each of `limit / 2` equal stretches of iterations. */
export function thin({ iterations, losses }: History, limit: number): History {
  if (iterations.length <= limit) return { iterations, losses };
  const stretches = Math.max(1, limit >> 1);
  const first = iterations[0]!;
  const width = (iterations.at(-1)! + 1 - first) / stretches;
  const stretchOf = (index: number): number => Math.floor((iterations[index]! - first) / width);
  const kept: number[] = [];
  for (let from = 0; from < iterations.length;) {
    let [low, high, to] = [from, from, from];
    for (; to < iterations.length && stretchOf(to) === stretchOf(from); to++) {
      if (losses[to]! < losses[low]!) low = to;
      if (losses[to]! > losses[high]!) high = to;
    }
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
    from = to;
  }
  return { iterations: kept.map((i) => iterations[i]!), losses: kept.map((i) => losses[i]!) };
}
