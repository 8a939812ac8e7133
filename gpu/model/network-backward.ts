/** A model backward: from the gradient of its outputs to that of every parameter. */
import type { Recording } from '../kernels/plan.ts';
import { attentionBackward } from '../layers/attention-backward.ts';
import type { GradientContext, Place } from '../layers/context.ts';
import { recordColumnSums, recordProduct } from '../layers/linear.ts';
import { recordJoinGradient } from '../layers/outputs.ts';
import { initialStateGradient } from '../layers/recurrent.ts';
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
import { attentionPlaces, copyRows, finalGeometry, headInput } from './network-forward.ts';
import type { Direction, NamedBuffers, Use } from './stack.ts';
import {
  gradientBuffers,
  outputGradient,
  stackBackward,
  type Sweep,
  tableGradient,
  WHOLE_SWEEP,
} from './stack-backward.ts';
import { directionBuffers, type Span, wholeSpan } from './stack-forward.ts';

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
      : headBackward(context, network, use, buffers, span, continues)),
    ...lookBack(context, network, use, buffers),
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

/** dx = dy·Uᵀ, dU = xᵀ·dy and dd = Σ dy; without a head dx = dy. Then dx to where the head has read. */
function headBackward(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
  accumulate: boolean,
): Recording[] {
  const { family } = context;
  const { head, main } = network;
  const first = readsFinal(network) ? 0 : span.index * use.batch;
  const dRead = headInputGradient(network, use, buffers, span);
  const width = head?.outputSize ?? main.width;
  const dy = { buffer: buffers['dOutputs']!, at: first * width };
  const rows = outputsOf(network, span.steps) * use.batch;
  const x = headInput(network, use, buffers, span);
  return [
    ...(head
      ? [
          ...headToInput(context, network, use, head, rows, dy, dRead),
          ...headToWeights(context, head, rows, x, dy, accumulate),
        ]
      : [copyRows(family, dy, dRead, use.batch, width)]),
    ...(readsFinal(network) ? finalGradients(context, network, use, buffers, dRead) : []),
  ];
}

function headToInput(
  { family, parameters }: GradientContext,
  { model }: Network,
  { batch }: Use,
  { inputSize, outputSize, weights }: Projection,
  rows: number,
  dy: Place,
  dx: Place,
): Recording[] {
  const together = model.projection === 'per-step' ? batch : rows;
  return Array.from({ length: rows / together }, (_, step) =>
    recordProduct(
      family,
      [together, outputSize, inputSize],
      { buffer: dy.buffer, at: dy.at + step * together * outputSize, rowStride: outputSize, innerStride: 1 },
      { buffer: parameters, at: weights, innerStride: 1, columnStride: outputSize },
      { buffer: dx.buffer, at: dx.at + step * together * inputSize, rowStride: inputSize },
    ),
  );
}

function headToWeights(
  { family, gradients }: GradientContext,
  { inputSize, outputSize, weights, bias }: Projection,
  rows: number,
  x: Place,
  dy: Place,
  accumulate: boolean,
): Recording[] {
  return [
    recordProduct(
      family,
      [inputSize, rows, outputSize],
      { ...x, rowStride: 1, innerStride: inputSize },
      { ...dy, innerStride: outputSize, columnStride: 1 },
      { buffer: gradients, at: weights, rowStride: outputSize, accumulate },
    ),
    recordColumnSums(
      family,
      [rows, outputSize],
      { ...dy, rowStride: outputSize },
      { buffer: gradients, at: bias, accumulate },
    ),
  ];
}

/** Where the gradient of what the head reads is put. */
function headInputGradient(network: Network, use: NetworkUse, buffers: NamedBuffers, span: Span): Place {
  const { main, attention } = network;
  const top = main.layers.at(-1)!;
  if (readsFinal(network)) {
    if (copiesFinal(network, use)) return { buffer: buffers['dFinal']!, at: 0 };
    return { buffer: buffers[`${top.directions[0]!.key}.dStates`]!, at: 0 };
  }
  const offset = span.index * use.batch * main.width;
  if (attention) return { buffer: buffers['dAttended']!, at: offset };
  const dOutput = outputGradient(main, use, buffers, top);
  return { ...dOutput, at: dOutput.at + offset };
}

/** The gradient of the final h to that of the top layer's states, of which only h is read; nothing reaches the others. */
function finalGradients(
  { family }: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  dFinal: Place,
): Recording[] {
  const { main } = network;
  const top = main.layers.at(-1)!;
  const places = top.directions.map(({ key }): Place => ({ buffer: buffers[`${key}.dStates`]!, at: 0 }));
  const zeros = { buffer: buffers['zeros']!, at: 0 };
  const clear = ({ key, cell, hiddenSize }: Direction): Recording[] =>
    cell.states.slice(1).map((_, index) => {
      const at = (1 + index) * use.batch * hiddenSize;
      return copyRows(family, zeros, { buffer: buffers[`${key}.dStates`]!, at }, use.batch, hiddenSize);
    });
  return [
    ...(copiesFinal(network, use)
      ? recordJoinGradient(family, { ...finalGeometry(network, use, buffers), dOut: dFinal, dParts: places })
      : []),
    ...top.directions.flatMap(clear),
  ];
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

function initialGradients(
  context: GradientContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer) =>
    layer.directions.map((direction) =>
      initialStateGradient(
        context,
        direction,
        directionBuffers(main, use, buffers, layer, direction, wholeSpan(use)),
        gradientBuffers(use, buffers, direction),
        use.held,
      ),
    ),
  );
}

/** dV = vᵀ·ds(0) and de = Σ ds(0), a block of columns for each state. */
function vectorGradient(
  { family, gradients }: GradientContext,
  { main }: Network,
  { batch }: Use,
  buffers: NamedBuffers,
  { inputSize, outputSize, weights, bias }: Projection,
): Recording[] {
  let column = 0;
  return directionsOf(main).flatMap(({ key, cell, hiddenSize }) =>
    cell.states.flatMap((_, state) => {
      const at = column;
      column += hiddenSize;
      const d = { buffer: buffers[`${key}.dStates`]!, at: state * batch * hiddenSize };
      return [
        recordProduct(
          family,
          [inputSize, batch, hiddenSize],
          { buffer: buffers['vectors']!, at: 0, rowStride: 1, innerStride: inputSize },
          { ...d, innerStride: hiddenSize, columnStride: 1 },
          { buffer: gradients, at: weights + at, rowStride: outputSize },
        ),
        recordColumnSums(
          family,
          [batch, hiddenSize],
          { ...d, rowStride: hiddenSize },
          { buffer: gradients, at: bias + at },
        ),
      ];
    }),
  );
}

/** The gradient of the initial states is that of the encoder's final ones. */
function handBackStates(
  { family }: GradientContext,
  { main, encoder }: Network,
  { batch }: Use,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer, index) => {
    const from = layer.directions[0]!;
    const to = encoder!.layers[index]!.directions;
    return from.cell.states.flatMap((_, state) =>
      recordJoinGradient(family, {
        hiddenSize: to[0]!.hiddenSize,
        batch,
        steps: 1,
        firstTime: 0,
        dOut: { buffer: buffers[`${from.key}.dStates`]!, at: state * batch * from.hiddenSize },
        dParts: to.map(({ key, hiddenSize }): Place => {
          return { buffer: buffers[`${key}.dStates`]!, at: state * batch * hiddenSize };
        }),
      }),
    );
  });
}
