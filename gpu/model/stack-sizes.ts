/**
 * The buffers that a stack of recurrent layers needs on the GPU.
 *
 * Their names begin with the stack's prefix. Of each direction of layer 0, `l0` or `l0.reverse`: `.states` [S][slots, B, H],
 * `.saved` [held, B, SAVED, H] unless nothing is saved, of steps that hand a rounded h on `.recent` [2][B, H] and, where
 * input sums are made before the steps, `.sums` [held, B, G·H]. Of a layer whose output is not its h alone `l0.outputs`
 * [held, B, W]. In training `.dh` [held, B, H], `.dStates` [S][B, H], `.dSums` and `l0.dOutputs`.
 */
import type { BufferSizes } from '../device/buffers.ts';
import * as recurrent from '../layers/recurrent.ts';
import {
  type Direction,
  dropsRecurrently,
  handsOn,
  hasSums,
  isJoined,
  savesOf,
  type Stack,
  type StackLayer,
  type Use,
} from './stack.ts';

export function stackSizes(stack: Stack, use: Use): BufferSizes {
  const { prefix, inputSize, input } = stack;
  const rows = use.held * use.batch;
  const tokens = input.kind !== 'values';
  const sizes: Record<string, number> = {
    [`${prefix}inputs`]: use.steps * use.batch * (tokens ? 1 : inputSize),
  };
  if (input.kind === 'embedding') sizes[`${prefix}embedded`] = use.steps * use.batch * input.size;
  if (use.lengths) sizes[`${prefix}lengths`] = use.batch;
  for (const layer of stack.layers) {
    if (isJoined(stack, use, layer)) sizes[`${prefix}l${layer.index}.outputs`] = rows * layer.width;
    for (const direction of layer.directions) {
      const { key, cell, hiddenSize } = direction;
      sizes[`${key}.states`] = statesLength(stack, use, direction, use.slots);
      if (savesOf(use, direction)) sizes[`${key}.saved`] = rows * cell.saved * hiddenSize;
      if (handsOn(stack, use, direction)) sizes[`${key}.recent`] = 2 * use.batch * hiddenSize;
      if (hasSums(stack, use, layer)) sizes[`${key}.sums`] = rows * cell.gates.length * hiddenSize;
      Object.assign(sizes, unfusedOf(stack, use, layer, direction, recurrent.unfusedSizes));
    }
  }
  return sizes;
}

export function stackGradientSizes(stack: Stack, use: Use): BufferSizes {
  const { prefix, input } = stack;
  const rows = use.held * use.batch;
  const sizes: Record<string, number> = {};
  if (input.kind === 'embedding') sizes[`${prefix}dEmbedded`] = use.steps * use.batch * input.size;
  for (const layer of stack.layers) {
    if (isJoined(stack, use, layer)) sizes[`${prefix}l${layer.index}.dOutputs`] = rows * layer.width;
    for (const direction of layer.directions) {
      const { key, cell, hiddenSize } = direction;
      sizes[`${key}.dh`] = rows * hiddenSize;
      sizes[`${key}.dStates`] = cell.states.length * use.batch * hiddenSize;
      sizes[`${key}.dSums`] = rows * recurrent.dSumsStride(direction);
      Object.assign(sizes, unfusedOf(stack, use, layer, direction, recurrent.unfusedGradientSizes));
    }
  }
  return sizes;
}

/** Of what steps take that are not fused: see gpu/layers/recurrent-unfused.ts. */
function unfusedOf(
  stack: Stack,
  use: Use,
  layer: StackLayer,
  direction: Direction,
  sizesOf: typeof recurrent.unfusedSizes,
): BufferSizes {
  if (use.recurrence !== 'unfused') return {};
  const sizes = sizesOf(direction, { ...use, hoisted: hasSums(stack, use, layer) });
  return Object.fromEntries(
    Object.entries(sizes).map(([name, words]) => [`${direction.key}.${name}`, words]),
  );
}

/** Floats of so many slots of states, with the plane of dropped h where there is one. */
export function statesLength(stack: Stack, use: Use, direction: Direction, slots: number): number {
  return recurrent.stateLength(direction, use.batch, slots, dropsRecurrently(stack, use));
}
