/** Where an iteration's time goes, a line a kernel. */
import type { TrainingRun } from '../../gpu/index.ts';

/** Prints the iteration, and of each kind of dispatch how many, their microseconds together and their rates. */
export async function printProfile(run: TrainingRun): Promise<void> {
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
