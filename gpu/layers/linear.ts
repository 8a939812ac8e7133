/** The linear layer, `y = x·U + d`, over the stacked rows of all time steps and sequences: x is [rows, I], y [rows, O]. */
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { touching, productWork } from '../kernels/work.ts';
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
    work: productWork([rows, inner, columns], (bias ? columns : 0) + (out.accumulate ? rows * columns : 0)),
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
    work: touching((rows + (out.accumulate ? 2 : 1)) * columns, rows * columns),
  };
}

/** y = x·U + d for `rows` rows. */
export function linearForward(
  { family, parameters }: LayerContext,
  { inputSize, outputSize, weights, bias }: LinearLayer,
  rows: number,
  { x, y }: { readonly x: Place; readonly y: Place },
): Recording {
  return recordProduct(
    family,
    [rows, inputSize, outputSize],
    { ...x, rowStride: inputSize, innerStride: 1 },
    { buffer: parameters, at: weights, innerStride: outputSize, columnStride: 1 },
    { ...y, rowStride: outputSize },
    { buffer: parameters, at: bias },
  );
}

/** dx = dy·Uᵀ for `rows` rows. */
export function linearInputGradient(
  { family, parameters }: LayerContext,
  { inputSize, outputSize, weights }: LinearLayer,
  rows: number,
  { dx, dy }: { readonly dx: Place; readonly dy: Place },
): Recording {
  return recordProduct(
    family,
    [rows, outputSize, inputSize],
    { ...dy, rowStride: outputSize, innerStride: 1 },
    { buffer: parameters, at: weights, innerStride: 1, columnStride: outputSize },
    { ...dx, rowStride: inputSize },
  );
}

/** dU = xᵀ·dy and dd = Σ dy over `rows` rows, put there or added. */
export function linearGradient(
  { family, gradients }: GradientContext,
  { inputSize, outputSize, weights, bias }: LinearLayer,
  rows: number,
  { x, dy }: { readonly x: Place; readonly dy: Place },
  accumulate: boolean,
): Recording[] {
  return [
    recordProduct(
      family,
      [inputSize, rows, outputSize],
      { ...x, rowStride: 1, innerStride: inputSize },
      { ...dy, innerStride: outputSize, columnStride: 1 },
      { buffer: gradients, at: weights, rowStride: outputSize, accumulate },
    ),
    recordColumnSums(
      family,
      [rows, outputSize],
      { ...dy, rowStride: outputSize },
      { buffer: gradients, at: bias, accumulate },
    ),
  ];
}
