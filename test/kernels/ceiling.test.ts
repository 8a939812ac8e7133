/** The device's own limits: measured once, and by kernels that do what they are counted to do. */
import { expect, test } from 'vitest';
import { openEngine } from '../../gpu/index.ts';
import { CHAINS, LANES, recordCopy, recordMultiplyAdds, UNROLLED } from '../../gpu/kernels/ceiling.ts';
import { expectForwardClose } from '../support/compare.ts';
import { runRecordings } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

test('an engine measures both limits, once', async () => {
  const { engine } = await openEngine();
  const ceiling = await engine.ceiling();
  expect(ceiling!.gigaflops).toBeGreaterThan(0);
  expect(ceiling!.gigabytes).toBeGreaterThan(0);
  expect(Object.values(ceiling!).every(Number.isFinite)).toBe(true);
  expect(await engine.ceiling()).toBe(ceiling);
  engine.destroy();
});

test('of a lost device there is none, and the error says so', async () => {
  const { engine } = await openEngine();
  engine.destroy();
  await expect(engine.ceiling()).rejects.toMatchObject({ name: 'DeviceLostError' });
});

test.each([
  [1, 1],
  [3, 5],
])('%i groups of %i turns: every multiply-add that is counted is done', async (groups, turns) => {
  const [factor, term] = [0.75, 0.25];
  const sizes = { numbers: 2, sums: groups * LANES };
  let counted = 0;
  const { sums } = await runRecordings(sizes, { numbers: Float32Array.of(factor, term) }, (buffers) => {
    const recording = recordMultiplyAdds({ groups, turns }, buffers['numbers']!, buffers['sums']!);
    counted = recording.work.operations;
    return [recording];
  });
  let done = 0;
  const expected = Array.from(sums!, (_, id) => {
    const chains = Array.from({ length: CHAINS }, (_unused, chain) => id + chain);
    for (let time = 0; time < turns * UNROLLED; time += 1) {
      chains.forEach((sum, chain) => (chains[chain] = sum * factor + term));
      done += 2 * CHAINS;
    }
    return chains.reduce((total, sum) => total + sum, 0);
  });
  expectForwardClose(sums!, expected, 'sums');
  expect(counted).toBe(done);
});

test.each([4, 1000, 2_100_000])('a copy of %i words is a copy', async (words) => {
  const source = new RandomSource(words).normals(words);
  const { copy } = await runRecordings({ source: words, copy: words }, { source }, (buffers) => [
    recordCopy(words, buffers['source']!, buffers['copy']!),
  ]);
  expect(copy!.every((value, index) => value === source[index])).toBe(true);
});
