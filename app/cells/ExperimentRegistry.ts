/** One control for a run, whichever cells show it, kept as long as the page. */
import type { ExperimentFence } from '../notebook/schema.ts';
import { runStore, runtime } from '../worker/client.ts';
import { ExperimentControl } from './ExperimentControl.ts';

const controls = new Map<string, ExperimentControl>();

/** The control of the run `lesson#id`; a fence whose settings were edited gets a new one. */
export function controlOf(key: string, { data, model, train }: ExperimentFence): ExperimentControl {
  const settings = { data, model, train };
  const known = controls.get(key);
  if (known && JSON.stringify(known.lesson) === JSON.stringify(settings)) return known;
  const made = new ExperimentControl(key, settings, runtime, runStore(key));
  controls.set(key, made);
  return made;
}
