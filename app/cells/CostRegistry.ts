/** One cost lens for a run, kept as long as the page. */
import { proxy } from 'comlink';
import { runtime } from '../worker/client.ts';
import { CostControl } from './CostControl.ts';

const controls = new Map<string, CostControl>();

export function costControlOf(key: string): CostControl {
  const known = controls.get(key);
  if (known) return known;
  const made = new CostControl(key, {
    planCosts: (run) => runtime.planCosts(run),
    measureCosts: (run, progress) => runtime.measureCosts(run, proxy(progress)),
    stopMeasuring: () => runtime.stopMeasuring(),
  });
  controls.set(key, made);
  return made;
}
