import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { forecastCsv } from '../../../app/data/csv.ts';

const forecast = {
  start: 120,
  truth: Float32Array.of(1, 2, 0.1, -4e-12, Number.NaN),
  teacherForced: Float32Array.of(1.5, 2.5, 1 / 3),
  freeRunning: Float32Array.of(1 / 3, 123_456.789, 3.402_823_4e38),
  persistence: Float32Array.of(1, 2, 0.1),
};

/** The values of a column, header left out, empty fields as undefined. */
const column = (index: number) =>
  (Papa.parse(forecastCsv(forecast).trimEnd()).data as string[][])
    .slice(1)
    .map((row) => (row[index] === '' ? undefined : Number(row[index])));

/** Values from a row on, undefined before, after and where there is none. */
const at = (values: Float32Array, row: number) =>
  Array.from({ length: 6 }, (_, index) => values[index - row]).map((value) =>
    Number.isNaN(value) ? undefined : value,
  );

describe('the forecast as CSV', () => {
  it('has a header and one row a value', () => {
    const lines = forecastCsv(forecast).split('\n');
    expect(lines[0]).toBe('value index,truth,one step ahead,free running,persistence');
    expect(lines[1]).toBe('120,1,,,');
    expect(lines[2]).toBe('121,2,1.5,,1');
    expect(lines).toHaveLength(1 + 6 + 1);
    expect(lines.at(-1)).toBe('');
  });

  it('puts every value where it belongs, to the last bit of float32', () => {
    const read = (index: number) =>
      column(index).map((value) => (value === undefined ? value : Math.fround(value)));
    expect(column(0)).toEqual([120, 121, 122, 123, 124, 125]);
    expect(read(1)).toEqual(at(forecast.truth, 0));
    expect(read(2)).toEqual(at(forecast.teacherForced, 1));
    expect(read(3)).toEqual(at(forecast.freeRunning, 3));
    expect(read(4)).toEqual(at(forecast.persistence, 1));
  });

  it('writes numbers as short as they can be', () => {
    expect(forecastCsv(forecast)).toContain('122,0.1,2.5,,2');
  });

  it('reads random float32 values back', () => {
    const bits = Uint32Array.from({ length: 2000 }, (_, index) => Math.imul(index + 1, 2_654_435_761));
    const truth = new Float32Array(bits.buffer).filter(Number.isFinite);
    const text = forecastCsv({ ...forecast, truth });
    const read = (Papa.parse(text.trimEnd()).data as string[][]).slice(1).map((row) => Number(row[1]));
    expect(truth.length).toBeGreaterThan(1900);
    expect(Float32Array.from(read)).toEqual(truth);
  });
});
