/** What is read from a model: a head on every output or on the final h, or the final h itself. Forward and backward. */
import type { Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext, Place } from '../layers/context.ts';
import { linearForward, linearGradient, linearInputGradient, type LinearLayer } from '../layers/linear.ts';
import { recordJoin, recordJoinGradient } from '../layers/outputs.ts';
import { copyRows } from './copy.ts';
import { copiesFinal, type Network, type NetworkUse, outputsOf, readsFinal } from './network.ts';
import { type Direction, dropoutOf, finalSlot, type NamedBuffers, statePlace, type Use } from './stack.ts';
import { outputGradient } from './stack-backward.ts';
import { layerOutput, type Span } from './stack-forward.ts';

/** y = x·U + d for what the head reads of a span: stacked, or time step by time step; without a head the final h. */
export function readOut(
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
    linearForward(context, head, rows, {
      x: { ...read, at: read.at + step * rows * head.inputSize },
      y: { buffer: buffers['outputs']!, at: (first + step * rows) * head.outputSize },
    }),
  );
  return [...final, ...products];
}

/** What the head reads of a span, [rows, R]. */
function headInput(network: Network, use: NetworkUse, buffers: NamedBuffers, span: Span): Place {
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
function finalGeometry({ main, head }: Network, use: NetworkUse, buffers: NamedBuffers) {
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

/** dx = dy·Uᵀ, dU = xᵀ·dy and dd = Σ dy; without a head dx = dy. Then dx to where the head has read. */
export function headBackward(
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
          ...linearGradient(context, head, rows, { x, dy }, accumulate),
        ]
      : [copyRows(family, dy, dRead, use.batch, width)]),
    ...(readsFinal(network) ? finalGradients(context, network, use, buffers, dRead) : []),
  ];
}

/** Stacked, or time step by time step, as forward. */
function headToInput(
  context: GradientContext,
  { model }: Network,
  { batch }: Use,
  head: LinearLayer,
  rows: number,
  dy: Place,
  dx: Place,
): Recording[] {
  const together = model.projection === 'per-step' ? batch : rows;
  return Array.from({ length: rows / together }, (_, step) => {
    const first = step * together;
    return linearInputGradient(context, head, together, {
      dx: { ...dx, at: dx.at + first * head.inputSize },
      dy: { ...dy, at: dy.at + first * head.outputSize },
    });
  });
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
