/** An iteration as training runs it: many to a submission, or one in parts, two under way at once. */
import type { Measuring } from './measuring.ts';
import { type Send, Submitter } from './submitter.ts';

/** Of one iteration. */
export interface Loop {
  readonly microseconds: number;
  /** Null where the device's clock cannot be read. */
  readonly deviceMicroseconds: number | null;
  readonly submissions: number;
}

/** Ever longer rows of iterations, until one takes as long as it should; once more the same, and that one counts. */
export async function measureLoop(measuring: Measuring): Promise<Loop> {
  const { on, plan, inseparable, most, budget } = measuring;
  const submitter = new Submitter({ dispatches: plan.length, inseparable }, most, on.latency);
  const row = (iterations: number): Promise<Loop> => timeRow(measuring, submitter, iterations);
  let iterations = 1;
  let loop = await row(1);
  // One that is far too long already is not run again.
  if (loop.microseconds > 4 * budget) return loop;
  while (iterations * loop.microseconds < budget) {
    const wanted = Math.ceil(budget / Math.max(loop.microseconds, 1));
    iterations = Math.min(Math.max(wanted, 2 * iterations), 4 * iterations);
    loop = await row(iterations);
  }
  return row(iterations);
}

async function timeRow(measuring: Measuring, submitter: Submitter, iterations: number): Promise<Loop> {
  const spent = { device: 0, submissions: 0 };
  const begun = performance.now();
  await submitter.run(iterations, sender(measuring, spent));
  const microseconds = 1000 * (performance.now() - begun);
  return {
    microseconds: microseconds / iterations,
    deviceMicroseconds: measuring.stopwatch.timestamps ? spent.device / iterations : null,
    submissions: spent.submissions / iterations,
  };
}

/** Sends a piece as training does, timed where it can be; the end of an iteration, which writes what is kept, undone. */
function sender(
  { on, plan, kept, preserved, stopwatch, check }: Measuring,
  spent: { device: number; submissions: number },
): Send {
  const { timestamps, readback } = stopwatch;
  return async ({ iterations, from, to }) => {
    check();
    spent.submissions += 1;
    const encoder = on.device.createCommandEncoder({ label: 'profile' });
    if (to === plan.length) preserved.before(encoder);
    const pass = encoder.beginComputePass({
      label: 'profile',
      ...(timestamps ? { timestampWrites: timestamps.writes(0) } : {}),
    });
    for (let index = 0; index < iterations; index += 1) plan.encode(pass, from, to);
    pass.end();
    if (to === plan.length) preserved.after(encoder);
    // Training reads its records back.
    const records = readback.copy(encoder, [{ buffer: kept[0]! }]);
    const times = timestamps?.take(encoder, readback, 1);
    on.device.queue.submit([encoder.finish()]);
    await records();
    const [microseconds = 0] = (await times?.()) ?? [];
    spent.device += microseconds;
  };
}
