/** The bytes of a run, known before anything is allocated, and what would fit where they are too many. */
import { bytesOf, type BufferSizes } from '../device/buffers.ts';
import { OutOfMemoryError } from '../device/errors.ts';
import type { RunConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import type { TrainingData } from '../model/engine.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { validateData } from '../model/validate-data.ts';
import { canRecompute, validateConfiguration } from '../model/validation.ts';
import { withKernels } from './kernels.ts';
import { sharedSizes, trainingSizes, trainingUse } from './iteration.ts';

/** Every buffer of a run but those of forecasts, examinations and generators, which are made when first asked for. */
export function runSizes(network: Network, configuration: RunConfiguration, data: TrainingData): BufferSizes {
  return {
    ...sharedSizes(network, configuration, data),
    ...trainingSizes(network, trainingUse(network, configuration, data), data),
  };
}

/**
 * Bytes of the buffers of a run, known without a device. What forecasts, examinations and generators take besides is made
 * when they are first asked for; the uniforms of an iteration's dispatches, 256 bytes each, are counted in the run's cost.
 * Where kernels are left open they are those of a GPU, which take no less than others.
 * @throws ConfigurationError where the configuration or the data cannot be.
 */
export function runBytes(configuration: RunConfiguration, data: TrainingData): number {
  validateConfiguration(configuration);
  validateData(configuration, data);
  return bytesOf(runSizes(buildNetwork(configuration.model), withKernels(configuration, 'hardware'), data));
}

/**
 * The configuration whose `runBytes` keep to a budget: as it is where that fits, otherwise with the largest `keepEvery`
 * that does, since fewer segments are less to recompute.
 * @throws OutOfMemoryError with the least that it can take; ConfigurationError as `runBytes`.
 */
export function withinBudget(
  configuration: RunConfiguration,
  data: TrainingData,
  budget: number,
): RunConfiguration {
  const whole = runBytes(configuration, data);
  if (whole <= budget) return configuration;
  const network = buildNetwork(configuration.model);
  const choices = canRecompute(configuration.model) ? keptSteps(configuration) : [];
  const kept = choices.map((training) => {
    const recomputed = { ...configuration, training };
    return { recomputed, bytes: bytesOf(runSizes(network, withKernels(recomputed, 'hardware'), data)) };
  });
  const fitting = kept.find(({ bytes }) => bytes <= budget);
  if (fitting) return fitting.recomputed;
  const least = Math.min(whole, ...kept.map(({ bytes }) => bytes)).toLocaleString('en');
  throw new OutOfMemoryError(
    whole,
    'The run',
    `The budget is ${budget.toLocaleString('en')} bytes; the least that it can take is ${least}.`,
  );
}

/** Every choice of k, the largest first. */
function keptSteps({ training }: RunConfiguration): TrainingConfiguration[] {
  return Array.from({ length: Math.max(0, training.sequenceLength - 2) }, (_, index) => ({
    ...training,
    keepEvery: training.sequenceLength - 1 - index,
  }));
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
