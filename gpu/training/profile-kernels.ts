/** The microseconds of each kind of kernel in an iteration, by the device's clock or by the host's. */
import type { EncodePass } from '../device/stopwatch.ts';
import { Timestamps } from '../device/timestamps.ts';
import type { Kind } from './kinds.ts';
import type { Measuring } from './measuring.ts';

/** What a submission should take, in microseconds. */
const PIECE = 10_000;
const FEWEST = 3;
const MOST = 256;

/** Dispatches of one kind that follow each other. */
interface Row {
  /** Index of the kind. */
  readonly kind: number;
  readonly from: number;
  readonly to: number;
}

/**
 * In iterations that are otherwise as in training, a pass for every row of dispatches of one kind. A browser may round the
 * device's clock to more than a short kernel takes: roundings even out over many iterations, of which the quieter half
 * counts, since the machine may do other things as well.
 * @param iteration microseconds of one.
 */
export async function timesInPlace(
  measuring: Measuring,
  kinds: readonly Kind[],
  iteration: number,
): Promise<number[]> {
  const { plan, stopwatch, preserved } = measuring;
  const pieces = piecesOf(measuring, kinds, iteration);
  const most = Math.floor(Timestamps.most / Math.max(...pieces.map(({ length }) => length)));
  const together = pieces.length > 1 ? 1 : Math.max(1, Math.min(most, Math.floor(PIECE / iteration)));
  const count = Math.max(FEWEST, Math.min(MOST, Math.round(measuring.budget / iteration)));
  const taken: number[][] = [];
  while (taken.length < count) {
    const each = Array.from({ length: together }, () => kinds.map(() => 0));
    for (const rows of pieces) {
      const passes = rows.map(
        ({ from, to }): EncodePass =>
          (pass) =>
            plan.encode(pass, from, to),
      );
      const isEnd = rows.at(-1)!.to === plan.length;
      const times = await stopwatch.timeEach(
        each.flatMap(() => passes),
        isEnd ? preserved : undefined,
      );
      times.forEach((time, index) => {
        each[Math.floor(index / rows.length)]![rows[index % rows.length]!.kind]! += time;
      });
    }
    taken.push(...each);
  }
  const quiet = taken.toSorted((one, other) => sum(one) - sum(other)).slice(0, Math.ceil(taken.length / 2));
  return kinds.map((_, kind) => sum(quiet.map((times) => times[kind]!)) / quiet.length);
}

/** The rows of an iteration, submission by submission. */
function piecesOf({ plan, inseparable }: Measuring, kinds: readonly Kind[], iteration: number): Row[][] {
  const parts = Math.max(1, Math.round(iteration / PIECE));
  const size = Math.min(Math.ceil(plan.length / parts), Timestamps.most - inseparable);
  const kindAt: number[] = [];
  kinds.forEach(({ places }, kind) => places.forEach((place) => (kindAt[place] = kind)));
  const pieces: Row[][] = [];
  for (let from = 0, to; from < plan.length; from = to) {
    to = from + size <= plan.length - inseparable ? from + size : plan.length;
    pieces.push(rowsOf(kindAt, from, to));
  }
  return pieces;
}

function rowsOf(kindAt: readonly number[], first: number, end: number): Row[] {
  const rows: Row[] = [];
  for (let from = first, to; from < end; from = to) {
    const kind = kindAt[from]!;
    to = from + 1;
    while (to < end && kindAt[to] === kind) to += 1;
    rows.push({ kind, from, to });
  }
  return rows;
}

/**
 * Each kind alone, repeated until the host's clock will do; of many dispatches in a long iteration some stand for all.
 * @param iteration microseconds of one.
 */
export async function timesAlone(
  { plan, stopwatch, preserved }: Measuring,
  kinds: readonly Kind[],
  iteration: number,
): Promise<number[]> {
  const times: number[] = [];
  for (const { places } of kinds) {
    const enough = Math.ceil((places.length * PIECE) / iteration);
    const some = places.slice(0, enough);
    const each = await stopwatch.timeRepeated((pass) => {
      for (const place of some) plan.encode(pass, place, place + 1);
    }, preserved);
    times.push((each * places.length) / some.length);
  }
  return times;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
