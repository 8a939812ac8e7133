/** One time step of a recurrent layer. Whatever the cell, the drivers are the same kernels. */
import * as library from '../kernels/library-recurrent.ts';
import type { Recording } from '../kernels/plan.ts';
import { productWork, touching } from '../kernels/work.ts';
import type { LayerContext } from './context.ts';
import {
  type BackwardBuffers,
  columnsOf,
  dSumsStride,
  type ForwardBuffers,
  recurrentInputAt,
  type RecurrentLayer,
} from './recurrent-layer.ts';
import { backwardWork, forwardWork } from './recurrent-work.ts';

/**
 * state after the local time step from its input and the state before it, `slot` and `slot + 1` counted round.
 * @param isFirst whether the step before it has left no h for it apart from the states.
 */
export function forwardStep(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
  isFirst = true,
): Recording {
  const { input, sums = input, states, saved, recent } = at;
  const variant = { ...variantOf(context, at), recalls: recent !== undefined };
  const after = layer.reverse ? slot : slot + 1;
  return {
    ...library.forwardStep(context.family, layer.cell, variant, at.batch, layer.hiddenSize),
    buffers: {
      parameters: readBy(context),
      inputs: sums.buffer,
      states,
      ...(saved ? { saved } : {}),
      ...(recent ? { recent } : {}),
      ...variantBuffers(at),
    },
    uniform: {
      ...stepUniform(layer, at, step, slot),
      is_first: isFirst ? 1 : 0,
      recent_at: (after % 2) * at.batch * layer.hiddenSize,
    },
    work: forwardWork(context, layer, at),
  };
}

/** Rounds and drops the h that `forwardStep` of the same arguments begins with, where h is: once, before it. */
export function recordTakeInitial(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording {
  return {
    ...library.takeInitial(context.family, layer.cell, variantOf(context, at), at.batch * layer.hiddenSize),
    buffers: { parameters: readBy(context), states: at.states, ...variantBuffers(at) },
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
      saved: saved!,
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
    work: productWork([at.batch, columnsOf(layer), layer.hiddenSize]),
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
    forgets: at.saved === undefined,
  };
}

function variantBuffers({ lengths, dropout, forced }: ForwardBuffers): Record<string, GPUBuffer> {
  return {
    ...(lengths ? { lengths } : {}),
    ...(dropout ? { control: dropout.control } : {}),
    ...(forced ? { forced } : {}),
  };
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
  const width = at.sums ? columnsOf(layer) : inputSize;
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
    is_first: 1,
    recent_at: 0,
  };
}

/** The time that tells dropout's masks apart; see shaders/dropout/mask.wgsl. */
function dropTime({ dropout, firstTime = 0 }: ForwardBuffers, step: number): number {
  return dropout?.perSequence ? 0 : firstTime + step;
}
