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

/** Runs that were met here before. Each gets the shipped weights once, so that a reader's Reset holds. */
const met = new Set<string>();

export function useNetwork(control: ExperimentControl): Network {
  const { key } = control;
  const built = useStore(control.view, ({ applied }) => applied !== null);
  const [state, setState] = useState({ ready: false, notice: '' });
  useEffect(() => control.open(), [control]);
  useEffect(() => {
    if (!built) return;
    const known = met.has(key) || runStore(key).getState().iteration > 0;
    met.add(key);
    void (known ? Promise.resolve('') : loadShipped(key)).then((notice) => setState({ ready: true, notice }));
  }, [built, key]);
  return { ...state, bringShipped: async () => setState({ ready: true, notice: await loadShipped(key) }) };
}

/** Loads the shipped checkpoint; the answer is why it is not there, empty where it is. */
async function loadShipped(key: string): Promise<string> {
  try {
    if (await runtime.loadShipped(key)) return '';
    return 'The network that comes with the page has other settings than this one. Press Play to train it.';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
