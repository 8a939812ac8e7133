/** One training iteration as a list of dispatches: batch, forward, loss, backward, norm, decision, update. */
import type { BufferSizes } from '../device/buffers.ts';
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import type { GradientContext } from '../layers/context.ts';
import type { OptimizerConfiguration, RunConfiguration } from '../model/configuration.ts';
import {
  backwardSizes,
  type Extent,
  forwardSizes,
  type NamedBuffers,
  type Network,
  recordBackward,
  recordForward,
} from '../model/network.ts';
import { optimizerSlots } from '../model/optimizer.ts';

/** Records that the ring of losses holds, and so the most iterations of a submission. */
export const RECORDS = 1024;
/** 4-byte words before the ring; see shaders/optimizer/control.wgsl. */
export const CONTROL_WORDS = 4;
const SETTINGS_WORDS = 10;

/** B and T of the training windows. */
export function trainingExtent({ training }: RunConfiguration): Extent {
  const { batchSize: batch, sequenceLength: steps } = training;
  return { batch, steps, slots: steps + 1 };
}

/** What belongs to the run whatever it computes: parameters, optimiser, decision and data. */
export function sharedSizes(
  network: Network,
  configuration: RunConfiguration,
  series: { values: number; starts: number },
): BufferSizes {
  const { length } = network.layout;
  return {
    parameters: length,
    slots: optimizerSlots(configuration.training.optimizer).length * length,
    control: CONTROL_WORDS + 2 * RECORDS,
    settings: SETTINGS_WORDS,
    series: series.values,
    starts: series.starts,
  };
}

/** What training alone needs: activations, gradients and targets. */
export function trainingSizes(network: Network, configuration: RunConfiguration): BufferSizes {
  const extent = trainingExtent(configuration);
  return {
    ...forwardSizes(network, extent),
    ...backwardSizes(network, extent),
    targets: extent.steps * extent.batch * configuration.model.outputSize,
    gradients: network.layout.length,
    partials: 2 * library.PARTIALS,
  };
}

/** The words of the settings buffer; see shaders/optimizer/control.wgsl. */
export function settingsWords(
  optimizer: OptimizerConfiguration,
  clipNorm: number | null,
): Float32Array<ArrayBuffer> {
  const { momentum, beta1, beta2, epsilon } = { momentum: 0, beta1: 0, beta2: 0, epsilon: 0, ...optimizer };
  const decays = [beta1, beta2, 1 - beta1, 1 - beta2, logarithm(beta1), logarithm(beta2)];
  return Float32Array.of(optimizer.learningRate, clipNorm ?? 0, momentum, ...decays, epsilon);
}

/** ln β, held where β is 0, since shaders are not to meet an infinity. */
function logarithm(beta: number): number {
  return Math.log(Math.max(beta, 1e-30));
}

/** Cuts windows out of the series into `inputs` and `targets`: drawn at random, or those that `starts` lists. */
export function recordGather(
  family: KernelFamily,
  buffers: NamedBuffers,
  { batch, steps }: Extent,
  features: number,
  draw: { seed: number; count: number } | null,
): Recording {
  const { series, starts, control, inputs, targets } = buffers as Record<string, GPUBuffer>;
  return {
    kernel: library.gatherWindows(family),
    buffers: { series: series!, starts: starts!, control: control!, inputs: inputs!, targets: targets! },
    uniform: {
      steps,
      batch,
      features,
      seed: draw?.seed ?? 0,
      start_count: draw?.count ?? batch,
      is_random: draw ? 1 : 0,
    },
    workgroups: elementGroups(family, steps * batch * features),
  };
}

/** Loss and its gradient with respect to the outputs. */
export function recordLoss(buffers: NamedBuffers, length: number): Recording {
  return {
    kernel: library.meanSquaredError(),
    buffers: {
      outputs: buffers['outputs']!,
      targets: buffers['targets']!,
      d_outputs: buffers['dOutputs']!,
      partials: buffers['partials']!,
    },
    uniform: { length },
    workgroups: [library.PARTIALS / library.SUM_WIDTH, 1],
  };
}

/** Gradient norm, the decision about the update, and the update of all parameters in one dispatch. */
export function recordUpdate(
  family: KernelFamily,
  buffers: NamedBuffers,
  algorithm: OptimizerConfiguration['algorithm'],
  length: number,
): Recording[] {
  const { settings, control, gradients, partials, parameters, slots } = buffers as Record<string, GPUBuffer>;
  return [
    {
      kernel: library.squareSums(),
      buffers: { gradients: gradients!, partials: partials! },
      uniform: { length },
      workgroups: [library.PARTIALS / library.SUM_WIDTH, 1],
    },
    {
      kernel: library.settle(),
      buffers: { settings: settings!, partials: partials!, control: control! },
      uniform: {},
      workgroups: [1, 1],
    },
    {
      kernel: library.optimizer(algorithm, family),
      buffers: {
        settings: settings!,
        control: control!,
        gradients: gradients!,
        parameters: parameters!,
        slots: slots!,
      },
      uniform: { length },
      workgroups: elementGroups(family, length),
    },
  ];
}

/** The whole iteration. `buffers` holds those of `sharedSizes` and `trainingSizes`. */
export function recordIteration(
  family: KernelFamily,
  network: Network,
  configuration: RunConfiguration,
  buffers: NamedBuffers,
  startCount: number,
): Recording[] {
  const { model, training } = configuration;
  const extent = trainingExtent(configuration);
  const context: GradientContext = {
    family,
    parameters: buffers['parameters']!,
    gradients: buffers['gradients']!,
  };
  return [
    recordGather(family, buffers, extent, model.inputSize, { seed: training.seed, count: startCount }),
    ...recordForward(context, network, buffers, extent),
    recordLoss(buffers, extent.steps * extent.batch * model.outputSize),
    ...recordBackward(context, network, buffers, extent),
    ...recordUpdate(family, buffers, training.optimizer.algorithm, network.layout.length),
  ];
}
