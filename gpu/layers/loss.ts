/**
 * What training makes small, and its gradient with respect to the outputs y [T′·B, O]:
 *
 *     linear   L = Σ w · Σ_o (y − τ)² / (n·O)
 *     softmax  L = Σ w · (log Σ_o e^y_o − y_class) / n
 *
 * with a weight w for each row of y and n = Σ w. Where n is 0, so are the loss and its gradient.
 */
import * as library from '../kernels/library-elements.ts';
import { PARTIALS } from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { touching, type Work } from '../kernels/work.ts';
import type { Place } from './context.ts';

/** Words of the weights of T′·B outputs: n follows them. */
export function weightsLength(rows: number): number {
  return rows + 1;
}

/** Words of `partials`, `[3][PARTIALS]`: of the loss, and of the two sums of shaders/optimizer/square_sums.wgsl. */
export const PARTIALS_LENGTH = 3 * PARTIALS;

export interface Weights {
  /** T′. */
  readonly steps: number;
  readonly batch: number;
  /** The time steps that count: from ≤ t′ < to. */
  readonly from: number;
  readonly to: number;
  /** `[T′, B]`. Left out: 1. */
  readonly mask?: GPUBuffer;
  /** `[B]`, u32; outputs past it do not count. Left out: all do. */
  readonly lengths?: GPUBuffer;
  /** `[T′·B + 1]`, the last n. */
  readonly weights: GPUBuffer;
}

/** w[t′, b] = mask · [from ≤ t′ < to] · live, and n = Σ w, in a fixed order. */
export function recordWeights(weights: Weights): Recording {
  const { steps, batch, from, to, mask, lengths } = weights;
  return {
    kernel: library.outputWeights(mask !== undefined, lengths !== undefined),
    buffers: {
      weights: weights.weights,
      ...(mask ? { mask } : {}),
      ...(lengths ? { lengths } : {}),
    },
    uniform: { steps, batch, first: from, end: to },
    workgroups: [1, 1],
    work: touching(steps * batch * (mask ? 2 : 1) + (lengths ? batch : 0), steps * batch),
  };
}

export interface Loss {
  readonly head: 'linear' | 'softmax';
  /** y of these rows, `[rows, O]`. */
  readonly outputs: Place;
  /** Of all rows: numbers `[totalRows, O]`, or classes `[totalRows]`, u32, below O. */
  readonly targets: Place;
  /** Rows of this call, and the first of them in targets and weights: the whole, or a segment of it. */
  readonly rows: number;
  readonly firstRow: number;
  /** T′·B. */
  readonly totalRows: number;
  /** O. */
  readonly width: number;
  /** As `recordWeights` leaves them. Left out: every row weighs 1. */
  readonly weights?: GPUBuffer;
  /** dL/dy of these rows, `[rows, O]`. */
  readonly dOutputs: Place;
  /** `[3][PARTIALS]`, the loss first; see shaders/optimizer/settle.wgsl. */
  readonly partials: GPUBuffer;
  /** Adds to what `partials` holds, for every segment but the first. */
  readonly accumulate: boolean;
}

/** The loss in parts, and its gradient; 0 where a row weighs 0, whatever stands there. */
export function recordLoss(family: KernelFamily, loss: Loss): Recording {
  const { head, outputs, targets, dOutputs, partials, weights } = loss;
  const isWeighted = weights !== undefined;
  const covering =
    head === 'linear'
      ? library.meanSquaredError(isWeighted)
      : library.crossEntropy(family, isWeighted, loss.rows);
  return {
    ...covering,
    buffers: {
      outputs: outputs.buffer,
      targets: targets.buffer,
      d_outputs: dOutputs.buffer,
      partials,
      ...(weights ? { weights } : {}),
    },
    uniform: {
      rows: loss.rows,
      first_row: loss.firstRow,
      total_rows: loss.totalRows,
      width: loss.width,
      outputs_at: outputs.at,
      targets_at: targets.at,
      d_outputs_at: dOutputs.at,
      accumulate: loss.accumulate ? 1 : 0,
    },
    work: lossWork(loss),
  };
}

/** Outputs and targets are read, dL/dy is written. */
function lossWork({ head, rows, width, weights, accumulate }: Loss): Work {
  const targets = head === 'linear' ? rows * width : rows;
  const partials = (accumulate ? 2 : 1) * PARTIALS;
  return touching(2 * rows * width + targets + (weights ? rows : 0) + partials);
}
