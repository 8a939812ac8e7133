/**
 * The page's side of the worker: starts it, and keeps what it reports in stores.
 *
 * `runtime` is the worker's `Runtime`; calls wait until its engine is open. A call that fails rejects with a
 * `RuntimeError`: name, message and `field` are those of the error in the worker.
 */
import { proxy, wrap, type Remote } from 'comlink';
import { useStore } from 'zustand';
import { carryErrorFields } from './errors.ts';
import type { DeviceReport, RunReport, Runtime } from './protocol.ts';
import { deviceStore, nextView, runStore, type DeviceView, type RunView } from './views.ts';

export type { RuntimeError } from './errors.ts';
export type { History } from './history.ts';
export { deviceStore, isTraining, runStore, type DeviceView, type RunView } from './views.ts';

carryErrorFields();
const worker = new Worker(new URL('./runtime.worker.ts', import.meta.url), {
  type: 'module',
  name: 'runtime',
});
worker.addEventListener('error', (event) => {
  deviceStore.setState({
    notice: `The worker that trains could not be started: ${event.message || 'its script did not load'}.`,
  });
});

export const runtime: Remote<Runtime> = wrap<Runtime>(worker);

const listener = {
  device: (report: DeviceReport) => deviceStore.setState(report),
  run: (report: RunReport) => {
    const store = runStore(report.key);
    store.setState(nextView(store.getState(), report), true);
  },
};
runtime.open(proxy(listener), document.baseURI).then(listener.device, (error: Error) => {
  deviceStore.setState({ notice: error.message });
});

/** The device badge's values; `engine` is null until the engine is open. */
export function useDevice(): DeviceView {
  return useStore(deviceStore);
}

/**
 * A part of a run's view, such as `useRun('predict#train', (run) => run.status)`; redraws when that part changes.
 * A selector that makes a new object each time needs `useShallow` of zustand around it.
 */
export function useRun<T>(key: string, selector: (run: RunView) => T): T {
  return useStore(runStore(key), selector);
}
