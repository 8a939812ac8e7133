/** The linear layer, `y = x·U + d`, over the stacked rows of all time steps and sequences: x is [rows, I], y [rows, O]. */
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { GradientContext, LayerContext, Place } from './context.ts';

export interface LinearLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Places of U [I, O] and d [O] in the parameters, in floats. */
  readonly weights: number;
  readonly bias: number;
}

/** A matrix somewhere in a buffer: element (row, inner) lies at `at + row · rowStride + inner · innerStride`. */
export interface MatrixView extends Place {
  readonly rowStride: number;
  readonly innerStride: number;
}

/** Where a result goes; `accumulate`: it is added to what is there. */
export interface ResultPlace extends Place {
  readonly accumulate?: boolean;
}

/** out [rows, columns] = a [rows, inner] · b [inner, columns], with b's strides named the other way round. */
export function recordProduct(
  family: KernelFamily,
  [rows, inner, columns]: readonly [number, number, number],
  a: MatrixView,
  b: Place & { innerStride: number; columnStride: number },
  out: ResultPlace & { rowStride: number },
  bias?: Place,
): Recording {
  const along = { columns: b.columnStride === 1, rows: a.rowStride === 1 };
  return {
    ...library.product(family, rows, columns, along),
    buffers: { a: a.buffer, b: b.buffer, bias: (bias ?? b).buffer, out: out.buffer },
    uniform: {
      rows,
      inner,
      columns,
      a_at: a.at,
      a_row: a.rowStride,
      a_inner: a.innerStride,
      b_at: b.at,
      b_inner: b.innerStride,
      b_column: b.columnStride,
      out_at: out.at,
      out_row: out.rowStride,
      has_bias: bias ? 1 : 0,
      bias_at: bias?.at ?? 0,
      accumulate: out.accumulate ? 1 : 0,
    },
  };
}

/** out [columns] = Σ over rows of d, whose rows lie `rowStride` apart. */
export function recordColumnSums(
  family: KernelFamily,
  [rows, columns]: readonly [number, number],
  d: Place & { rowStride: number },
  out: ResultPlace,
): Recording {
  return {
    ...library.columnSums(family, columns),
    buffers: { d: d.buffer, out: out.buffer },
    uniform: {
      rows,
      columns,
      d_at: d.at,
      d_row: d.rowStride,
      out_at: out.at,
      accumulate: out.accumulate ? 1 : 0,
    },
  };
}

/** y = x·U + d for `rows` rows; those of x begin at `inputAt`. */
export function linearForward(
  { family, parameters }: LayerContext,
  layer: LinearLayer,
  rows: number,
  input: Place,
  outputs: GPUBuffer,
): Recording {
  const { inputSize, outputSize, weights, bias } = layer;
  return recordProduct(
    family,
    [rows, inputSize, outputSize],
    { ...input, rowStride: inputSize, innerStride: 1 },
    { buffer: parameters, at: weights, innerStride: outputSize, columnStride: 1 },
    { buffer: outputs, at: 0, rowStride: outputSize },
    { buffer: parameters, at: bias },
  );
}

/** dx = dy·Uᵀ, dU = xᵀ·dy and dd = Σ dy. */
export function linearBackward(
  { family, parameters, gradients }: GradientContext,
  layer: LinearLayer,
  rows: number,
  input: Place,
  dOutputs: GPUBuffer,
  dInputs: GPUBuffer,
): Recording[] {
  const { inputSize, outputSize, weights, bias } = layer;
  const dy = { buffer: dOutputs, at: 0, rowStride: outputSize, innerStride: 1 };
  return [
    recordProduct(
      family,
      [rows, outputSize, inputSize],
      dy,
      { buffer: parameters, at: weights, innerStride: 1, columnStride: outputSize },
      { buffer: dInputs, at: 0, rowStride: inputSize },
    ),
    recordProduct(
      family,
      [inputSize, rows, outputSize],
      { ...input, rowStride: 1, innerStride: inputSize },
      { buffer: dOutputs, at: 0, innerStride: outputSize, columnStride: 1 },
      { buffer: gradients, at: weights, rowStride: outputSize },
    ),
    recordColumnSums(family, [rows, outputSize], dy, { buffer: gradients, at: bias }),
  ];
}
