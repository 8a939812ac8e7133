/** The time steps of a continuation, each of which reads what is given or has been said: see shaders/generation/said_inputs.wgsl. */
import * as library from '../kernels/library-sequence.ts';
import type { Recording } from '../kernels/plan.ts';
import { fitsContinuation } from '../kernels/sequences.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { productWork, totalWork } from '../kernels/work.ts';
import type { LayerContext } from './context.ts';
import type { LinearLayer } from './linear.ts';
import type { ForwardBuffers, RecurrentLayer } from './recurrent-layer.ts';
import { forwardStep, variantOf } from './recurrent-step.ts';

/** Words of the buffer that `continuationWords` fills. */
export const CONTINUATION_LENGTH = 4;

export interface Continuation {
  /** From h to what is said and read, F values. */
  readonly head: LinearLayer;
  /** `[seed + steps, draws, F]`: what is given, and what is said. */
  readonly sequence: GPUBuffer;
  /** Deviation, f32, and seed, u32. */
  readonly noise: GPUBuffer;
  /** From `continuationWords`. */
  readonly continuation: GPUBuffer;
}

/** @param window time steps to a value, each run from a zero state; 0: the state is carried on. */
export function continuationWords(
  seedLength: number,
  window: number,
  { weights, bias }: LinearLayer,
): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(seedLength, window, weights, bias);
}

/** Whether a layer is small enough, and enough of it to share out what it says. */
export function canContinue(
  family: KernelFamily,
  { cell, hiddenSize }: RecurrentLayer,
  { outputSize }: LinearLayer,
): boolean {
  return fitsContinuation(family, cell, hiddenSize) && outputSize <= cell.gates.length * hiddenSize;
}

/**
 * Time steps `from` … `from` + `steps` − 1 of all draws, in one dispatch.
 * @param at of as many rows as there are draws, and one slot; its input is not read.
 */
export function recordContinuation(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { head, ...buffers }: Continuation,
  { from, steps }: { readonly from: number; readonly steps: number },
): Recording {
  const step = forwardStep(context, layer, at, 0, 0);
  const said = productWork([at.batch, head.inputSize, head.outputSize]);
  return {
    ...step,
    ...library.continueSequence(
      context.family,
      layer.cell,
      variantOf(context, at),
      at.batch,
      layer.hiddenSize,
    ),
    buffers: { ...step.buffers, ...buffers },
    uniform: { ...step.uniform, time: from, steps },
    work: totalWork(Array.from({ length: steps }, () => [step.work, said]).flat()),
  };
}
