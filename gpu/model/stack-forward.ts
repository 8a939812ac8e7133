/** A stack's time steps forward: inputs read, layers run, outputs joined. */
import type { Recording } from '../kernels/plan.ts';
import type { LayerContext, Place } from '../layers/context.ts';
import { recordLookup } from '../layers/embedding.ts';
import { recordDropInputs } from '../layers/dropout.ts';
import { recordJoin } from '../layers/outputs.ts';
import * as recurrent from '../layers/recurrent.ts';
import {
  type Direction,
  dropoutOf,
  handsOn,
  hasSums,
  isJoined,
  type NamedBuffers,
  readsOneHot,
  savesOf,
  type Stack,
  type StackLayer,
  type Use,
} from './stack.ts';

/** Consecutive time steps that are run together, and where their values are held. */
export interface Span {
  /** t of the first. */
  readonly time: number;
  /** Where the first is held. */
  readonly index: number;
  readonly steps: number;
  /** Slot of the states before the first, counted round; the index where left out. */
  readonly slot?: number;
}

/** All T time steps, held from 0 on. */
export function wholeSpan({ steps }: Use): Span {
  return { time: 0, index: 0, steps };
}

/** Inputs to outputs for the time steps of a span. Inputs lie at their own t, all else as held. */
export function stackForward(
  context: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  return [
    ...prepareInputs(context, stack, use, buffers, span),
    ...stackSteps(context, stack, use, buffers, span),
  ];
}

/** Embedded tokens, and dropout on what is read; once for each time step, since values are dropped where they lie. */
export function prepareInputs(
  { family, parameters }: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  const { prefix, input, inputSize, readSize, table } = stack;
  const { batch } = use;
  const embeds = input.kind === 'embedding';
  const values = {
    buffer: buffers[`${prefix}${embeds ? 'embedded' : 'inputs'}`]!,
    at: span.time * batch * readSize,
  };
  const lookup = {
    tokens: { buffer: buffers[`${prefix}inputs`]!, at: span.time * batch },
    table: { buffer: parameters, at: table },
    rows: span.steps * batch,
    width: readSize,
    vocabulary: inputSize,
    out: values,
  };
  const dropout = dropoutOf(stack, use, buffers, 'input', stack.layers[0]!);
  const drop = { values, steps: span.steps, batch, width: readSize, firstTime: span.time };
  return [
    ...(embeds ? [recordLookup(family, lookup)] : []),
    ...(dropout ? [recordDropInputs(family, { ...drop, dropout })] : []),
  ];
}

/** The layers over the time steps of a span, whose inputs are prepared. */
export function stackSteps(
  context: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  span: Span,
): Recording[] {
  return stack.layers.flatMap((layer) => [
    ...layer.directions.flatMap((direction) => [
      ...(hasSums(stack, use, layer)
        ? [inputSums(context, stack, use, buffers, layer, direction, span)]
        : []),
      ...directionForward(context, stack, use, buffers, layer, direction, span),
    ]),
    ...joinOutputs(context, stack, use, buffers, layer, span),
  ]);
}

/** x·Wx + b of all time steps of a span at once: a product, or of one-hot inputs a row of Wx, and b. */
function inputSums(
  context: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  direction: Direction,
  span: Span,
): Recording {
  const { cell, hiddenSize, weights, bias } = direction;
  const { family, parameters } = context;
  const rows = span.steps * use.batch;
  const width = cell.gates.length * hiddenSize;
  const out = { buffer: buffers[`${direction.key}.sums`]!, at: span.index * use.batch * width };
  if (!readsOneHot(stack, layer)) {
    const { buffer, at } = layerInput(stack, use, buffers, layer, span);
    const input = { buffer, at: at + span.index * use.batch * layer.inputSize };
    return recurrent.recordInputSums(context, direction, rows, input, out);
  }
  return recordLookup(family, {
    tokens: { buffer: buffers[`${stack.prefix}inputs`]!, at: span.time * use.batch },
    table: { buffer: parameters, at: weights },
    bias: { buffer: parameters, at: bias },
    rows,
    width,
    vocabulary: stack.inputSize,
    out,
  });
}

function directionForward(
  context: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  direction: Direction,
  span: Span,
): Recording[] {
  const at = directionBuffers(stack, use, buffers, layer, direction, span);
  const { index, steps, slot = index } = span;
  return recurrent.forward(context, direction, at, { first: index, slot, steps });
}

/** What a direction's steps read and write, for both sweeps. */
export function directionBuffers(
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  direction: Direction,
  span: Span,
): recurrent.ForwardBuffers {
  const { key, reverse } = direction;
  const lengths = use.lengths ? buffers[`${stack.prefix}lengths`]! : undefined;
  const dropout = dropoutOf(stack, use, buffers, reverse ? 'recurrent-reverse' : 'recurrent', layer);
  const forced = use.forced && !reverse ? buffers[`${key}.forced`]! : undefined;
  const recent = handsOn(stack, use, direction) ? buffers[`${key}.recent`]! : undefined;
  return {
    recurrence: use.recurrence,
    ...(use.recurrence === 'unfused' ? { unfused: recurrent.unfusedBuffers(buffers, key) } : {}),
    input: layerInput(stack, use, buffers, layer, span),
    ...(hasSums(stack, use, layer) ? { sums: { buffer: buffers[`${key}.sums`]!, at: 0 } } : {}),
    states: buffers[`${key}.states`]!,
    ...(savesOf(use, direction) ? { saved: buffers[`${key}.saved`]! } : {}),
    batch: use.batch,
    slots: use.slots,
    firstTime: span.time - span.index,
    ...(lengths ? { lengths } : {}),
    ...(dropout ? { dropout } : {}),
    ...(forced ? { forced } : {}),
    ...(recent ? { recent } : {}),
  };
}

/** What a layer reads at the held index 0: the stack's input, or the output of the layer below. */
export function layerInput(
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  span: Span,
): Place {
  if (layer.index > 0) return layerOutput(stack, use, buffers, stack.layers[layer.index - 1]!, span);
  const name = stack.input.kind === 'embedding' ? 'embedded' : 'inputs';
  const offset = (span.time - span.index) * use.batch * stack.readSize;
  return { buffer: buffers[`${stack.prefix}${name}`]!, at: offset };
}

/** A layer's output at the held index 0, [.., B, W]: what was joined, or the h that it is itself. */
export function layerOutput(
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  span: Span,
): Place {
  if (isJoined(stack, use, layer)) {
    return { buffer: buffers[`${stack.prefix}l${layer.index}.outputs`]!, at: 0 };
  }
  const slot = ((span.slot ?? span.index) + 1) % use.slots;
  const { key, hiddenSize } = layer.directions[0]!;
  return { buffer: buffers[`${key}.states`]!, at: (slot - span.index) * use.batch * hiddenSize };
}

function joinOutputs(
  { family }: LayerContext,
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  layer: StackLayer,
  span: Span,
): Recording[] {
  if (!isJoined(stack, use, layer)) return [];
  const out = { buffer: buffers[`${stack.prefix}l${layer.index}.outputs`]!, at: 0 };
  const parts = layer.directions.map((direction): Place => {
    const plane = use.batch * direction.hiddenSize;
    const before = span.slot ?? span.index;
    const slot = direction.reverse ? before : (before + 1) % use.slots;
    return { buffer: buffers[`${direction.key}.states`]!, at: slot * plane };
  });
  const input = layerInput(stack, use, buffers, layer, span);
  const row = span.index * use.batch;
  return [
    recordJoin(family, {
      ...joinGeometry(stack, use, buffers, layer, span),
      parts,
      ...(layer.residual ? { residual: { ...input, at: input.at + row * layer.inputSize } } : {}),
      out: { ...out, at: row * layer.width },
    }),
  ];
}

/** What joining and its gradient share. */
export function joinGeometry(stack: Stack, use: Use, buffers: NamedBuffers, layer: StackLayer, span: Span) {
  const dropout = dropoutOf(stack, use, buffers, 'output', layer);
  return {
    hiddenSize: layer.directions[0]!.hiddenSize,
    batch: use.batch,
    steps: span.steps,
    firstTime: span.time,
    ...(use.lengths ? { lengths: buffers[`${stack.prefix}lengths`]! } : {}),
    ...(dropout ? { dropout } : {}),
  };
}
