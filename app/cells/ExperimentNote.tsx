import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { count, plainNumber } from '../controls/format.ts';
import { runStore, type RunView, useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';

/** The cell's one live region: what went wrong, to be seen and heard; otherwise milestones, heard only. */
export function Note({ control }: { readonly control: ExperimentControl }) {
  const problem = useStore(control.view, (view) => view.problem);
  const trouble = useRun(control.key, troubleOf);
  const milestone = useMilestone(control.key);
  const shown = problem || trouble;
  return (
    <div className={shown ? 'note' : 'visually-hidden'} aria-live="polite">
      {shown || milestone}
    </div>
  );
}

function troubleOf({ status, message }: RunView): string {
  if (status === 'stopped' || status === 'failed') return message;
  if (status === 'recovering') return message || 'The device was lost. A new one is being asked for.';
  return '';
}

function useMilestone(runKey: string): string {
  const [text, setText] = useState('');
  useEffect(
    () => runStore(runKey).subscribe((now, before) => setText((last) => milestoneOf(before, now) ?? last)),
    [runKey],
  );
  return text;
}

/** What there is to say when a run goes from one view to the next; null for nothing new. */
export function milestoneOf(before: RunView, now: RunView): string | null {
  if (before.status === 'recovering' && now.status !== 'recovering' && now.status !== 'failed') {
    return `The device is back at iteration ${count(now.iteration)}.`;
  }
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
