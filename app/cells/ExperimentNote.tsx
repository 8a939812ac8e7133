import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { runStore, type RunView, useRun } from '../worker/client.ts';
import { useLate } from '../controls/useLate.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { milestoneOf } from './ExperimentMilestones.ts';

/** Milliseconds after which a pause that has not come yet is spoken of. */
const LONG_PAUSE = 700;

/**
 * The cell's one live region: what went wrong, or what to know of what was done, to be seen and heard; otherwise
 * milestones, heard only.
 */
export function Note({ control }: { readonly control: ExperimentControl }) {
  const problem = useStore(control.view, (view) => view.problem);
  const remark = useStore(control.view, (view) => view.remark);
  const trouble = useRun(control.key, troubleOf);
  const milestone = useMilestone(control.key);
  const pausing = useLate(
    useStore(control.view, (view) => view.pausing),
    LONG_PAUSE,
  );
  const wrong = problem || trouble;
  return (
    <div className={wrong ? 'note' : remark ? 'note remark' : 'visually-hidden'} aria-live="polite">
      {wrong || remark || (pausing ? 'Pausing after this iteration.' : milestone)}
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
