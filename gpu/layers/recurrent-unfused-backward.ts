/** A time step back without fused kernels, as recurrent-unfused.ts says. */
import { sumBlocks } from '../cells/cell.ts';
import * as library from '../kernels/library-unfused.ts';
import { asPart, type Recording } from '../kernels/plan.ts';
import { touching } from '../kernels/work.ts';
import { recordCopyColumns } from './columns.ts';
import type { GradientContext, LayerContext, Place } from './context.ts';
import { recordProduct } from './linear.ts';
import { backThroughRows, biasGradients, parameterGradients, type Summed } from './recurrent-gradients.ts';
import {
  type BackwardBuffers,
  columnsOf,
  dSumsStride,
  type ForwardBuffers,
  type RecurrentLayer,
} from './recurrent-layer.ts';
import { backwardStep, backwardToInitial, type StepBack, variantOf } from './recurrent-step.ts';
import { inputAt, isApart, joinedAt } from './recurrent-unfused.ts';

/** As `backwardStep`, with dx and the step's share of the parameters' gradients, put there or added. */
export function backwardUnfused(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
  from: StepBack,
  summed: Omit<Summed, 'first' | 'steps'>,
): Recording[] {
  const { cell, hiddenSize } = layer;
  const swept = backwardStep(context, layer, at, d, step, { ...from, next: null });
  const variant = { ...variantOf(context, at), hoisted: false, keeps: d.keepGradients ?? false };
  const units = at.batch * hiddenSize;
  const shares = { ...summed, first: step, steps: 1 };
  const apart = isApart(layer, at);
  return [
    ...(from.next === null ? [] : [throughWeights(context, layer, at, swept)]),
    { ...swept, ...library.backwardCell(context.family, cell, variant, units) },
    ...(apart ? apartBack(context, layer, at, d, step) : joinedBack(context, layer, at, d, step)),
    ...asPart(
      'gradients',
      apart
        ? parameterGradients(context, layer, at, d, shares)
        : [joinedGradient(context, layer, at, d, shares), ...biasGradients(context, layer, at, d, shares)],
    ),
  ];
}

/** As `backwardToInitial`. */
export function unfusedToInitial(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
): Recording {
  return throughWeights(context, layer, at, backwardToInitial(context, layer, at, d, step));
}

/** dh += what came back through W. @param swept the step that it came back to: what else it reads, and its place in time. */
function throughWeights(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  swept: Recording,
): Recording {
  const units = at.batch * layer.hiddenSize;
  const { drops, halves } = variantOf(context, at);
  const variant = { hoisted: false, ends: false, forces: false, drops, halves };
  return {
    ...swept,
    ...library.addThroughWeights(context.family, layer.cell, variant, isApart(layer, at), units),
    buffers: { ...swept.buffers, d_joined: at.unfused!['dJoined']! },
    work: touching(3 * units),
  };
}

/** dz = da·Wᵀ, and of it dx. */
function joinedBack(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
): Recording[] {
  const { inputSize, hiddenSize } = layer;
  const width = inputSize + hiddenSize;
  const dz = { buffer: at.unfused!['dJoined']!, at: 0 };
  const back = backThroughRows(context, layer, at.batch, [0, width], dSumsAt(layer, at, d, step), dz);
  if (!d.dInput) return [back];
  const dx = { ...inputAt(layer, { input: d.dInput, batch: at.batch }, step), rowWidth: inputSize };
  const part = recordCopyColumns(
    context.family,
    [at.batch, inputSize],
    { ...dz, rowWidth: width },
    dx,
    d.dInput.accumulate ?? false,
  );
  return [back, part];
}

/** dx = d(input sums)·Wxᵀ where it is wanted, and dh = d(recurrent sums)·Whᵀ. */
function apartBack(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
): Recording[] {
  const { cell, inputSize, hiddenSize } = layer;
  const da = dSumsAt(layer, at, d, step);
  const recurrent = { ...da, at: da.at + (sumBlocks(cell) - cell.gates.length) * hiddenSize };
  const dh = { buffer: at.unfused!['dJoined']!, at: 0 };
  const dx = d.dInput && { ...d.dInput, ...inputAt(layer, { input: d.dInput, batch: at.batch }, step) };
  return [
    ...(dx ? [backThroughRows(context, layer, at.batch, [0, inputSize], da, dx)] : []),
    backThroughRows(context, layer, at.batch, [inputSize, hiddenSize], recurrent, dh),
  ];
}

/** dW += zᵀ·da. */
function joinedGradient(
  { family, gradients }: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  { first, accumulate }: Summed,
): Recording {
  const columns = columnsOf(layer);
  const width = layer.inputSize + layer.hiddenSize;
  return recordProduct(
    family,
    [width, at.batch, columns],
    { ...joinedAt(layer, at, first), rowStride: 1, innerStride: width },
    { ...dSumsAt(layer, at, d, first), innerStride: dSumsStride(layer), columnStride: 1 },
    { buffer: gradients, at: layer.weights, rowStride: columns, accumulate },
  );
}

/** The gradients of a time step's sums, [B, D]. */
function dSumsAt(layer: RecurrentLayer, at: ForwardBuffers, d: BackwardBuffers, step: number): Place {
  return { buffer: d.dSums, at: step * at.batch * dSumsStride(layer) };
}
