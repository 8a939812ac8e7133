/** The network that goes on: its run built, and the checkpoint shipped with the page loaded where none was trained. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { runStore, runtime } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';

export interface Network {
  /** The run is built, and the shipped checkpoint was looked for. */
  readonly ready: boolean;
  /** Why the shipped checkpoint is not there; empty otherwise. */
  readonly notice: string;
  readonly bringShipped: () => Promise<void>;
}

/**
 * Runs that were met here, each with why the shipped checkpoint is not in it: looked for once, so that a reader's
 * Reset holds, and not ready before the answer is there.
 */
const met = new Map<string, Promise<string>>();

export function useNetwork(control: ExperimentControl): Network {
  const { key } = control;
  const built = useStore(control.view, ({ applied }) => applied !== null);
  const [state, setState] = useState({ ready: false, notice: '' });
  useEffect(() => control.open(), [control]);
  useEffect(() => {
    if (!built) return undefined;
    let gone = false;
    void meet(key).then((notice) => gone || setState({ ready: true, notice }));
    return () => {
      gone = true;
    };
  }, [built, key]);
  const bringShipped = async () => setState({ ready: true, notice: await bringBack(control) });
  return { ...state, bringShipped };
}

function meet(key: string): Promise<string> {
  let notice = met.get(key);
  if (!notice) {
    const trained = runStore(key).getState().iteration > 0;
    notice = trained ? Promise.resolve('') : loadShipped(key);
    met.set(key, notice);
  }
  return notice;
}

/** Loads the shipped checkpoint; the answer is why it is not there, empty where it is. */
async function loadShipped(key: string): Promise<string> {
  try {
    if (await runtime.loadShipped(key)) return '';
    return 'The network that comes with the page has another series or other settings. Press Play to train this one.';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Loads the shipped checkpoint, with the series and the settings that it was trained on where others were chosen. */
async function bringBack(control: ExperimentControl): Promise<string> {
  if ((await loadShipped(control.key)) === '') return '';
  await control.restoreLesson();
  return loadShipped(control.key);
}
