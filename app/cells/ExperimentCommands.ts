import { useEffect } from 'react';
import { registerCommands } from '../notebook/commands.ts';
import type { ExperimentControl } from './ExperimentControl.ts';

/** Lets the notebook's keys act on an experiment's run where the cell `lesson#id` is the current one. */
export function useCommands(cell: string, control: ExperimentControl): void {
  useEffect(
    () =>
      registerCommands(cell, {
        play: () => control.play(),
        pause: () => control.pause(),
        toggle: () => control.toggle(),
        step: () => control.step(),
        reset: () => void control.reset(),
      }),
    [cell, control],
  );
}
