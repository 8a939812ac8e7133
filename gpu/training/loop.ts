/** The loop that keeps the device fed: submissions of about 10 ms, at most two in flight, no wait for any other thing. */
import type { IterationRecord, TrainingRun } from '../model/engine.ts';
import type { Clock, Pacer } from './pacing.ts';
import type { Snapshots } from './snapshots.ts';

export interface LoopTask {
  readonly run: TrainingRun;
  readonly pacer: Pacer;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  /** Iterations done so far. */
  readonly iteration: number;
  /** Stops when so many are done; asked before each submission, so 0 stops it. */
  until(): number;
  trained(records: readonly IterationRecord[]): void;
  /** Something was submitted: other work may follow it. */
  submitted(): void;
}

/**
 * Resolves when nothing is in flight any more.
 * @throws DeviceLostError, or what else the run threw first.
 */
export async function trainUntil(task: LoopTask): Promise<void> {
  const { run, pacer, snapshots, clock } = task;
  const flights = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let submitted = task.iteration;
  let advancing = 0;

  const launch = (work: Promise<void>): void => {
    const flight = work
      .catch((error: unknown) => void failures.push(error))
      .finally(() => flights.delete(flight));
    flights.add(flight);
  };
  const advance = async (count: number): Promise<void> => {
    const start = clock.now();
    advancing++;
    const records = await run.advance(count);
    advancing--;
    pacer.record(count, start, clock.now());
    task.trained(records);
  };

  while (failures.length === 0 && submitted < task.until()) {
    const count = Math.min(pacer.count, task.until() - submitted, snapshots.room(submitted));
    if (advancing >= pacer.depth || count === 0) {
      await Promise.race(flights);
    } else {
      launch(advance(count));
      submitted += count;
      if (snapshots.due(submitted, clock.now())) launch(snapshots.take(run, submitted, clock.now()));
      task.submitted();
    }
    // Lets messages in, such as a drag: what they submit goes before the next iterations.
    await clock.nextTask();
  }
  await Promise.all(flights);
  if (failures.length > 0) throw failures[0];
}

/** Milliseconds of an empty round trip: the shorter of two copies of the state. */
export async function latencyFloor(run: TrainingRun, clock: Clock): Promise<number> {
  let floor = Infinity;
  for (let trip = 0; trip < 2; trip++) {
    const start = clock.now();
    await run.capture();
    floor = Math.min(floor, clock.now() - start);
  }
  return floor;
}

/** What of an iteration was not finite; null where all was. */
export function notFinite({ loss, gradientNorm }: IterationRecord): 'loss' | 'gradient' | null {
  if (!fitsFloat32(loss)) return 'loss';
  return fitsFloat32(gradientNorm) ? null : 'gradient';
}

/** The reference engine computes in float64, but goes no further than a GPU could. */
function fitsFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}
