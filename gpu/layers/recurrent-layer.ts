/**
 * A recurrent layer and its buffers. States are `[S][slots, B, H]`, slot τ lying before the local time step τ and slot τ + 1
 * after it; a reverse layer goes from slot τ + 1 to slot τ. Where recurrent dropout is used there is one plane more, h as
 * W sees it.
 */
import { type CellDescription, sumBlocks } from '../cells/cell.ts';
import type { Recurrence } from '../kernels/choice.ts';
import type { NamedBuffers, Place } from './context.ts';
import type { Dropout } from './dropout.ts';
import type { ResultPlace } from './linear.ts';

export interface RecurrentLayer {
  readonly cell: CellDescription;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Whether it runs from the last time step to the first. */
  readonly reverse: boolean;
  /** Places of W, b and the first of the cell's own vectors in the parameters, in floats. */
  readonly weights: number;
  readonly bias: number;
  readonly vectors: number;
  /** From one own vector to the next. */
  readonly vectorStride: number;
}

/** What forward reads and writes. */
export interface ForwardBuffers {
  /** How many dispatches the time steps of a span are. Default: `steps`. */
  readonly recurrence?: Recurrence;
  /** x, `[.., B, I]`. `at` is local step 0's place. */
  readonly input: Place;
  /** The input sums x·Wx + b, `[.., B, G·H]`, where they are made before the steps, which then do not read `input`. */
  readonly sums?: Place;
  readonly states: GPUBuffer;
  /** `[.., B, SAVED, H]`, zeros past a sequence's end. Left out: nothing is saved, and no backward sweep can follow. */
  readonly saved?: GPUBuffer;
  /** B. */
  readonly batch: number;
  /** Slots of the states: T + 1, or 2 that take turns. */
  readonly slots: number;
  /** t of the local time step 0. Default: 0. */
  readonly firstTime?: number;
  /** u32 `[B]`: past its length a row's states stay as they are. Left out: no row ends. */
  readonly lengths?: GPUBuffer;
  /** Of h where W multiplies it. The states then have one plane more; begin with `recordTakeInitial`. */
  readonly dropout?: Dropout;
  /**
   * `[G + S][H]`: what a gate or, after the cell, a state is held at; free from 3e38 on. Backward takes no more than two
   * of `lengths`, `dropout` and this, since an adapter binds 8 buffers.
   */
  readonly forced?: GPUBuffer;
  /**
   * `[2][B, H]`, words or, where the adapter has f16, halves of them: where steps of a span hand h on to the next ones, where
   * h is rounded. Left out: in the states.
   */
  readonly recent?: GPUBuffer;
  /** What steps take that are not fused: see recurrent-unfused.ts. Left out: they are. */
  readonly unfused?: NamedBuffers;
}

/** What backward reads and writes. */
export interface BackwardBuffers {
  /** `[.., B, H]`: the gradient of h(t) from above. */
  readonly dOutputs: Place;
  /** `[S][B, H]`: what has reached the states not through W. */
  readonly dStates: GPUBuffer;
  /** `[.., B, D]`: see shaders/recurrent/step.wgsl. */
  readonly dSums: GPUBuffer;
  /** Whether the whole ∂L/∂h(t) is left in `dOutputs`; 0 past a sequence's end. */
  readonly keepGradients?: boolean;
  /** `[.., B, I]`: where ∂L/∂x(t) is put or added; left out where nobody asks for it. */
  readonly dInput?: ResultPlace;
}

/** Floats of the states of a layer. @param dropped whether there is a plane of h as W sees it. */
export function stateLength(
  { cell, hiddenSize }: RecurrentLayer,
  batch: number,
  slots: number,
  dropped = false,
): number {
  return (cell.states.length + (dropped ? 1 : 0)) * slots * batch * hiddenSize;
}

/** G·H, columns of W. */
export function columnsOf({ cell, hiddenSize }: RecurrentLayer): number {
  return cell.gates.length * hiddenSize;
}

/** D: floats that one backward step leaves for a row; see shaders/recurrent/step.wgsl. */
export function dSumsStride({ cell, hiddenSize }: RecurrentLayer): number {
  return (sumBlocks(cell) + cell.vectors.length) * hiddenSize;
}

/**
 * Place of h(t−1) of the local time step 0 as W sees it; that of step τ lies τ · B · H further.
 * @param slot of the states before the step.
 */
export function recurrentInputAt(layer: RecurrentLayer, at: ForwardBuffers, slot = 0): number {
  const { cell, hiddenSize, reverse } = layer;
  const plane = at.batch * hiddenSize;
  const from = (slot + (reverse ? 1 : 0)) % at.slots;
  return ((at.dropout ? cell.states.length * at.slots : 0) + from) * plane;
}
