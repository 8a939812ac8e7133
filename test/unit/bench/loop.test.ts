import { describe, expect, test } from 'vitest';
import { CELLS, GENERATED, GENERATION_MODES, type Job, prepareJob } from '../../../bench/cases.ts';
import { loop } from '../../../bench/peers/loop/index.ts';
import { reference } from '../../../bench/peers/runtime.ts';

const STEPS = 4;
/** In float32, after some updates by Adam. */
const CLOSE = 1e-5;

function job(cell: Job['cell'], input: number): Job {
  return { test: { name: 'small', batch: 3, steps: 21, input, hidden: 7 }, cell };
}

describe.each(CELLS)('the typed-array loop, %s', (cell) => {
  test.each([1, 3])('trains as the reference does, %i inputs', async (input) => {
    const prepared = prepareJob(job(cell, input));
    const [ours, theirs] = await Promise.all([reference(prepared), loop(prepared)]);
    const expected = await ours.train(STEPS);
    const actual = await theirs.train(STEPS);
    expect(actual).toHaveLength(STEPS);
    actual.forEach((loss, step) => {
      expect(Math.abs(loss / expected[step]! - 1)).toBeLessThan(CLOSE);
    });
  });

  test.each(GENERATION_MODES)('goes on from a seed as the reference does, %s', async (mode) => {
    const prepared = prepareJob(job(cell, 1));
    const [ours, theirs] = await Promise.all([reference(prepared), loop(prepared)]);
    await Promise.all([ours.train(2), theirs.train(2)]);
    const expected = await ours.generate(mode, GENERATED);
    const actual = await theirs.generate(mode, GENERATED);
    expect(actual).toHaveLength(GENERATED);
    for (let index = 0; index < GENERATED; index += 1) {
      expect(Math.abs(actual[index]! - expected[index]!)).toBeLessThan(1e-4);
    }
  });
});
