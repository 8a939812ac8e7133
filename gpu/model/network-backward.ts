/** A model backward: from the gradient of its outputs to that of every parameter. */
import { asPart, type Recording } from '../kernels/plan.ts';
import { attentionBackward } from '../layers/attention-backward.ts';
import type { GradientContext } from '../layers/context.ts';
import { handBackStates, initialGradients, vectorGradient } from './beginning.ts';
import { attentionExtent, type Network, type NetworkUse, readsFinal } from './network.ts';
import { attentionPlaces } from './network-forward.ts';
import { headBackward } from './readout.ts';
import type { NamedBuffers } from './stack.ts';
import { outputGradient, stackBackward, type Sweep, tableGradient, WHOLE_SWEEP } from './stack-backward.ts';
import { type Span, wholeSpan } from './stack-forward.ts';

/** From `dOutputs` to the gradient of every parameter, over all T time steps. */
export function recordBackward(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return [
    ...spanBackward(context, network, use, buffers, wholeSpan(use), false),
    ...recordEnd(context, network, use, buffers),
  ];
}

/** A span, and what reads it. @param continues whether the time steps after it have been swept before. */
export function spanBackward(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
  continues: boolean,
): Recording[] {
  const { main } = network;
  const fromEnd = readsFinal(network) ? 'top' : 'none';
  const sweep: Sweep = { finalStates: continues ? 'all' : fromEnd, continues };
  return [
    ...(readsFinal(network) && continues
      ? []
      : asPart('readout', headBackward(context, network, use, buffers, span, continues))),
    ...asPart('attention', lookBack(context, network, use, buffers)),
    ...stackBackward(context, main, use, buffers, span, sweep),
  ];
}

/** What comes after the first time step has been swept: initial states, the encoder, tables of embeddings. */
export function recordEnd(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const { main, encoder, start } = network;
  const recordings = tableGradient(context, main, use, buffers);
  if (start || encoder) recordings.push(...initialGradients(context, network, use, buffers));
  if (start) recordings.push(...vectorGradient(context, network, use, buffers, start));
  if (encoder && use.source) {
    const sweep: Sweep = { ...WHOLE_SWEEP, finalStates: 'all' };
    recordings.push(
      ...handBackStates(context, network, use, buffers),
      ...stackBackward(context, encoder, use.source, buffers, wholeSpan(use.source), sweep),
      ...tableGradient(context, encoder, use.source, buffers),
    );
  }
  return recordings;
}

function lookBack(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const { attention, main, encoder } = network;
  if (!attention) return [];
  return attentionBackward(context, attention, buffers, {
    ...attentionExtent(use),
    ...attentionPlaces(network, use, buffers),
    firstStep: 0,
    dOut: { buffer: buffers['dAttended']!, at: 0 },
    dQueries: outputGradient(main, use, buffers, main.layers.at(-1)!),
    dSource: outputGradient(encoder!, use.source!, buffers, encoder!.layers.at(-1)!),
  });
}
