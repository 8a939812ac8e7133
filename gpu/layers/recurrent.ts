/**
 * A layer of recurrent cells over time. States are `[S][slots, B, H]`: while training, slot t + 1 holds the state
 * after time step t and slot 0 the initial one. Whatever the cell, the drivers are the same two kernels.
 */
import { type CellDescription, sumBlocks } from '../cells/cell.ts';
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext } from './context.ts';
import { recordColumnSums, recordProduct } from './linear.ts';

export interface RecurrentLayer {
  readonly cell: CellDescription;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Places of W, b and the first of the cell's own vectors in the parameters, in floats. */
  readonly weights: number;
  readonly bias: number;
  readonly vectors: number;
  /** From one own vector to the next. */
  readonly vectorStride: number;
}

/** What forward reads and writes. The input is [T, B, I], that of time step 0 at `inputAt`. */
export interface ForwardBuffers {
  readonly inputs: GPUBuffer;
  readonly inputAt: number;
  readonly states: GPUBuffer;
  readonly saved: GPUBuffer;
  readonly batch: number;
  /** Slots of the states: T + 1, or 2 where only the last is kept. */
  readonly slots: number;
}

/** Gradients: of h from above, [T, B, H]; of the states directly, [S][B, H]; of the sums, [T, B, D]. */
export interface BackwardBuffers {
  readonly dOutputs: GPUBuffer;
  readonly dStates: GPUBuffer;
  readonly dSums: GPUBuffer;
}

/** Floats of the states of a layer. */
export function stateLength({ cell, hiddenSize }: RecurrentLayer, batch: number, slots: number): number {
  return cell.states.length * slots * batch * hiddenSize;
}

/** D: floats that one backward step leaves for a row; see shaders/recurrent/step.wgsl. */
export function dSumsStride({ cell, hiddenSize }: RecurrentLayer): number {
  return (sumBlocks(cell) + cell.vectors.length) * hiddenSize;
}

/** What both steps' uniforms say of the layer and of where the step lies. */
function stepUniform(
  layer: RecurrentLayer,
  at: ForwardBuffers,
  time: number,
  slot: number,
): Record<string, number> {
  const { hiddenSize, inputSize } = layer;
  const plane = at.batch * hiddenSize;
  return {
    batch: at.batch,
    input_size: inputSize,
    hidden_size: hiddenSize,
    weights: layer.weights,
    bias: layer.bias,
    vectors: layer.vectors,
    vector_stride: layer.vectorStride,
    input_at: at.inputAt + time * at.batch * inputSize,
    state_in: slot * plane,
    state_out: ((slot + 1) % at.slots) * plane,
    state_stride: at.slots * plane,
    saved_at: time * plane * layer.cell.saved,
    d_output_at: 0,
    d_sums_at: 0,
    d_sums_next: 0,
    is_last: 0,
  };
}

/** state(slot + 1) from the input of `time` and state(slot), slots counted round. */
export function forwardStep(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  time: number,
  slot: number,
): Recording {
  return {
    ...library.forwardStep(family, layer.cell, layer.cell.gates.length, at.batch, layer.hiddenSize),
    buffers: { parameters, inputs: at.inputs, states: at.states, saved: at.saved },
    uniform: stepUniform(layer, at, time, slot),
  };
}

/** All T time steps forward. */
export function forward(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  steps: number,
): Recording[] {
  return Array.from({ length: steps }, (_, time) => forwardStep(context, layer, at, time, time));
}

/** All T time steps backward, then the gradients of W, b and the cell's own vectors, each one sum over T·B. */
export function backward(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps: number,
): Recording[] {
  const times = Array.from({ length: steps }, (_, index) => steps - 1 - index);
  return [
    ...times.map((time) => backwardStep(context, layer, at, d, time, time === steps - 1)),
    ...parameterGradients(context, layer, at, d, steps),
  ];
}

function backwardStep(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  time: number,
  isLast: boolean,
): Recording {
  const stride = at.batch * dSumsStride(layer);
  return {
    ...library.backwardStep(family, layer.cell, at.batch, layer.hiddenSize),
    buffers: {
      parameters,
      states: at.states,
      saved: at.saved,
      d_outputs: d.dOutputs,
      d_states: d.dStates,
      d_sums: d.dSums,
    },
    uniform: {
      ...stepUniform(layer, at, time, time),
      d_output_at: time * at.batch * layer.hiddenSize,
      d_sums_at: time * stride,
      d_sums_next: isLast ? 0 : (time + 1) * stride,
      is_last: isLast ? 1 : 0,
    },
  };
}

function parameterGradients(
  { family, gradients }: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { dSums }: BackwardBuffers,
  steps: number,
): Recording[] {
  const { cell, inputSize, hiddenSize, weights, bias, vectors, vectorStride } = layer;
  const rows = steps * at.batch;
  const columns = cell.gates.length * hiddenSize;
  const stride = dSumsStride(layer);
  const recurrentAt = (sumBlocks(cell) - cell.gates.length) * hiddenSize;
  const dInputSums = { buffer: dSums, at: 0, innerStride: stride, columnStride: 1 };
  return [
    // dWx = Xᵀ · d(input sums)
    recordProduct(
      family,
      [inputSize, rows, columns],
      { buffer: at.inputs, at: at.inputAt, rowStride: 1, innerStride: inputSize },
      dInputSums,
      { buffer: gradients, at: weights, rowStride: columns },
    ),
    // dWh = H(t−1)ᵀ · d(recurrent sums)
    recordProduct(
      family,
      [hiddenSize, rows, columns],
      { buffer: at.states, at: 0, rowStride: 1, innerStride: hiddenSize },
      { ...dInputSums, at: recurrentAt },
      { buffer: gradients, at: weights + inputSize * columns, rowStride: columns },
    ),
    // db = Σ d(input sums)
    recordColumnSums(
      family,
      [rows, columns],
      { buffer: dSums, at: 0, rowStride: stride },
      { buffer: gradients, at: bias },
    ),
    ...cell.vectors.map((_, index) =>
      recordColumnSums(
        family,
        [rows, hiddenSize],
        { buffer: dSums, at: (sumBlocks(cell) + index) * hiddenSize, rowStride: stride },
        { buffer: gradients, at: vectors + index * vectorStride },
      ),
    ),
  ];
}

/** dX = d(input sums)·Wxᵀ over all time steps: what the layer below gets as the gradient of its h. */
export function inputGradient(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  rows: number,
  dSums: GPUBuffer,
  dInputs: GPUBuffer,
): Recording {
  const columns = layer.cell.gates.length * layer.hiddenSize;
  return recordProduct(
    family,
    [rows, columns, layer.inputSize],
    { buffer: dSums, at: 0, rowStride: dSumsStride(layer), innerStride: 1 },
    { buffer: parameters, at: layer.weights, innerStride: 1, columnStride: columns },
    { buffer: dInputs, at: 0, rowStride: layer.inputSize },
  );
}
