/** A model forward: source, initial states, time steps, attention, head. */
import { asPart, type Recording } from '../kernels/plan.ts';
import { attentionForward, attentionKeys } from '../layers/attention.ts';
import type { LayerContext, Place } from '../layers/context.ts';
import { recordArgmax } from '../layers/sampling.ts';
import { handOnStates, startFromVector, takeInitialStates, takesInitialStates } from './beginning.ts';
import { copyRows } from './copy.ts';
import { attentionExtent, type Network, type NetworkUse } from './network.ts';
import { readOut } from './readout.ts';
import type { NamedBuffers, Use } from './stack.ts';
import {
  layerOutput,
  prepareInputs,
  type Span,
  stackForward,
  stackSteps,
  wholeSpan,
} from './stack-forward.ts';

/** Inputs to outputs over all T time steps. */
export function recordForward(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return [
    ...recordBeginning(context, network, use, buffers),
    ...(network.model.feeding === 'own'
      ? ownSteps(context, network, use, buffers)
      : spanForward(context, network, use, buffers, wholeSpan(use))),
  ];
}

/** All that comes before the first time step: the source is read, and the initial states are made. */
export function recordBeginning(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const { encoder, attention, start } = network;
  const recordings: Recording[] = [];
  if (encoder && use.source) {
    recordings.push(
      ...stackForward(context, encoder, use.source, buffers, wholeSpan(use.source)),
      ...handOnStates(context, network, use, buffers),
    );
  }
  if (attention) {
    const { source } = attentionPlaces(network, use, buffers);
    const keys = attentionKeys(context, attention, buffers, { ...attentionExtent(use), source });
    recordings.push(...asPart('attention', keys));
  }
  if (start) recordings.push(...startFromVector(context, network, use, buffers, start));
  if (takesInitialStates(network, use)) recordings.push(...takeInitialStates(context, network, use, buffers));
  return recordings;
}

/** A span with what reads it: outputs of its time steps, or of the state that it ends in. */
export function spanForward(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
  inputs: 'raw' | 'prepared' = 'raw',
): Recording[] {
  return [
    ...(inputs === 'raw' ? prepareInputs(context, network.main, use, buffers, span) : []),
    ...stackSteps(context, network.main, use, buffers, span),
    ...asPart('attention', lookAtSource(context, network, use, buffers, span)),
    ...asPart('readout', readOut(context, network, use, buffers, span)),
  ];
}

/** One time step after the other, each reading what the one before has said. */
function ownSteps(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return Array.from({ length: use.steps }, (_, time) => {
    const span = { time, index: time, steps: 1 };
    const fed = time + 1 < use.steps ? [feedBack(context, network, use, buffers, time)] : [];
    return [...spanForward(context, network, use, buffers, span), ...fed];
  }).flat();
}

/** The output of time step t becomes the input of t + 1: as it is, or its most likely token. */
function feedBack(
  { family }: LayerContext,
  { model }: Network,
  { batch }: Use,
  buffers: NamedBuffers,
  time: number,
): Recording {
  const width = model.outputSize;
  const said = { buffer: buffers['outputs']!, at: time * batch * width };
  const inputs = buffers['inputs']!;
  if (model.head === 'softmax') {
    const next = { buffer: inputs, at: (time + 1) * batch };
    return recordArgmax(family, { logits: said, batch, vocabulary: width, next });
  }
  return copyRows(family, said, { buffer: inputs, at: (time + 1) * batch * width }, batch, width);
}

function lookAtSource(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  const { attention } = network;
  if (!attention) return [];
  return attentionForward(context, attention, buffers, {
    ...attentionExtent(use),
    ...attentionPlaces(network, use, buffers, span),
    steps: span.steps,
    firstStep: span.index,
  });
}

/** What attention looks with, the main stack's outputs from a span on, and at, the encoder's; and where it puts what it finds. */
export function attentionPlaces(
  { main, encoder }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span = wholeSpan(use),
): { queries: Place; source: Place; lengths?: GPUBuffer; out: Place } {
  const theirs = use.source!;
  const top = layerOutput(main, use, buffers, main.layers.at(-1)!, span);
  const offset = span.index * use.batch * main.width;
  return {
    queries: { ...top, at: top.at + offset },
    source: layerOutput(encoder!, theirs, buffers, encoder!.layers.at(-1)!, wholeSpan(theirs)),
    ...(theirs.lengths ? { lengths: buffers['encoder.lengths']! } : {}),
    out: { buffer: buffers['attended']!, at: offset },
  };
}
