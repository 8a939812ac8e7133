import { count, plainNumber } from '../controls/format.ts';
import type { RunView } from '../worker/views.ts';

/** What there is to say when a run goes from one view to the next; null for nothing new. */
export function milestoneOf(before: RunView, now: RunView): string | null {
  if (before.status === 'recovering' && now.status !== 'recovering' && now.status !== 'failed') {
    return `The device is back at iteration ${count(now.iteration)}.`;
  }
  const { measuring } = now.kernels;
  if (measuring && !before.kernels.measuring)
    return `Measuring which of ${measuring.of} kernels are the fastest.`;
  if (before.status !== now.status) {
    if (now.status === 'running') return 'Training.';
    if (now.status === 'finished') {
      return (
        `Finished after ${count(now.iteration)} iterations. Held-out error ${plainNumber(now.heldOutError?.late)}, ` +
        `repeating the last value gives ${plainNumber(now.persistenceError?.late)}.`
      );
    }
  }
  if (now.attempt !== before.attempt && before.iteration > 0)
    return `Back at iteration ${count(now.iteration)}.`;
  if (before.status === 'running' && now.status === 'idle')
    return `Paused at iteration ${count(now.iteration)}.`;
  return null;
}
