/**
 * Where an iteration's time goes: the training loop as it is, and each kernel's share of it. Nothing of it is left behind:
 * every submission that would change what training goes on from puts it back (see preserved.ts).
 */
import { Stopwatch } from '../device/stopwatch.ts';
import type { KernelTime, Profile, ProfileRequest } from '../model/engine.ts';
import { costOf, kindsOf } from './kinds.ts';
import type { Measuring, ProfiledIteration } from './measuring.ts';
import { preserve } from './preserved.ts';
import { timesAlone, timesInPlace } from './profile-kernels.ts';
import { measureLoop } from './profile-loop.ts';

const MILLISECONDS = 100;

/** @throws OutOfMemoryError, DeviceLostError, and the signal's reason. */
export async function profileIteration(
  iteration: ProfiledIteration,
  { milliseconds = MILLISECONDS, signal, progress = () => undefined }: ProfileRequest,
): Promise<Profile> {
  const { device } = iteration.on;
  const check = (): void => signal?.throwIfAborted();
  check();
  const preserved = await preserve(device, iteration.kept);
  const stopwatch = new Stopwatch(device, check);
  try {
    const measuring = { ...iteration, preserved, stopwatch, budget: 1000 * milliseconds, check };
    return await measure(measuring, progress);
  } finally {
    stopwatch.destroy();
    preserved.destroy();
  }
}

async function measure(measuring: Measuring, progress: (share: number) => void): Promise<Profile> {
  const isTimed = measuring.stopwatch.timestamps !== null;
  const loop = await measureLoop(measuring);
  progress(0.5);
  const kinds = kindsOf(measuring.recordings);
  const timesOf = isTimed ? timesInPlace : timesAlone;
  const times = await timesOf(measuring, kinds, loop.microseconds);
  progress(1);
  return {
    microseconds: loop.microseconds,
    deviceMicroseconds: loop.deviceMicroseconds ?? times.reduce((sum, time) => sum + time, 0),
    clock: isTimed ? 'device' : 'host',
    submissionsPerIteration: loop.submissions,
    kernels: kinds.map((kind, index): KernelTime => ({ ...costOf(kind), microseconds: times[index]! })),
  };
}
