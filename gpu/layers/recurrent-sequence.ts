/** All time steps of a span of a recurrent layer in one dispatch, where that is asked for and the layer small enough. */
import * as library from '../kernels/library-sequence.ts';
import type { Recording } from '../kernels/plan.ts';
import { fitsSequence } from '../kernels/sequences.ts';
import { totalWork, touching, type Work } from '../kernels/work.ts';
import type { LayerContext } from './context.ts';
import type { BackwardBuffers, ForwardBuffers, RecurrentLayer } from './recurrent-layer.ts';
import { backwardStep, forwardStep, type StepBack, variantOf } from './recurrent-step.ts';
import { parameterWords } from './recurrent-work.ts';

/** Consecutive time steps, in the layer's own count. */
export interface LocalSpan {
  /** The one that comes first in time. */
  readonly first: number;
  /** Slot of the states before it in time. */
  readonly slot: number;
  readonly steps: number;
}

/** Whether so many time steps are one dispatch. */
export function isSequence(
  { cell, hiddenSize }: RecurrentLayer,
  { recurrence, slots }: ForwardBuffers,
  steps: number,
): boolean {
  return recurrence === 'sequence' && steps > 1 && steps < slots && fitsSequence(cell, hiddenSize);
}

/** As `forwardStep` of each, in the order in which the layer runs. Slots are not counted round. */
export function forwardSequence(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  { first, slot, steps }: LocalSpan,
): Recording {
  const { cell, hiddenSize, inputSize, reverse } = layer;
  const begin = reverse ? steps - 1 : 0;
  const step = forwardStep(context, layer, at, first + begin, slot + begin);
  const inner = (at.sums ? 0 : inputSize) + hiddenSize;
  const parameters = parameterWords(
    context,
    ((inner + 1) * cell.gates.length + cell.vectors.length) * hiddenSize,
  );
  return {
    ...step,
    ...library.forwardSequence(context.family, cell, variantOf(context, at), at.batch, hiddenSize),
    uniform: { ...step.uniform, ...goingOn(at, steps, reverse ? -1 : 1) },
    work: readingOnce(
      parameters,
      Array.from({ length: steps }, () => step.work),
    ),
  };
}

/** As `backwardStep` of each, in the order in which the layer is swept. */
export function backwardSequence(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  d: BackwardBuffers,
  steps: number,
  from: StepBack,
): Recording {
  const { cell, hiddenSize, reverse } = layer;
  const begin = reverse ? 0 : steps - 1;
  const step = backwardStep(context, layer, at, d, begin, from);
  const others = backwardStep(context, layer, at, d, begin, { next: 0, startsAtZero: false });
  const variant = { ...variantOf(context, at), keeps: d.keepGradients ?? false };
  return {
    ...step,
    ...library.backwardSequence(context.family, cell, variant, at.batch, hiddenSize),
    uniform: { ...step.uniform, ...goingOn(at, steps, reverse ? 1 : -1) },
    work: readingOnce(parameterWords(context, cell.gates.length * hiddenSize ** 2), [
      step.work,
      ...Array.from({ length: steps - 1 }, () => others.work),
    ]),
  };
}

/** How the uniform of a step goes on: see shaders/recurrent/many_steps.wgsl. */
function goingOn({ dropout }: ForwardBuffers, steps: number, ahead: 1 | -1): Record<string, number> {
  return { steps, ahead, drop_ahead: dropout?.perSequence ? 0 : ahead };
}

/** What steps do, but that parameters are read once. @param parameters words of them that a step reads. */
function readingOnce(parameters: number, steps: readonly Work[]): Work {
  const { operations, bytes } = totalWork(steps);
  return { operations, bytes: bytes - touching((steps.length - 1) * parameters).bytes };
}
