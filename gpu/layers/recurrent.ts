/**
 * A layer of recurrent cells over a sequence, or over a span of its time steps: forward, backward, and the gradients of
 * its parameters as sums over all time steps. One step is in recurrent-step.ts.
 */
import { sumBlocks } from '../cells/cell.ts';
import { asPart, type Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext, Place } from './context.ts';
import { linearForward, recordColumnSums, recordProduct } from './linear.ts';
import { backwardSequence, forwardSequence, isSequence, type LocalSpan } from './recurrent-sequence.ts';
import {
  type BackwardBuffers,
  backwardStep,
  backwardToInitial,
  dSumsStride,
  type ForwardBuffers,
  forwardStep,
  recurrentInputAt,
  type RecurrentLayer,
} from './recurrent-step.ts';

export {
  type BackwardBuffers,
  dSumsStride,
  type ForwardBuffers,
  recordDropInitial,
  type RecurrentLayer,
  stateLength,
} from './recurrent-step.ts';

/** Local time steps in the order in which the layer runs. */
function runOrder({ reverse }: RecurrentLayer, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => (reverse ? steps - 1 - index : index));
}

/** All time steps of a span. */
export function forward(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  span: LocalSpan,
): Recording[] {
  const { first, slot, steps } = span;
  if (isSequence(layer, at, steps)) return [forwardSequence(context, layer, at, span)];
  return runOrder(layer, steps).map((step) => forwardStep(context, layer, at, first + step, slot + step));
}

/** The input sums x·Wx + b of `rows` = steps · B rows at once, a linear layer with the input rows of W. */
export function recordInputSums(
  context: LayerContext,
  { cell, inputSize, hiddenSize, weights, bias }: RecurrentLayer,
  rows: number,
  input: Place,
  sums: Place,
): Recording {
  const layer = { inputSize, outputSize: cell.gates.length * hiddenSize, weights, bias };
  return linearForward(context, layer, rows, { x: input, y: sums });
}

/** How a backward sweep begins, and what becomes of the parameters' gradients. */
export interface SweepOptions {
  /** Whether `dStates` holds the gradients of the final states. */
  readonly finalStates: 'zero' | 'given';
  /**
   * Whether the time steps after these have been swept just before, over the same buffers, so that the gradient of
   * the sums of the first of them lies at index 0 of `dSums`. Wants 2 time steps or more, and no reverse layer.
   */
  readonly continues: boolean;
  /** Whether the parameters' gradients are added to those there are. */
  readonly accumulate: boolean;
  /** Leaves out dWx: where the input sums come from elsewhere. Default: no. */
  readonly skipInputWeights?: boolean;
}

/** All time steps backward, then the gradients of W, b and the cell's own vectors, each one sum over T·B. */
export function backward(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps: number,
  options: SweepOptions,
): Recording[] {
  if (options.continues && (layer.reverse || steps < 2)) {
    throw new Error(
      'A sweep goes on from a later one over 2 time steps or more, and not in a reverse layer.',
    );
  }
  return [
    ...sweep(context, layer, at, d, steps, options),
    ...asPart('gradients', parameterGradients(context, layer, at, d, steps, options)),
  ];
}

function sweep(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps: number,
  { finalStates, continues }: SweepOptions,
): Recording[] {
  const begin = { next: continues ? 0 : null, startsAtZero: !continues && finalStates === 'zero' };
  if (isSequence(layer, at, steps)) return [backwardSequence(context, layer, at, d, steps, begin)];
  const stride = at.batch * dSumsStride(layer);
  const order = runOrder(layer, steps).toReversed();
  return order.map((step, index) => {
    const from = index === 0 ? begin : { next: order[index - 1]! * stride, startsAtZero: false };
    return backwardStep(context, layer, at, d, step, from);
  });
}

/**
 * After it `dStates` is the whole gradient of the initial states: what came back through W in the step that ran first is
 * added to what is there. @param steps those that `backward` swept.
 */
export function initialStateGradient(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps = at.slots - 1,
): Recording {
  return backwardToInitial(context, layer, at, d, runOrder(layer, steps)[0]!);
}

function parameterGradients(
  { family, gradients }: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { dSums }: BackwardBuffers,
  steps: number,
  { accumulate, skipInputWeights = false }: SweepOptions,
): Recording[] {
  const { cell, inputSize, hiddenSize, weights, bias, vectors, vectorStride } = layer;
  const rows = steps * at.batch;
  const columns = cell.gates.length * hiddenSize;
  const stride = dSumsStride(layer);
  const recurrentAt = (sumBlocks(cell) - cell.gates.length) * hiddenSize;
  const dInputSums = { buffer: dSums, at: 0, innerStride: stride, columnStride: 1 };
  // dWx = Xᵀ · d(input sums)
  const dInputWeights = recordProduct(
    family,
    [inputSize, rows, columns],
    { ...at.input, rowStride: 1, innerStride: inputSize },
    dInputSums,
    { buffer: gradients, at: weights, rowStride: columns, accumulate },
  );
  return [
    ...(skipInputWeights ? [] : [dInputWeights]),
    // dWh = H(t−1)ᵀ · d(recurrent sums), with h(t−1) as W sees it
    recordProduct(
      family,
      [hiddenSize, rows, columns],
      { buffer: at.states, at: recurrentInputAt(layer, at), rowStride: 1, innerStride: hiddenSize },
      { ...dInputSums, at: recurrentAt },
      { buffer: gradients, at: weights + inputSize * columns, rowStride: columns, accumulate },
    ),
    // db = Σ d(input sums)
    recordColumnSums(
      family,
      [rows, columns],
      { buffer: dSums, at: 0, rowStride: stride },
      { buffer: gradients, at: bias, accumulate },
    ),
    ...cell.vectors.map((_, index) =>
      recordColumnSums(
        family,
        [rows, hiddenSize],
        { buffer: dSums, at: (sumBlocks(cell) + index) * hiddenSize, rowStride: stride },
        { buffer: gradients, at: vectors + index * vectorStride, accumulate },
      ),
    ),
  ];
}

/** dX = d(input sums)·Wxᵀ over all rows: the gradient of what the layer reads, put there or added. */
export function inputGradient(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  rows: number,
  dSums: GPUBuffer,
  dInput: Place,
  { accumulate }: { readonly accumulate: boolean },
): Recording {
  const columns = layer.cell.gates.length * layer.hiddenSize;
  return recordProduct(
    family,
    [rows, columns, layer.inputSize],
    { buffer: dSums, at: 0, rowStride: dSumsStride(layer), innerStride: 1 },
    { buffer: parameters, at: layer.weights, innerStride: 1, columnStride: columns },
    { ...dInput, rowStride: layer.inputSize, accumulate },
  );
}
