/**
 * Where the time of a training step goes, a line a kernel: `kernels.mjs ABC [rnn,lstm,gru]`. Beside each its rates, and
 * beside the whole what the adapter can do at the most and what the loop adds to its own time.
 */
import '../../test/support/dawn.ts';
import { openEngine, type TrainingRun } from '../../gpu/index.ts';
import { CELLS, prepareJob } from '../cases.ts';
import { casesNamed, cellsNamed } from '../run.ts';

const [cases = 'ABC', cells = CELLS.join(',')] = process.argv.slice(2);
const { engine, notice } = await openEngine();
if (notice) throw new Error(notice);
const ceiling = (await engine.ceiling())!;
console.log(
  `${engine.description.label}: at the most ${ceiling.gigaflops.toFixed(1)} GFLOP/s in registers, ` +
    `${ceiling.gigabytes.toFixed(1)} GB/s copying`,
);
for (const test of casesNamed(cases)) {
  for (const cell of cellsNamed(cells)) {
    const { configuration, series, state } = prepareJob({ test, cell });
    const run = await engine.createRun(configuration, series, state);
    console.log(`${test.name} ${cell}, ${JSON.stringify(run.configuration.kernels)}`);
    await printProfile(run);
    run.destroy();
  }
}
// Dawn keeps a thread of its own.
process.exit(0);

/** Prints the iteration, and of each kind of dispatch how many, their microseconds together and their rates. */
async function printProfile(run: TrainingRun): Promise<void> {
  const profile = await run.profile({ milliseconds: 500 });
  if (!profile) return;
  const { microseconds, deviceMicroseconds, submissionsPerIteration, clock } = profile;
  const overhead = 100 * (1 - deviceMicroseconds / microseconds);
  console.log(
    `    ${microseconds.toFixed(1)} µs an iteration, of which the device ${deviceMicroseconds.toFixed(1)} µs by the clock of ` +
      `the ${clock} (overhead ${overhead.toFixed(1)} %), in ${submissionsPerIteration.toFixed(2)} submissions`,
  );
  for (const { part, kernel, dispatches, operations, bytes, microseconds: time } of profile.kernels) {
    const rates = `${(operations / time / 1000).toPrecision(3)} GFLOP/s, ${(bytes / time / 1000).toPrecision(3)} GB/s`;
    console.log(`    ${time.toFixed(1).padStart(9)} µs  ${dispatches} × ${kernel} (${part}), ${rates}`);
  }
}
