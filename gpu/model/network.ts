/**
 * A model as layers and recordings: recurrent layers, one on the states of the other, and a linear readout of the top
 * one's h over the stacked rows of all time steps.
 */
import { cellNamed } from '../cells/registry.ts';
import type { BufferSizes } from '../device/buffers.ts';
import type { Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext } from '../layers/context.ts';
import { linearBackward, linearForward, type LinearLayer } from '../layers/linear.ts';
import * as recurrent from '../layers/recurrent.ts';
import type { ModelConfiguration } from './configuration.ts';
import { layerParameter, type ParameterLayout, parameterLayout, parameterView } from './parameters.ts';

export interface Network {
  readonly layout: ParameterLayout;
  readonly layers: readonly recurrent.RecurrentLayer[];
  readonly readout: LinearLayer;
}

/** Size of one use of a network: B sequences, T time steps held at once, and as many slots of states. */
export interface Extent {
  readonly batch: number;
  readonly steps: number;
  readonly slots: number;
}

/** Buffers by the names that `forwardSizes` and `backwardSizes` give. */
export type NamedBuffers = Readonly<Record<string, GPUBuffer>>;

export function buildNetwork(model: ModelConfiguration): Network {
  const layout = parameterLayout(model);
  const place = (name: string): number => parameterView(layout, name).offset;
  let inputSize = model.inputSize;
  const layers = model.layers.map(({ cell: name, hiddenSize }, index): recurrent.RecurrentLayer => {
    const cell = cellNamed(name);
    const vectors = cell.vectors.map((vector) => place(layerParameter(name, index, vector)));
    const layer = {
      cell,
      inputSize,
      hiddenSize,
      weights: place(layerParameter(name, index, 'W')),
      bias: place(layerParameter(name, index, 'b')),
      vectors: vectors[0] ?? 0,
      vectorStride: (vectors[1] ?? 0) - (vectors[0] ?? 0),
    };
    inputSize = hiddenSize;
    return layer;
  });
  const readout = {
    inputSize,
    outputSize: model.outputSize,
    weights: place('readout.U'),
    bias: place('readout.d'),
  };
  return { layout, layers, readout };
}

/** `inputs` [T, B, I], `outputs` [T, B, O], and per layer `l0.states` [S][slots, B, H] and `l0.saved` [T, B, SAVED, H]. */
export function forwardSizes({ layers, readout }: Network, { batch, steps, slots }: Extent): BufferSizes {
  const sizes: Record<string, number> = {
    inputs: steps * batch * layers[0]!.inputSize,
    outputs: steps * batch * readout.outputSize,
  };
  layers.forEach((layer, index) => {
    sizes[`l${index}.states`] = recurrent.stateLength(layer, batch, slots);
    sizes[`l${index}.saved`] = layer.cell.saved * steps * batch * layer.hiddenSize;
  });
  return sizes;
}

/** `dOutputs` [T, B, O], and per layer the gradients of its h, its states and its sums. */
export function backwardSizes({ layers, readout }: Network, { batch, steps }: Extent): BufferSizes {
  const sizes: Record<string, number> = { dOutputs: steps * batch * readout.outputSize };
  layers.forEach((layer, index) => {
    sizes[`l${index}.dh`] = steps * batch * layer.hiddenSize;
    sizes[`l${index}.dStates`] = recurrent.stateLength(layer, batch, 1);
    sizes[`l${index}.dSums`] = steps * batch * recurrent.dSumsStride(layer);
  });
  return sizes;
}

/** Inputs to outputs over all T time steps. */
export function recordForward(
  context: LayerContext,
  network: Network,
  buffers: NamedBuffers,
  extent: Extent,
): Recording[] {
  const { layers, readout } = network;
  const top = topStates(network, buffers, extent, 1);
  return [
    ...layers.flatMap((layer, index) =>
      recurrent.forward(context, layer, layerBuffers(network, buffers, extent, index, 1), extent.steps),
    ),
    linearForward(context, readout, extent.steps * extent.batch, top, buffers['outputs']!),
  ];
}

/** One time step of the recurrent layers, from the states in `slot` to those in the next slot, counted round. */
export function recordOneStep(
  context: LayerContext,
  network: Network,
  buffers: NamedBuffers,
  extent: Extent,
  slot: number,
): Recording[] {
  const next = (slot + 1) % extent.slots;
  return network.layers.map((layer, index) =>
    recurrent.forwardStep(context, layer, layerBuffers(network, buffers, extent, index, next), 0, slot),
  );
}

/** From `dOutputs` to the gradient of every parameter, the layers from the top down. */
export function recordBackward(
  context: GradientContext,
  network: Network,
  buffers: NamedBuffers,
  extent: Extent,
): Recording[] {
  const { layers, readout } = network;
  const rows = extent.steps * extent.batch;
  const last = layers.length - 1;
  const top = topStates(network, buffers, extent, 1);
  const ofReadout = linearBackward(
    context,
    readout,
    rows,
    top,
    buffers['dOutputs']!,
    buffers[`l${last}.dh`]!,
  );
  const ofLayers = layers.toReversed().flatMap((layer, fromTop) => {
    const index = last - fromTop;
    const d = {
      dOutputs: buffers[`l${index}.dh`]!,
      dStates: buffers[`l${index}.dStates`]!,
      dSums: buffers[`l${index}.dSums`]!,
    };
    const at = layerBuffers(network, buffers, extent, index, 1);
    const down =
      index > 0 ? [recurrent.inputGradient(context, layer, rows, d.dSums, buffers[`l${index - 1}.dh`]!)] : [];
    return [...recurrent.backward(context, layer, at, d, extent.steps), ...down];
  });
  return [...ofReadout, ...ofLayers];
}

/** A layer reads the inputs or, from `slot` on, the h of the layer below. */
function layerBuffers(
  { layers }: Network,
  buffers: NamedBuffers,
  { batch, slots }: Extent,
  index: number,
  slot: number,
): recurrent.ForwardBuffers {
  const below = index > 0;
  return {
    inputs: below ? buffers[`l${index - 1}.states`]! : buffers['inputs']!,
    inputAt: below ? slot * batch * layers[index - 1]!.hiddenSize : 0,
    states: buffers[`l${index}.states`]!,
    saved: buffers[`l${index}.saved`]!,
    batch,
    slots,
  };
}

/** Where the top layer's h of a slot lies, [B, H]. */
export function topStates(
  { layers }: Network,
  buffers: NamedBuffers,
  { batch }: Extent,
  slot: number,
): { buffer: GPUBuffer; at: number } {
  const last = layers.length - 1;
  return { buffer: buffers[`l${last}.states`]!, at: slot * batch * layers[last]!.hiddenSize };
}
