/** A stack's layers from the top down: see stack.ts. */
import { itself, type Part, scale } from './matrix.ts';
import { layerInputGradient, stackLayerBackward, type StackLayerBackward } from './outputs.ts';
import {
  addRecurrentGradient,
  addRowsByToken,
  type Gradient,
  type GradientTerms,
  partOfTerms,
} from './recurrent-backward.ts';
import type { Stack, StackStates, StackTrace } from './stack.ts';

export interface StackBackward {
  readonly layers: readonly StackLayerBackward[];
  /** Per layer one per state. */
  readonly dInitialStates: readonly (readonly Gradient[])[];
}

/** What the sums of the parameters' gradients are taken over. */
export interface StackTerms {
  /** Per layer, per direction. */
  readonly layers: readonly (readonly GradientTerms[])[];
  /** `[T·B]` tokens and `[T·B, size]` the gradients of their vectors. */
  readonly embedded: { readonly tokens: Uint32Array; readonly gradient: Float64Array } | undefined;
}

/** @param dOutputs `[T, B, W]`; zeros where left out, as `dFinalStates`. */
export function stackBackward(
  stack: Stack,
  trace: StackTrace,
  dOutputs?: Float64Array,
  dFinalStates?: StackStates,
): StackBackward {
  const layers: StackLayerBackward[] = [];
  let dLayer = dOutputs;
  for (let index = stack.layers.length - 1; index >= 0; index--) {
    const layer = stack.layers[index]!;
    const backward = stackLayerBackward(layer, trace.layers[index]!, dLayer, dFinalStates?.[index]);
    layers.unshift(backward);
    if (index > 0) dLayer = layerInputGradient(layer, backward);
  }
  const dInitialStates = layers.map(({ directions }) => directions.flatMap((each) => each.dInitialStates));
  return { layers, dInitialStates };
}

/** @param part of the operands: themselves, or their absolute values for the magnitude of the sums. */
export function stackTerms(
  stack: Stack,
  trace: StackTrace,
  backward: StackBackward,
  part: Part = itself,
): StackTerms {
  return {
    layers: backward.layers.map(({ directions }) => directions.map(({ terms }) => partOfTerms(terms, part))),
    embedded: stack.embedding && {
      tokens: trace.inputs as Uint32Array,
      gradient: stackInputGradient(stack, trace, backward, part),
    },
  };
}

/** The gradient of what the stack reads, before dropout: `[T, B, I]`, of embedded tokens `[T, B, size]`. */
export function stackInputGradient(
  stack: Stack,
  trace: StackTrace,
  backward: StackBackward,
  part: Part = itself,
): Float64Array {
  const gradient = layerInputGradient(stack.layers[0]!, backward.layers[0]!, part);
  scale(gradient, trace.inputScales);
  return gradient;
}

/** Adds the gradients of the stack's parameters onto `gradient`. */
export function addStackGradient(gradient: Stack, { layers, embedded }: StackTerms): void {
  gradient.layers.forEach(({ directions }, index) =>
    directions.forEach((direction, number) => addRecurrentGradient(direction, layers[index]![number]!)),
  );
  if (gradient.embedding && embedded) {
    const { E, size } = gradient.embedding;
    addRowsByToken(E, embedded.tokens, embedded.gradient, size);
  }
}
