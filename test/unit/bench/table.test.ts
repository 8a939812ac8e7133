import { describe, expect, test } from 'vitest';
import { CASES, type Job, operations } from '../../../bench/cases.ts';
import type { EntrantResult } from '../../../bench/entrant.ts';
import { findPeer } from '../../../bench/peers/index.ts';
import { casesNamed, cellsNamed, compared } from '../../../bench/run.ts';
import { digits, table } from '../../../bench/table.ts';
import { spread } from '../../../bench/timing.ts';

const JOB: Job = { test: CASES[0]!, cell: 'lstm' };

function result(where: string, peer: string, rest: Partial<EntrantResult>): EntrantResult {
  return { where, peer, title: peer, step: spread([10]), losses: [], generation: {}, ...rest };
}

const RESULTS = [
  result('node', 'unroll', { step: spread([8, 10, 12]), dispatches: 53, losses: [0.2, 0.1] }),
  result('node', 'reference', { step: spread([40]), losses: [0.2, 0.1001] }),
  result('chromium', 'unroll', { step: spread([20]), dispatches: 53, losses: [0.2] }),
  result('chromium', 'jax-webgpu', { step: spread([50]), dispatches: 400, losses: [0.2, 0.11] }),
  result('chromium', 'loop', { step: { stopped: 'about 40.0 s each' } }),
];
const rows = compared(JOB, { results: RESULTS, ceilings: { node: 26, chromium: 13 } });

describe('the rows of a job', () => {
  test('are compared with ours in the same place', () => {
    expect(rows.map(({ ratio }) => ratio)).toEqual([1, 4, 1, 2.5, undefined]);
  });

  test('have their rate, and its share of the ceiling where they run on the adapter', () => {
    const rate = operations(JOB) / 10 / 1e6;
    expect(rows[0]).toMatchObject({ gigaflops: rate, ceiling: 26, share: rate / 26 });
    expect(rows[1]!.gigaflops).toBeCloseTo(rate / 4);
    expect(rows[1]!.share).toBeUndefined();
    expect(rows[4]!.gigaflops).toBeUndefined();
  });

  test('say how far the first losses are from those of the reference', () => {
    expect(rows[0]!.difference).toBeCloseTo(0.0001 / 0.1001);
    expect(rows[1]!.difference).toBe(0);
    expect(rows[2]!.difference).toBe(0);
    expect(rows[3]!.difference).toBeCloseTo(0.0099 / 0.1001);
    expect(rows[4]!.difference).toBeUndefined();
  });

  test('are compared with our losses where the reference has none', () => {
    const withoutReference = RESULTS.filter(({ peer }) => peer !== 'reference');
    const [ours, , jax] = compared(JOB, { results: withoutReference, ceilings: {} });
    expect(ours!.difference).toBe(0);
    expect(jax!.difference).toBeCloseTo(0.1);
  });
});

test('the table has a line a row, its columns one under the other, and says what was stopped', () => {
  const lines = table(rows).split('\n');
  const [heading] = lines;
  const width = heading!.indexOf('step, ms') + 'step, ms'.length;
  const body = lines.slice(2, 2 + rows.length);
  expect(body.map((line) => line.slice(0, width).trimEnd().split(/\s+/).at(-1))).toEqual([
    '10.0',
    '40.0',
    '20.0',
    '50.0',
    'stopped',
  ]);
  expect(lines).toContain('  A lstm, chromium, loop, training step: about 40.0 s each');
});

test.each([
  [1234.5, '1235'],
  [99.96, '100'],
  [12.345, '12.3'],
  [0.01234, '0.0123'],
])('%f is written %s', (value, text) => expect(digits(value)).toBe(text));

describe('what is asked for by name', () => {
  test('is found', () => {
    expect(casesNamed('A,C').map(({ name }) => name)).toEqual(['A', 'C']);
    expect(cellsNamed('gru,rnn')).toEqual(['gru', 'rnn']);
    expect(findPeer('loop').name).toBe('loop');
  });

  test('or refused with what there is', () => {
    expect(() => casesNamed('D')).toThrow('No case D. There are: A, B, C.');
    expect(() => cellsNamed('elman')).toThrow('No cell elman. There are: rnn, lstm, gru.');
    expect(() => findPeer('torch')).toThrow(/^No peer torch\. There are: unroll, /);
  });
});
