import { useStore } from 'zustand';
import { PlayBar } from '../controls/PlayBar.tsx';
import { isTraining, useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';

/** Play, Pause, Step and Reset of an experiment's run, wherever it is shown. */
export function ExperimentPlayBar({ control }: { readonly control: ExperimentControl }) {
  const playing = useRun(control.key, isTraining);
  const pausing = useStore(control.view, (view) => view.pausing);
  return (
    <PlayBar
      playing={playing}
      pausing={pausing}
      onPlay={() => control.play()}
      onPause={() => control.pause()}
      onStep={() => control.step()}
      onReset={() => control.reset()}
    />
  );
}
