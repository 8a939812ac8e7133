/**
 * A layer of recurrent cells over a sequence, or over a span of its time steps: forward, backward, and the gradients of
 * its parameters as sums over all time steps. One step is in recurrent-step.ts.
 */
import { asPart, type Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext, Place } from './context.ts';
import { linearForward } from './linear.ts';
import { backThroughRows, parameterGradients } from './recurrent-gradients.ts';
import { backwardSequence, forwardSequence, isSequence, type LocalSpan } from './recurrent-sequence.ts';
import {
  type BackwardBuffers,
  dSumsStride,
  type ForwardBuffers,
  type RecurrentLayer,
} from './recurrent-layer.ts';
import { backwardStep, backwardToInitial, forwardStep, type StepBack } from './recurrent-step.ts';
import { backwardUnfused, unfusedToInitial } from './recurrent-unfused-backward.ts';
import { forwardUnfused } from './recurrent-unfused.ts';

export {
  type BackwardBuffers,
  dSumsStride,
  type ForwardBuffers,
  type RecurrentLayer,
  stateLength,
} from './recurrent-layer.ts';
export { recordTakeInitial } from './recurrent-step.ts';
export { unfusedBuffers, unfusedGradientSizes, unfusedSizes } from './recurrent-unfused.ts';

/** Local time steps in the order in which the layer runs. */
function runOrder({ reverse }: RecurrentLayer, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => (reverse ? steps - 1 - index : index));
}

/** All time steps of a span. */
export function forward(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  span: LocalSpan,
): Recording[] {
  const { first, slot, steps } = span;
  if (isSequence(layer, at, steps)) return [forwardSequence(context, layer, at, span)];
  return runOrder(layer, steps).flatMap((step, index) =>
    at.unfused
      ? forwardUnfused(context, layer, at, first + step, slot + step)
      : [forwardStep(context, layer, at, first + step, slot + step, index === 0)],
  );
}

/** The input sums x·Wx + b of `rows` = steps · B rows at once, a linear layer with the input rows of W. */
export function recordInputSums(
  context: LayerContext,
  { cell, inputSize, hiddenSize, weights, bias }: RecurrentLayer,
  rows: number,
  input: Place,
  sums: Place,
): Recording {
  const layer = { inputSize, outputSize: cell.gates.length * hiddenSize, weights, bias };
  return linearForward(context, layer, rows, { x: input, y: sums });
}

/** How a backward sweep begins, and what becomes of the parameters' gradients. */
export interface SweepOptions {
  /** Whether `dStates` holds the gradients of the final states. */
  readonly finalStates: 'zero' | 'given';
  /**
   * Whether the time steps after these have been swept just before, over the same buffers, so that the gradient of
   * the sums of the first of them lies at index 0 of `dSums`. Wants 2 time steps or more, and no reverse layer.
   */
  readonly continues: boolean;
  /** Whether the parameters' gradients are added to those there are. */
  readonly accumulate: boolean;
  /** Leaves out dWx: where the input sums come from elsewhere. Default: no. */
  readonly skipInputWeights?: boolean;
}

/**
 * All time steps backward, and the gradients of the input and of W, b and the cell's own vectors, each one product or sum
 * over T·B.
 */
export function backward(
  context: GradientContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps: number,
  options: SweepOptions,
): Recording[] {
  if (options.continues && (layer.reverse || steps < 2)) {
    throw new Error(
      'A sweep goes on from a later one over 2 time steps or more, and not in a reverse layer.',
    );
  }
  const order = sweepOrder(layer, at, steps, options);
  if (at.unfused) {
    return order.flatMap(({ step, ...from }, index) => {
      const accumulate = options.accumulate || index > 0;
      return backwardUnfused(context, layer, at, d, step, from, { ...options, accumulate });
    });
  }
  const swept = isSequence(layer, at, steps)
    ? [backwardSequence(context, layer, at, d, steps, order[0]!)]
    : order.map(({ step, ...from }) => backwardStep(context, layer, at, d, step, from));
  const summed = { ...options, first: 0, steps };
  return [
    ...swept,
    // dX = d(input sums)·Wxᵀ
    ...(d.dInput
      ? [
          backThroughRows(
            context,
            layer,
            steps * at.batch,
            [0, layer.inputSize],
            { buffer: d.dSums, at: 0 },
            d.dInput,
          ),
        ]
      : []),
    ...asPart('gradients', parameterGradients(context, layer, at, d, summed)),
  ];
}

/** The local time steps as they are swept, and what each goes on from. */
function sweepOrder(
  layer: RecurrentLayer,
  at: ForwardBuffers,
  steps: number,
  { finalStates, continues }: SweepOptions,
): (StepBack & { step: number })[] {
  const begin = { next: continues ? 0 : null, startsAtZero: !continues && finalStates === 'zero' };
  const stride = at.batch * dSumsStride(layer);
  const order = runOrder(layer, steps).toReversed();
  return order.map((step, index) =>
    index === 0 ? { step, ...begin } : { step, next: order[index - 1]! * stride, startsAtZero: false },
  );
}

/**
 * After it `dStates` is the whole gradient of the initial states: what came back through W in the step that ran first is
 * added to what is there. @param steps those that `backward` swept.
 */
export function initialStateGradient(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps = at.slots - 1,
): Recording {
  const toInitial = at.unfused ? unfusedToInitial : backwardToInitial;
  return toInitial(context, layer, at, d, runOrder(layer, steps)[0]!);
}
