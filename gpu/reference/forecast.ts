/** Teacher-forced outputs over windows of a series: see `TrainingRun.forecast`. */
import type { WindowedSeries } from '../model/engine.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Network } from './network.ts';
import { networkForward, type NetworkUse } from './network-forward.ts';
import { windowsAt } from './windows.ts';

/** Windows computed at a time. */
const ROWS = 32;

/**
 * @param breathe awaited between some windows and the next, so that other work of the thread comes in.
 * @returns `[steps, starts.length, O]`
 * @throws ConfigurationError where a window does not lie in the series.
 */
export async function forecast(
  network: Network,
  series: WindowedSeries,
  starts: Uint32Array,
  steps: number,
  breathe: () => Promise<void>,
  use: NetworkUse,
): Promise<Float32Array> {
  requireWindows(starts, series.values.length / series.features - steps - 1);
  const { outputSize } = network.model;
  const outputs = new Float32Array(steps * starts.length * outputSize);
  for (let first = 0; first < starts.length; first += ROWS) {
    await breathe();
    const some = starts.subarray(first, first + ROWS);
    const windows = { steps, batch: some.length, inputs: windowsAt(series, some, steps, 0) };
    const part = networkForward(network, windows, use).outputs;
    const width = some.length * outputSize;
    for (let t = 0; t < steps; t++) {
      outputs.set(part.subarray(t * width, (t + 1) * width), (t * starts.length + first) * outputSize);
    }
  }
  return outputs;
}

/** A window's values and the one after them, its last target, are in the series. */
function requireWindows(starts: Uint32Array, last: number): void {
  const outside = starts.find((start) => start > last);
  if (outside !== undefined) {
    throw new ConfigurationError('forecast.starts', `holds ${outside}; allowed: up to ${last}.`);
  }
}
