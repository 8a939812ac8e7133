/** All that computes: the reference, and on Dawn both families of kernels. */
import {
  openReferenceEngine,
  optimizerSlots,
  type RunConfiguration,
  type TrainingData,
  type TrainingRun,
} from '../../gpu/index.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { WebGpuRun } from '../../gpu/training/webgpu-run.ts';
import { testDevice } from './gpu.ts';

export interface Runner {
  readonly name: string;
  /** A run at iteration 0 with the given parameters; the optimiser's values are zeros. */
  start(configuration: RunConfiguration, data: TrainingData, parameters: Float32Array): Promise<TrainingRun>;
}

export const reference: Runner = {
  name: 'reference',
  start: (configuration, data, parameters) =>
    openReferenceEngine().createRun(configuration, data, startState(configuration, parameters)),
};

export const software = kernels('software');

/** Takes long to compile without a GPU: give it few configurations. */
export const hardware = kernels('hardware');

export const runners: readonly Runner[] = [reference, software, hardware];

function kernels(family: KernelFamily): Runner {
  return {
    name: `${family} kernels`,
    async start(configuration, data, parameters) {
      const { device, pipelines } = await testDevice();
      const on = { device, pipelines, family, latency: 0 };
      return WebGpuRun.create(on, configuration, data, startState(configuration, parameters));
    },
  };
}

function startState({ training }: RunConfiguration, parameters: Float32Array) {
  const slots = optimizerSlots(training.optimizer).length;
  return { iteration: 0, parameters, optimizerState: new Float32Array(slots * parameters.length) };
}
