/** A stack's time steps backward: from the gradient of its outputs to those of its parameters. */
import { asPart, type Recording } from '../kernels/plan.ts';
import type { GradientContext, Place } from '../layers/context.ts';
import { recordTableGradient } from '../layers/embedding.ts';
import { recordDropInputs } from '../layers/dropout.ts';
import { recordJoinGradient, recordResidualGradient } from '../layers/outputs.ts';
import * as recurrent from '../layers/recurrent.ts';
import {
  type Direction,
  dropoutOf,
  isJoined,
  type NamedBuffers,
  readsOneHot,
  type Stack,
  type StackLayer,
  type Use,
} from './stack.ts';
import { directionBuffers, joinGeometry, type Span } from './stack-forward.ts';

/** How the backward sweep over a span begins, and what becomes of its sums. */
export interface Sweep {
  /** Which layers' `.dStates` hold gradients of the states after the span. */
  readonly finalStates: 'none' | 'top' | 'all';
  /** Whether the time steps after the span have been swept before: recomputation. */
  readonly continues: boolean;
}

/** The whole sequence at once, with nothing from its final states. */
export const WHOLE_SWEEP: Sweep = { finalStates: 'none', continues: false };

/** Where the gradient of a layer's output at the held index 0 is to be put, [.., B, W]. */
export function outputGradient(stack: Stack, use: Use, buffers: NamedBuffers, layer: StackLayer): Place {
  const name = isJoined(stack, use, layer)
    ? `${stack.prefix}l${layer.index}.dOutputs`
    : `${layer.directions[0]!.key}.dh`;
  return { buffer: buffers[name]!, at: 0 };
}

/** The layers of a span from the top down; the embedding's table comes last, by `tableGradient`. */
export function stackBackward(
  context: GradientContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  span: Span,
  sweep: Sweep,
): Recording[] {
  return stack.layers.toReversed().flatMap((layer) => {
    const joins = isJoined(stack, use, layer);
    const dOut = outputGradient(stack, use, buffers, layer);
    const dInput = inputGradientPlace(stack, use, buffers, layer, span);
    const { dropout, ...geometry } = joinGeometry(stack, use, buffers, layer, span);
    const join = { ...geometry, ...(dropout ? { dropout } : {}), dOut };
    const parts = layer.directions.map(({ key }): Place => ({ buffer: buffers[`${key}.dh`]!, at: 0 }));
    return [
      ...(joins ? recordJoinGradient(context.family, { ...join, dParts: parts }) : []),
      ...layer.directions.flatMap((direction, number) => [
        ...directionBackward(context, stack, use, buffers, layer, direction, span, sweep, {
          ...gradientBuffers(use, buffers, direction),
          ...(dInput ? { dInput: { ...dInput, accumulate: number > 0 } } : {}),
        }),
      ]),
      ...(layer.residual && dInput
        ? [recordResidualGradient(context.family, { ...join, width: layer.width, dResidual: dInput })]
        : []),
    ];
  });
}

function directionBackward(
  context: GradientContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  direction: Direction,
  span: Span,
  sweep: Sweep,
  d: recurrent.BackwardBuffers,
): Recording[] {
  const at = directionBuffers(stack, use, buffers, layer, direction, span);
  const oneHot = readsOneHot(stack, layer);
  const isTop = layer === stack.layers.at(-1);
  const isGiven = sweep.finalStates === 'all' || (sweep.finalStates === 'top' && isTop);
  const finalStates = isGiven ? ('given' as const) : ('zero' as const);
  const options = {
    finalStates,
    continues: sweep.continues,
    accumulate: sweep.continues,
    skipInputWeights: oneHot,
  };
  const back = recurrent.backward(context, direction, at, d, span.steps, options);
  if (!oneHot) return back;
  const inputWeights = recordTableGradient(context.family, {
    tokens: { buffer: buffers[`${stack.prefix}inputs`]!, at: span.time * use.batch },
    d: { buffer: d.dSums, at: 0, rowStride: recurrent.dSumsStride(direction) },
    rows: span.steps * use.batch,
    width: direction.cell.gates.length * direction.hiddenSize,
    vocabulary: stack.inputSize,
    out: { buffer: context.gradients, at: direction.weights },
    accumulate: sweep.continues,
  });
  return [...back, ...asPart('gradients', [inputWeights])];
}

export function gradientBuffers(
  use: Use,
  buffers: NamedBuffers,
  { key }: Direction,
): recurrent.BackwardBuffers {
  return {
    dOutputs: { buffer: buffers[`${key}.dh`]!, at: 0 },
    dStates: buffers[`${key}.dStates`]!,
    dSums: buffers[`${key}.dSums`]!,
    keepGradients: use.keepsGradients,
  };
}

/** Where the gradient of what a layer reads is wanted: below it, or for the embedding's table; undefined elsewhere. */
function inputGradientPlace(
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  span: Span,
): Place | undefined {
  if (layer.index > 0) return outputGradient(stack, use, buffers, stack.layers[layer.index - 1]!);
  if (stack.input.kind !== 'embedding') return undefined;
  return { buffer: buffers[`${stack.prefix}dEmbedded`]!, at: span.time * use.batch * stack.readSize };
}

/** dE from the gradient of all embedded inputs, once all spans are swept. */
export function tableGradient(
  { family, gradients }: GradientContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
): Recording[] {
  const { prefix, input, inputSize, readSize, table } = stack;
  if (input.kind !== 'embedding') return [];
  const d = { buffer: buffers[`${prefix}dEmbedded`]!, at: 0 };
  const { steps, batch } = use;
  const dropout = dropoutOf(stack, use, buffers, 'input', stack.layers[0]!);
  const drop = { values: d, steps, batch, width: readSize, firstTime: 0 };
  return asPart('gradients', [
    ...(dropout ? [recordDropInputs(family, { ...drop, dropout })] : []),
    recordTableGradient(family, {
      tokens: { buffer: buffers[`${prefix}inputs`]!, at: 0 },
      d: { ...d, rowStride: readSize },
      rows: steps * batch,
      width: readSize,
      vocabulary: inputSize,
      out: { buffer: gradients, at: table },
      accumulate: false,
    }),
  ]);
}
