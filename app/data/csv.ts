/** The forecast picture as CSV, to be opened in a spreadsheet or read by a program. */
import type { ForecastPicture } from '../worker/protocol.ts';

type Columns = Pick<ForecastPicture, 'start' | 'truth' | 'teacherForced' | 'freeRunning' | 'persistence'>;

const HEADER = ['value index', 'truth', 'one step ahead', 'free running', 'persistence'];

/**
 * One row a value, with a header; empty where a column has none. A number is the shortest decimal from which the
 * same float32 is read back.
 */
export function forecastCsv({ start, truth, teacherForced, freeRunning, persistence }: Columns): string {
  const window = teacherForced.length;
  const length = Math.max(truth.length, 1 + window, window + freeRunning.length);
  const rows = Array.from({ length }, (_, position) => [
    String(start + position),
    written(truth[position]),
    written(teacherForced[position - 1]),
    written(freeRunning[position - window]),
    written(persistence[position - 1]),
  ]);
  return [HEADER, ...rows].map((fields) => `${fields.join(',')}\n`).join('');
}

function written(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(Number(value.toPrecision(9))); // nine digits tell any two float32 apart
}
