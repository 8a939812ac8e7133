/** The arithmetic behind the loss plot, apart from plotly. */
import { type History, thin } from '../worker/history.ts';

/** Points of the raw loss that a plot of a few hundred pixels can show. */
const RAW_POINTS = 300;
const SMOOTH_POINTS = 160;
/** The smoothed loss is a mean over this part of the run so far. */
const SMOOTH_SHARE = 1 / 25;

/** The raw loss as drawn. Losses that a log scale cannot show, zero among them, are left out. */
export function rawCurve(history: History): History {
  return thin(positive(history), RAW_POINTS);
}

/**
 * The geometric mean of the losses in a window centred on each of at most 160 iterations: the mean that is straight
 * on a log scale. At the ends the window is shorter on both sides, so that the curve does not lag.
 */
export function smoothCurve(history: History): History {
  const { iterations, losses } = positive(history);
  const total = iterations.length;
  if (total === 0) return { iterations: [], losses: [] };
  const sums = new Float64Array(total + 1); // of log loss, before each point
  for (let i = 0; i < total; i++) sums[i + 1] = sums[i]! + Math.log(losses[i]!);

  const reach = Math.floor((total * SMOOTH_SHARE) / 2);
  const points = Math.min(total, SMOOTH_POINTS);
  const smooth = { iterations: [] as number[], losses: [] as number[] };
  for (let point = 0; point < points; point++) {
    const centre = points === 1 ? 0 : Math.round((point * (total - 1)) / (points - 1));
    const half = Math.min(reach, centre, total - 1 - centre);
    const mean = (sums[centre + half + 1]! - sums[centre - half]!) / (2 * half + 1);
    smooth.iterations.push(iterations[centre]!);
    smooth.losses.push(Math.exp(mean));
  }
  return smooth;
}

/** The lowest and the highest finite value of all lists; null where there is none. */
export function extent(lists: readonly ArrayLike<number>[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * Powers of ten that enclose the losses of all histories, `[lowest, highest]`, in steps of a half so that the axis
 * seldom moves; a decade apart at least.
 */
export function logRange(histories: readonly History[]): [number, number] {
  const ends = extent(histories.map((history) => positive(history).losses));
  if (!ends) return [-2, 0.5];
  const [low, high] = ends;
  const bottom = Math.floor(2 * Math.log10(low)) / 2;
  return [bottom, Math.max(bottom + 1, Math.ceil(2 * Math.log10(high)) / 2)];
}

/** Where an axis of iterations ends, so that it seldom moves: 50, 100, 200, 500 … up to all that were asked for. */
export function axisEnd(reached: number, asked: number): number {
  if (reached > asked) return reached;
  let end = 50;
  while (end < reached) end *= String(end).startsWith('2') ? 2.5 : 2;
  return Math.min(end, asked);
}

function positive(history: History): History {
  const kept: number[] = [];
  history.losses.forEach((loss, i) => {
    if (loss > 0 && Number.isFinite(loss)) kept.push(i);
  });
  if (kept.length === history.losses.length) return history;
  return {
    iterations: kept.map((i) => history.iterations[i]!),
    losses: kept.map((i) => history.losses[i]!),
  };
}
