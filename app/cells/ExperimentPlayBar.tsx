import { useStore } from 'zustand';
import { PlayBar } from '../controls/PlayBar.tsx';
import { useLate } from '../controls/useLate.ts';
import { isTraining, useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';

/** Milliseconds after which a run that is still being built is spoken of. */
const LONG_BUILD = 300;

/** Play, Pause, Step and Reset of an experiment's run, wherever it is shown. */
export function ExperimentPlayBar({ control }: { readonly control: ExperimentControl }) {
  const playing = useRun(control.key, isTraining);
  const pausing = useStore(control.view, (view) => view.pausing);
  const starting = useStore(control.view, (view) => view.starting);
  const rebuilding = useStore(control.view, (view) => view.building && view.applied !== null);
  const building = useLate(rebuilding, LONG_BUILD);
  const doing = useRun(control.key, ({ kernels: { measuring } }) =>
    measuring
      ? `Measuring kernels, ${Math.min(measuring.done + 1, measuring.of)} of ${measuring.of}`
      : undefined,
  );
  const wait = playing ? pausing && 'Pausing…' : (starting && 'Starting…') || (building && 'Building…');
  return (
    <PlayBar
      playing={playing}
      wait={wait || undefined}
      doing={doing}
      onPlay={() => control.play()}
      onPause={() => control.pause()}
      onStep={() => control.step()}
      onReset={() => void control.reset()}
    />
  );
}
