/**
 * One time step of a recurrent layer. States are `[S][slots, B, H]`, slot τ lying before the local time step τ and slot
 * τ + 1 after it; a reverse layer goes from slot τ + 1 to slot τ. Where recurrent dropout is used there is one plane
 * more, h as W sees it. Whatever the cell, the drivers are the same kernels.
 */
import { type CellDescription, sumBlocks } from '../cells/cell.ts';
import type { Recurrence } from '../kernels/choice.ts';
import * as library from '../kernels/library-recurrent.ts';
import type { Recording } from '../kernels/plan.ts';
import { productWork, touching, type Work } from '../kernels/work.ts';
import type { LayerContext, NamedBuffers, Place } from './context.ts';
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
  /** `[.., B, SAVED, H]`, zeros past a sequence's end. */
  readonly saved: GPUBuffer;
  /** B. */
  readonly batch: number;
  /** Slots of the states: T + 1, or 2 that take turns. */
  readonly slots: number;
  /** t of the local time step 0. Default: 0. */
  readonly firstTime?: number;
  /** u32 `[B]`: past its length a row's states stay as they are. Left out: no row ends. */
  readonly lengths?: GPUBuffer;
  /** Of h where W multiplies it. The states then have one plane more; begin with `recordDropInitial`. */
  readonly dropout?: Dropout;
  /**
   * `[G + S][H]`: what a gate or, after the cell, a state is held at; free from 3e38 on. Backward takes no more than two
   * of `lengths`, `dropout` and this, since an adapter binds 8 buffers.
   */
  readonly forced?: GPUBuffer;
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

/** state after the local time step from its input and the state before it, `slot` and `slot + 1` counted round. */
export function forwardStep(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording {
  const { input, sums = input, states, saved } = at;
  return {
    ...library.forwardStep(context.family, layer.cell, variantOf(context, at), at.batch, layer.hiddenSize),
    buffers: { parameters: readBy(context), inputs: sums.buffer, states, saved, ...variantBuffers(at) },
    uniform: stepUniform(layer, at, step, slot),
    work: forwardWork(context, layer, at),
  };
}

/** Drops the states that `forwardStep` of the same arguments begins with, as W is to see them: once, before it. */
export function recordDropInitial(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording {
  return {
    ...library.dropInitial(context.family, layer.cell, at.batch * layer.hiddenSize),
    buffers: { parameters: context.parameters, states: at.states, ...variantBuffers(at) },
    uniform: { ...stepUniform(layer, at, step, slot), drop_time: dropTime(at, step) },
    work: touching(2 * at.batch * layer.hiddenSize),
  };
}

/** Where the backward sweep has come from. */
export interface StepBack {
  /** Place in `dSums` of the step swept before; null where nothing comes back through W. */
  readonly next: number | null;
  /** Whether nothing has reached `dStates` yet. */
  readonly startsAtZero: boolean;
}

/** Gradients of the sums of a local time step, and what reaches the state before it not through W. */
export function backwardStep(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
  { next, startsAtZero }: StepBack,
): Recording {
  const { states, saved } = at;
  const variant = { ...variantOf(context, at), keeps: d.keepGradients ?? false };
  return {
    ...library.backwardStep(context.family, layer.cell, variant, at.batch, layer.hiddenSize),
    buffers: {
      parameters: readBy(context),
      states,
      saved,
      d_outputs: d.dOutputs.buffer,
      d_states: d.dStates,
      d_sums: d.dSums,
      ...variantBuffers(at),
    },
    uniform: {
      ...stepUniform(layer, at, step, step),
      d_output_at: d.dOutputs.at + step * at.batch * layer.hiddenSize,
      d_sums_at: step * at.batch * dSumsStride(layer),
      d_sums_next: next ?? 0,
      is_last: next === null ? 1 : 0,
      starts_at_zero: startsAtZero ? 1 : 0,
    },
    work: backwardWork(context, layer, at, next !== null),
  };
}

/** Adds what comes back through W from the local time step that ran first to the gradient of the initial h. */
export function backwardToInitial(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  step: number,
): Recording {
  return {
    ...library.backwardToInitial(
      context.family,
      layer.cell,
      variantOf(context, at),
      at.batch,
      layer.hiddenSize,
    ),
    buffers: { parameters: readBy(context), d_states: d.dStates, d_sums: d.dSums, ...variantBuffers(at) },
    uniform: {
      ...stepUniform(layer, at, step, step),
      d_sums_next: step * at.batch * dSumsStride(layer),
      drop_time: dropTime(at, step),
    },
    work: productWork([at.batch, layer.cell.gates.length * layer.hiddenSize, layer.hiddenSize]),
  };
}

/** The parameters as a time step reads them. */
function readBy({ halves, parameters }: LayerContext): GPUBuffer {
  return halves ?? parameters;
}

export function variantOf({ halves }: LayerContext, at: ForwardBuffers): library.StepVariant {
  return {
    hoisted: at.sums !== undefined,
    ends: at.lengths !== undefined,
    drops: at.dropout !== undefined,
    forces: at.forced !== undefined,
    halves: halves !== undefined,
  };
}

function variantBuffers({ lengths, dropout, forced }: ForwardBuffers): Record<string, GPUBuffer> {
  return {
    ...(lengths ? { lengths } : {}),
    ...(dropout ? { control: dropout.control } : {}),
    ...(forced ? { forced } : {}),
  };
}

/** [B, I + H]·[I + H, G·H], all of W, b and the own vectors read, and a unit's states and saved values. */
function forwardWork(
  context: LayerContext,
  { cell, inputSize, hiddenSize }: RecurrentLayer,
  at: ForwardBuffers,
): Work {
  const columns = cell.gates.length * hiddenSize;
  const inner = (at.sums ? 0 : inputSize) + hiddenSize;
  const read = at.batch * (at.sums ? columns : inputSize) + parameterWords(context, (inner + 1) * columns);
  const ofUnit = 2 * cell.states.length + cell.saved + (at.dropout ? 1 : 0);
  const vectors = parameterWords(context, cell.vectors.length * hiddenSize);
  const words = read + vectors + ofUnit * at.batch * hiddenSize;
  return touching(words, 2 * at.batch * inner * columns);
}

/** [B, G·H]·Whᵀ where something comes back through W; the states before and after, what reaches them, and D sums. */
function backwardWork(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  comesBack: boolean,
): Work {
  const { cell, hiddenSize } = layer;
  const columns = cell.gates.length * hiddenSize;
  const through = comesBack ? at.batch * columns + parameterWords(context, hiddenSize * columns) : 0;
  const ofUnit = 4 * cell.states.length + cell.saved + 1;
  const words = through + at.batch * (ofUnit * hiddenSize + dSumsStride(layer));
  return touching(words, comesBack ? 2 * at.batch * columns * hiddenSize : 0);
}

/** Words that so many parameters are read as. */
export function parameterWords({ halves }: LayerContext, count: number): number {
  return halves ? count / 2 : count;
}

/** What every step's uniform says of the layer and of where the step lies. */
function stepUniform(
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Record<string, number> {
  const { cell, hiddenSize, inputSize, reverse } = layer;
  const plane = at.batch * hiddenSize;
  const [low, high] = [slot % at.slots, (slot + 1) % at.slots];
  const width = at.sums ? cell.gates.length * hiddenSize : inputSize;
  return {
    batch: at.batch,
    input_size: inputSize,
    hidden_size: hiddenSize,
    weights: layer.weights,
    bias: layer.bias,
    vectors: layer.vectors,
    vector_stride: layer.vectorStride,
    input_at: (at.sums ?? at.input).at + step * at.batch * width,
    state_in: (reverse ? high : low) * plane,
    recurrent_in: recurrentInputAt(layer, at, slot),
    state_out: (reverse ? low : high) * plane,
    state_stride: at.slots * plane,
    saved_at: step * plane * cell.saved,
    time: (at.firstTime ?? 0) + step,
    d_output_at: 0,
    d_sums_at: 0,
    d_sums_next: 0,
    is_last: 0,
    starts_at_zero: 0,
    drop_rate: at.dropout?.rate ?? 0,
    drop_seed: at.dropout?.seed ?? 0,
    drop_place: at.dropout?.place ?? 0,
    // The h of this step is dropped as the step that reads it says.
    drop_time: dropTime(at, reverse ? step - 1 : step + 1),
    steps: 1,
    ahead: 0,
    drop_ahead: 0,
  };
}

/** The time that tells dropout's masks apart; see shaders/dropout/mask.wgsl. */
function dropTime({ dropout, firstTime = 0 }: ForwardBuffers, step: number): number {
  return dropout?.perSequence ? 0 : firstTime + step;
}
