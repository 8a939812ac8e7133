/** What a run costs, known from its configuration alone. */
import { bytesOf, type BufferSizes } from '../device/buffers.ts';
import { type PartRecording, uniformBytes } from '../kernels/plan.ts';
import type { BuiltConfiguration } from '../model/configuration.ts';
import type { RunCost, TrainingData } from '../model/engine.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { recordIteration } from './iteration.ts';
import { costOf, kindsOf } from './kinds.ts';
import { runSizes } from './memory.ts';

/** Of a run of these buffers and dispatches. */
export function costOfRun(
  { layout }: Network,
  sizes: BufferSizes,
  recordings: readonly PartRecording[],
): RunCost {
  return {
    parameters: layout.count,
    bytes: bytesOf(sizes) + uniformBytes(recordings.length),
    dispatchesPerIteration: recordings.length,
    kernels: kindsOf(recordings).map(costOf),
  };
}

/**
 * Of a run that is not made, nor has a device for it. Configuration and data are valid.
 * @throws ConfigurationError where it cannot be run with these kernels.
 */
export function plannedCost(configuration: Required<BuiltConfiguration>, data: TrainingData): RunCost {
  const network = buildNetwork(configuration.model);
  const sizes = runSizes(network, configuration, data);
  // A recording only names the buffers that it will read and write.
  const named = Object.fromEntries(Object.keys(sizes).map((label) => [label, { label } as GPUBuffer]));
  const { family } = configuration.kernels;
  return costOfRun(network, sizes, recordIteration(family, network, configuration, data, named));
}
