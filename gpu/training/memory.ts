/** The bytes of a run, known before anything is allocated, and what would fit where they are too many. */
import { bytesOf, type BufferSizes } from '../device/buffers.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { WindowedSeries } from '../model/engine.ts';
import type { Network } from '../model/network.ts';
import { sharedSizes, trainingSizes } from './iteration.ts';

/** Every buffer of a run but those of forecasts and generators, which are made when first asked for. */
export function runSizes(
  network: Network,
  configuration: RunConfiguration,
  series: WindowedSeries,
): BufferSizes {
  const data = { values: series.values.length, starts: series.trainingStarts.length };
  return { ...sharedSizes(network, configuration, data), ...trainingSizes(network, configuration) };
}

/** For the error that says that it does not fit: the largest halved batch whose buffers the device takes, and its bytes. */
export function fittingAdvice(
  limits: GPUSupportedLimits,
  network: Network,
  configuration: RunConfiguration,
  series: WindowedSeries,
): string {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  for (let batch = halved(configuration.training.batchSize); batch >= 1; batch = halved(batch)) {
    const training = { ...configuration.training, batchSize: batch };
    const sizes = runSizes(network, { ...configuration, training }, series);
    if (Object.values(sizes).every((words) => words * 4 <= most)) {
      return `A batch of ${batch} takes ${bytesOf(sizes).toLocaleString('en')} bytes in all.`;
    }
  }
  return 'No smaller batch fits: take fewer neurons or a shorter window.';
}

function halved(batch: number): number {
  return Math.floor(batch / 2);
}
