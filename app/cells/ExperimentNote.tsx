import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { runStore, type RunView, useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { milestoneOf } from './ExperimentMilestones.ts';

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
