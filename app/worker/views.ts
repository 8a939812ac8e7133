/** What the page knows of the device and of each run: plain values in vanilla stores, filled by the worker's reports. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { appendToHistory, EMPTY_HISTORY, type History } from './history.ts';
import { type DeviceReport, NO_KERNELS, type RunReport } from './protocol.ts';

export interface DeviceView {
  /** Null until the engine is open. */
  readonly engine: DeviceReport['engine'] | null;
  /** Why no GPU runs, or why nothing does; empty otherwise. */
  readonly notice: string;
}

/** The latest report, with readings that it left unchanged filled in, and the losses since the start. */
export interface RunView extends Omit<RunReport, 'newIterations' | 'newLosses'> {
  readonly history: History;
  /** Histories before a reset, a rebuild or a loaded checkpoint, the latest first. */
  readonly earlier: readonly History[];
}

const EARLIER_LIMIT = 3;

export const deviceStore: StoreApi<DeviceView> = createStore(() => ({ engine: null, notice: '' }));

/** A run before its first report. */
export function emptyView(key: string): RunView {
  return {
    key,
    status: 'idle',
    message: '',
    attempt: 0,
    iteration: 0,
    iterationsAsked: 0,
    parameters: 0,
    bytes: 0,
    dispatchesPerIteration: 0,
    kernels: NO_KERNELS,
    iterationsPerSubmission: 0,
    iterationsPerSecond: null,
    heldOutError: null,
    persistenceError: null,
    forecast: null,
    origin: 'trained',
    history: EMPTY_HISTORY,
    earlier: [],
  };
}

/** It trains, or will by itself: once there is a device again, or its kernels are measured. */
export function isTraining({ status, kernels }: Pick<RunView, 'status' | 'kernels'>): boolean {
  return status === 'running' || status === 'recovering' || kernels.measuring !== null;
}

const runStores = new Map<string, StoreApi<RunView>>();

/** The store of a run, made on first use; `key` is `lesson#id`. */
export function runStore(key: string): StoreApi<RunView> {
  let store = runStores.get(key);
  if (!store) {
    store = createStore(() => emptyView(key));
    runStores.set(key, store);
  }
  return store;
}

/** The view after a report. What is said of kernels rarely changes, and then stays the same object. */
export function nextView(view: RunView, report: RunReport): RunView {
  const { newIterations, newLosses, ...rest } = report;
  const sameKernels = JSON.stringify(report.kernels) === JSON.stringify(view.kernels);
  const readings = { ...rest, kernels: sameKernels ? view.kernels : report.kernels };
  const added = { iterations: newIterations, losses: newLosses };
  if (report.attempt !== view.attempt) {
    const earlier =
      view.history.iterations.length > 1
        ? [view.history, ...view.earlier].slice(0, EARLIER_LIMIT)
        : view.earlier;
    return { ...readings, history: appendToHistory(EMPTY_HISTORY, added), earlier };
  }
  return {
    ...readings,
    heldOutError: report.heldOutError ?? view.heldOutError,
    persistenceError: report.persistenceError ?? view.persistenceError,
    forecast: report.forecast ?? view.forecast,
    history: appendToHistory(view.history, added),
    earlier: view.earlier,
  };
}
