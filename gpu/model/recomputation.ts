/**
 * Backpropagation in less memory (Chen et al., Training deep nets with sublinear memory cost, 2016): the sequence goes
 * by in segments of k time steps. The first sweep keeps the states between them only, in `.kept` [S][segments + 1, B, H];
 * the second goes from the last segment to the first, runs each again from its kept state, and sweeps it back. States,
 * saved values, outputs and their gradients are then k time steps long, for one more forward sweep.
 */
import { asPart, type PartRecording, type Recording } from '../kernels/plan.ts';
import type { GradientContext } from '../layers/context.ts';
import { copyRows } from './copy.ts';
import { directionsOf, type Network, type NetworkUse, readsFinal } from './network.ts';
import { recordEnd, spanBackward } from './network-backward.ts';
import { recordBeginning, spanForward } from './network-forward.ts';
import { dropsRecurrently, type NamedBuffers, type Use } from './stack.ts';
import { prepareInputs, type Span, stackSteps, wholeSpan } from './stack-forward.ts';

/** The segments of a sequence, the last one perhaps shorter. */
export function segmentsOf({ steps, held }: Use): Span[] {
  return Array.from({ length: Math.ceil(steps / held) }, (_, number) => ({
    time: number * held,
    index: 0,
    steps: Math.min(held, steps - number * held),
  }));
}

/**
 * Forward, loss and backward by segments.
 * @param recordLoss the loss of a span's outputs; of the first one called with, it begins the sum.
 */
export function recordRecomputed(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  recordLoss: (span: Span, continues: boolean) => PartRecording[],
): PartRecording[] {
  const { main } = network;
  const segments = segmentsOf(use);
  const last = segments.length - 1;
  const move = (way: 'keep' | 'fetch', kept: number, slot: number): Recording[] =>
    moveStates(context, network, use, buffers, way, { kept, slot, slots: segments.length + 1 });
  // What was carried on lies in `.kept` already, but not as time steps are to read it.
  const begin =
    use.starts === 'given'
      ? [...move('fetch', 0, 0), ...recordBeginning(context, network, use, buffers), ...move('keep', 0, 0)]
      : [];
  const forward = segments
    .slice(0, last)
    .flatMap((span, number) => [
      ...move('fetch', number, 0),
      ...stackSteps(context, main, use, buffers, span),
      ...move('keep', number + 1, span.steps),
    ]);
  const backward = segments.toReversed().flatMap((span, fromEnd) => {
    const continues = fromEnd > 0;
    const speaks = !continues || !readsFinal(network);
    const again = [
      ...move('fetch', last - fromEnd, 0),
      ...(speaks
        ? spanForward(context, network, use, buffers, span, 'prepared')
        : stackSteps(context, main, use, buffers, span)),
      ...(continues ? [] : move('keep', segments.length, span.steps)),
    ];
    return [
      ...asPart('forward', again),
      ...(speaks ? recordLoss(span, continues) : []),
      ...asPart('backward', spanBackward(context, network, use, buffers, span, continues)),
    ];
  });
  const prepared = prepareInputs(context, main, use, buffers, wholeSpan(use));
  return [
    ...asPart('forward', [...prepared, ...begin, ...forward]),
    ...backward,
    ...asPart('backward', recordEnd(context, network, use, buffers)),
  ];
}

/** All states, and the dropped h where there is one, between a slot of `.states` and one of `.kept`. */
function moveStates(
  { family }: GradientContext,
  { main }: Network,
  use: Use,
  buffers: NamedBuffers,
  way: 'keep' | 'fetch',
  at: { kept: number; slot: number; slots: number },
): Recording[] {
  return directionsOf(main).flatMap(({ key, cell, hiddenSize }) => {
    const plane = use.batch * hiddenSize;
    const planes = cell.states.length + (dropsRecurrently(main, use) ? 1 : 0);
    return Array.from({ length: planes }, (_, state) => {
      const states = { buffer: buffers[`${key}.states`]!, at: (state * use.slots + at.slot) * plane };
      const kept = { buffer: buffers[`${key}.kept`]!, at: (state * at.slots + at.kept) * plane };
      const [from, to] = way === 'keep' ? [states, kept] : [kept, states];
      return copyRows(family, from, to, use.batch, hiddenSize);
    });
  });
}
