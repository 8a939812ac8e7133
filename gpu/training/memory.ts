/** The bytes of a run, known before anything is allocated, and what would fit where they are too many. */
import { bytesOf, type BufferSizes } from '../device/buffers.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { TrainingData } from '../model/engine.ts';
import type { Network } from '../model/network.ts';
import { sharedSizes, trainingSizes, trainingUse } from './iteration.ts';

/** Every buffer of a run but those of forecasts, examinations and generators, which are made when first asked for. */
export function runSizes(network: Network, configuration: RunConfiguration, data: TrainingData): BufferSizes {
  return {
    ...sharedSizes(network, configuration, data),
    ...trainingSizes(network, trainingUse(network, configuration, data), data),
  };
}

/** For the error that says that it does not fit: the largest halved batch whose buffers the device takes, and its bytes. */
export function fittingAdvice(
  limits: GPUSupportedLimits,
  network: Network,
  configuration: RunConfiguration,
  data: TrainingData,
): string {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  // The rows of streams are given, and cannot be fewer.
  const first = data.kind === 'streams' ? 0 : halved(configuration.training.batchSize);
  for (let batch = first; batch >= 1; batch = halved(batch)) {
    const training = { ...configuration.training, batchSize: batch };
    const sizes = runSizes(network, { ...configuration, training }, data);
    if (Object.values(sizes).every((words) => words * 4 <= most)) {
      return `A batch of ${batch} takes ${bytesOf(sizes).toLocaleString('en')} bytes in all.`;
    }
  }
  return 'No smaller batch fits: take fewer neurons or a shorter window.';
}

function halved(batch: number): number {
  return Math.floor(batch / 2);
}
