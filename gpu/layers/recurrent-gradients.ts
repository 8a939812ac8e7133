/**
 * What follows from the gradients of a recurrent layer's sums: those of what W multiplies and, as sums over time steps, of
 * its parameters.
 */
import { sumBlocks } from '../cells/cell.ts';
import type { Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext, Place } from './context.ts';
import { recordColumnSums, recordProduct, type ResultPlace } from './linear.ts';
import {
  type BackwardBuffers,
  columnsOf,
  dSumsStride,
  type ForwardBuffers,
  recurrentInputAt,
  type RecurrentLayer,
} from './recurrent-layer.ts';

/** Local time steps to sum over, and what becomes of the sums. */
export interface Summed {
  readonly first: number;
  readonly steps: number;
  /** Whether they are added to those there are. */
  readonly accumulate: boolean;
  /** Leaves out dWx: where the input sums come from elsewhere. Default: no. */
  readonly skipInputWeights?: boolean;
}

/** Of W, b and the cell's own vectors. */
export function parameterGradients(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  summed: Summed,
): Recording[] {
  return [...weightGradients(context, layer, at, d, summed), ...biasGradients(context, layer, at, d, summed)];
}

function weightGradients(
  { family, gradients }: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { dSums }: BackwardBuffers,
  { first, steps, accumulate, skipInputWeights = false }: Summed,
): Recording[] {
  const { cell, inputSize, hiddenSize, weights } = layer;
  const rows = steps * at.batch;
  const from = first * at.batch;
  const columns = columnsOf(layer);
  const stride = dSumsStride(layer);
  const recurrentAt = (sumBlocks(cell) - cell.gates.length) * hiddenSize;
  const dInputSums = { buffer: dSums, at: from * stride, innerStride: stride, columnStride: 1 };
  // dWx = Xᵀ · d(input sums)
  const dInputWeights = recordProduct(
    family,
    [inputSize, rows, columns],
    { ...at.input, at: at.input.at + from * inputSize, rowStride: 1, innerStride: inputSize },
    dInputSums,
    { buffer: gradients, at: weights, rowStride: columns, accumulate },
  );
  return [
    ...(skipInputWeights ? [] : [dInputWeights]),
    // dWh = H(t−1)ᵀ · d(recurrent sums), with h(t−1) as W sees it
    recordProduct(
      family,
      [hiddenSize, rows, columns],
      {
        buffer: at.states,
        at: recurrentInputAt(layer, at) + from * hiddenSize,
        rowStride: 1,
        innerStride: hiddenSize,
      },
      { ...dInputSums, at: dInputSums.at + recurrentAt },
      { buffer: gradients, at: weights + inputSize * columns, rowStride: columns, accumulate },
    ),
  ];
}

/** db = Σ d(input sums), and of each own vector the sum of its shares. */
export function biasGradients(
  { family, gradients }: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { dSums }: BackwardBuffers,
  { first, steps, accumulate }: Summed,
): Recording[] {
  const { cell, hiddenSize, bias, vectors, vectorStride } = layer;
  const rowStride = dSumsStride(layer);
  const sums = (column: number, columns: number, to: number): Recording =>
    recordColumnSums(
      family,
      [steps * at.batch, columns],
      { buffer: dSums, at: first * at.batch * rowStride + column, rowStride },
      { buffer: gradients, at: to, accumulate },
    );
  return [
    sums(0, columnsOf(layer), bias),
    ...cell.vectors.map((_, index) =>
      sums((sumBlocks(cell) + index) * hiddenSize, hiddenSize, vectors + index * vectorStride),
    ),
  ];
}

/**
 * dz [rows, count] = da · Wᵀ of `count` of W's rows from `first` on: the gradient of what those rows multiply.
 * @param da where the sums' gradients begin, in rows of D.
 */
export function backThroughRows(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  rows: number,
  [first, count]: readonly [number, number],
  da: Place,
  dz: ResultPlace,
): Recording {
  const columns = columnsOf(layer);
  return recordProduct(
    family,
    [rows, columns, count],
    { ...da, rowStride: dSumsStride(layer), innerStride: 1 },
    { buffer: parameters, at: layer.weights + first * columns, innerStride: 1, columnStride: columns },
    { ...dz, rowStride: count },
  );
}
