/** A model forward: source, initial states, time steps, attention, head. */
import type { Recording } from '../kernels/plan.ts';
import { attentionForward, attentionKeys } from '../layers/attention.ts';
import type { LayerContext, Place } from '../layers/context.ts';
import { recordProduct } from '../layers/linear.ts';
import { recordJoin } from '../layers/outputs.ts';
import { recordDropInitial } from '../layers/recurrent.ts';
import { recordArgmax } from '../layers/sampling.ts';
import {
  attentionExtent,
  copiesFinal,
  directionsOf,
  type Network,
  type NetworkUse,
  outputsOf,
  type Projection,
  readsFinal,
} from './network.ts';
import {
  dropoutOf,
  dropsRecurrently,
  finalSlot,
  initialSlot,
  type NamedBuffers,
  statePlace,
  type Use,
} from './stack.ts';
import {
  directionBuffers,
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
  const { main, encoder, attention, start } = network;
  const recordings: Recording[] = [];
  if (encoder && use.source) {
    recordings.push(
      ...stackForward(context, encoder, use.source, buffers, wholeSpan(use.source)),
      ...handOnStates(context, network, use, buffers),
    );
  }
  if (attention) {
    const { source } = attentionPlaces(network, use, buffers);
    recordings.push(...attentionKeys(context, attention, buffers, { ...attentionExtent(use), source }));
  }
  if (start) recordings.push(...startFromVector(context, network, use, buffers, start));
  if (use.starts === 'given' && dropsRecurrently(main, use)) {
    recordings.push(...dropInitialStates(context, network, use, buffers));
  }
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
    ...lookAtSource(context, network, use, buffers, span),
    ...readOut(context, network, use, buffers, span),
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

/** [rows, width] from one buffer to another. */
export function copyRows(
  family: LayerContext['family'],
  from: Place,
  to: Place,
  rows: number,
  width: number,
): Recording {
  return recordJoin(family, {
    parts: [from],
    hiddenSize: width,
    batch: rows,
    steps: 1,
    firstTime: 0,
    out: to,
  });
}

/** The encoder's final states, [s forward ‖ s reverse], become the initial ones, layer by layer. */
function handOnStates(
  { family }: LayerContext,
  { main, encoder }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const source = use.source!;
  return main.layers.flatMap((layer, index) => {
    const from = encoder!.layers[index]!.directions;
    const to = layer.directions[0]!;
    return to.cell.states.map((_, state) =>
      recordJoin(family, {
        parts: from.map((direction) =>
          statePlace(buffers, direction, source, finalSlot(direction, source.steps), state),
        ),
        hiddenSize: from[0]!.hiddenSize,
        batch: use.batch,
        steps: 1,
        firstTime: 0,
        out: statePlace(buffers, to, use, initialSlot(to, use), state),
      }),
    );
  });
}

/** s(0) = v·V + e, a block of columns to each state of each set of weights. */
function startFromVector(
  { family, parameters }: LayerContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  start: Projection,
): Recording[] {
  let column = 0;
  return directionsOf(main).flatMap((direction) =>
    direction.cell.states.map((_, state) => {
      const at = column;
      column += direction.hiddenSize;
      return recordProduct(
        family,
        [use.batch, start.inputSize, direction.hiddenSize],
        { buffer: buffers['vectors']!, at: 0, rowStride: start.inputSize, innerStride: 1 },
        {
          buffer: parameters,
          at: start.weights + at,
          innerStride: start.outputSize,
          columnStride: 1,
        },
        {
          ...statePlace(buffers, direction, use, initialSlot(direction, use), state),
          rowStride: direction.hiddenSize,
        },
        { buffer: parameters, at: start.bias + at },
      );
    }),
  );
}

function dropInitialStates(
  context: LayerContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer) =>
    layer.directions.map((direction) =>
      recordDropInitial(
        context,
        direction,
        directionBuffers(main, use, buffers, layer, direction, wholeSpan(use)),
        direction.reverse ? use.steps - 1 : 0,
        direction.reverse ? use.steps - 1 : 0,
      ),
    ),
  );
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

/** y = x·U + d for what the head reads of a span: stacked, or time step by time step; without a head the final h. */
function readOut(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  const { head, main, model } = network;
  const final = finalHidden(context, network, use, buffers, span);
  const read = headInput(network, use, buffers, span);
  if (!head) {
    const out = { buffer: buffers['outputs']!, at: 0 };
    return [...final, copyRows(context.family, read, out, use.batch, main.width)];
  }
  const steps = outputsOf(network, span.steps);
  const stacked = model.projection !== 'per-step';
  const rows = stacked ? steps * use.batch : use.batch;
  const first = readsFinal(network) ? 0 : span.index * use.batch;
  const products = Array.from({ length: stacked ? 1 : steps }, (_, step) =>
    projectRows(context, head, rows, {
      x: { ...read, at: read.at + step * rows * head.inputSize },
      y: { buffer: buffers['outputs']!, at: (first + step * rows) * head.outputSize },
    }),
  );
  return [...final, ...products];
}

function projectRows(
  { family, parameters }: LayerContext,
  { inputSize, outputSize, weights, bias }: Projection,
  rows: number,
  { x, y }: { x: Place; y: Place },
): Recording {
  return recordProduct(
    family,
    [rows, inputSize, outputSize],
    { ...x, rowStride: inputSize, innerStride: 1 },
    { buffer: parameters, at: weights, innerStride: outputSize, columnStride: 1 },
    { ...y, rowStride: outputSize },
    { buffer: parameters, at: bias },
  );
}

/** What the head reads of a span, [rows, R]. */
export function headInput(network: Network, use: NetworkUse, buffers: NamedBuffers, span: Span): Place {
  const { main, attention } = network;
  const top = main.layers.at(-1)!;
  if (readsFinal(network)) {
    if (copiesFinal(network, use)) return { buffer: buffers['final']!, at: 0 };
    return statePlace(buffers, top.directions[0]!, use, span.index + span.steps);
  }
  const offset = span.index * use.batch * main.width;
  if (attention) return { buffer: buffers['attended']!, at: offset };
  const output = layerOutput(main, use, buffers, top, span);
  return { ...output, at: output.at + offset };
}

/** Both directions' final h beside each other, with dropout where the head reads it. */
function finalHidden(
  { family }: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  if (!copiesFinal(network, use)) return [];
  return [
    recordJoin(family, {
      ...finalGeometry(network, use, buffers),
      parts: network.main.layers
        .at(-1)!
        .directions.map((direction) =>
          statePlace(buffers, direction, use, finalSlot(direction, span.index + span.steps)),
        ),
      out: { buffer: buffers['final']!, at: 0 },
    }),
  ];
}

/** What the final h and its gradient share. Where there is no head nothing is dropped. */
export function finalGeometry({ main, head }: Network, use: NetworkUse, buffers: NamedBuffers) {
  const top = main.layers.at(-1)!;
  const dropout = head ? dropoutOf(main, use, buffers, 'output', top) : undefined;
  return {
    hiddenSize: top.directions[0]!.hiddenSize,
    batch: use.batch,
    steps: 1,
    firstTime: 0,
    ...(dropout ? { dropout } : {}),
  };
}
