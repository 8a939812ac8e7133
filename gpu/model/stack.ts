/** A stack of recurrent layers on the GPU: what it is made of, and how it is run. */
import type { Recurrence } from '../kernels/choice.ts';
import { fitsSequence } from '../kernels/sequences.ts';
import type { NamedBuffers, Place } from '../layers/context.ts';

export type { NamedBuffers } from '../layers/context.ts';
import { type Dropout, type DropoutKind, dropoutPlace } from '../layers/dropout.ts';
import type * as recurrent from '../layers/recurrent.ts';
import type { DropoutConfiguration, InputConfiguration, StackConfiguration } from './configuration.ts';
import { directedLayers, ENCODER, type ParameterLayout, parameterView } from './parameters.ts';
import { layerInputSize, layerWidth, readSize } from './shape.ts';

/** How a stack is run: sizes, and what its recordings must take into account. */
export interface Use {
  /** B. */
  readonly batch: number;
  /** T, time steps of a sequence. */
  readonly steps: number;
  /** Time steps whose values are held at once: T; fewer where the others are recomputed or forgotten. */
  readonly held: number;
  /** Slots of the states: held + 1, or 2 that take turns. */
  readonly slots: number;
  /** Whether there is a buffer `lengths` [B]. */
  readonly lengths: boolean;
  /** Seed of dropout, which then reads the iteration in the buffer `control`; null where nothing is dropped. */
  readonly dropSeed: number | null;
  /** Whether there are buffers `.forced` for the forward direction of each layer. */
  readonly forced: boolean;
  /** Whether forward steps save what a backward sweep or an examination needs. */
  readonly saves: boolean;
  /** Whether the backward sweep leaves ∂L/∂h(t) in `.dh`. */
  readonly keepsGradients: boolean;
  /** What reads the top layer's outputs at every step: nothing, a head, or attention, for which they are 0 past the end. */
  readonly topReader: 'none' | 'head' | 'attention';
  /** How many dispatches a layer's time steps are. */
  readonly recurrence: Recurrence;
  /** Whether input sums are made for all time steps of a span at once. */
  readonly hoisted: boolean;
  /** Whether h is rounded, and there are buffers `halves` and `rounded` of the parameters as layers read them: see rounding.ts. */
  readonly halves: boolean;
}

/** A set of recurrent weights with the name of its buffers. */
export interface Direction extends recurrent.RecurrentLayer {
  readonly key: string;
}

export interface StackLayer {
  readonly index: number;
  /** Forward, then reverse where there is one. */
  readonly directions: readonly Direction[];
  readonly inputSize: number;
  /** Features of the output. */
  readonly width: number;
  readonly residual: boolean;
}

export interface Stack {
  /** `encoder.` or nothing. */
  readonly prefix: string;
  readonly input: InputConfiguration;
  /** I, or the vocabulary's size. */
  readonly inputSize: number;
  /** Features that layer 0 reads. */
  readonly readSize: number;
  /** Place of the embedding's table in the parameters; 0 where there is none. */
  readonly table: number;
  readonly layers: readonly StackLayer[];
  readonly dropout: DropoutConfiguration;
  /** Features of the top layer's output. */
  readonly width: number;
}

export function buildStack(configuration: StackConfiguration, layout: ParameterLayout, prefix = ''): Stack {
  const place = (name: string): number => parameterView(layout, name).offset;
  const directed = directedLayers(configuration, prefix);
  const layers = configuration.layers.map((layer, index): StackLayer => {
    const directions = directed
      .filter((direction) => direction.index === index)
      .map(({ name, cell, inputSize, hiddenSize, reverse }): Direction => {
        const vectors = cell.vectors.map((vector) => place(`${name}.${vector}`));
        return {
          key: `${prefix}l${index}${reverse ? '.reverse' : ''}`,
          cell,
          inputSize,
          hiddenSize,
          reverse,
          weights: place(`${name}.W`),
          bias: place(`${name}.b`),
          vectors: vectors[0] ?? 0,
          vectorStride: (vectors[1] ?? 0) - (vectors[0] ?? 0),
        };
      });
    return {
      index,
      directions,
      inputSize: layerInputSize(configuration, index),
      width: layerWidth(layer),
      residual: layer.residual ?? false,
    };
  });
  const { input = { kind: 'values' }, inputSize, dropout = {} } = configuration;
  return {
    prefix,
    input,
    inputSize,
    readSize: readSize(configuration),
    table: input.kind === 'embedding' ? place(`${prefix}embedding.E`) : 0,
    layers,
    dropout,
    width: layers.at(-1)!.width,
  };
}

/** The dropout of a place; undefined where nothing is dropped there. */
export function dropoutOf(
  stack: Stack,
  use: Use,
  buffers: NamedBuffers,
  kind: DropoutKind,
  layer: StackLayer,
): Dropout | undefined {
  const rate = dropRate(stack, kind, layer);
  if (use.dropSeed === null || rate === 0) return undefined;
  return {
    rate,
    perSequence: stack.dropout.perSequence ?? false,
    place: dropoutPlace(kind, layer.index, stack.prefix === ENCODER),
    seed: use.dropSeed,
    control: buffers['control']!,
  };
}

function dropRate({ dropout, layers }: Stack, kind: DropoutKind, { index }: StackLayer): number {
  const { input = 0, between = 0, output = 0, recurrent: back = 0 } = dropout;
  if (kind === 'input') return input;
  if (kind === 'output') return index === layers.length - 1 ? output : between;
  return back;
}

/** Whether h(t − 1) is dropped where W multiplies it. */
export function dropsRecurrently({ dropout }: Stack, { dropSeed }: Use): boolean {
  return dropSeed !== null && (dropout.recurrent ?? 0) > 0;
}

/**
 * Whether steps hand a rounded h on to the next ones apart from the states, in a buffer `.recent`. They do on any adapter, so
 * that any shows whether it is done right; without f16 it saves nothing, and costs each step a write of B·H words.
 */
export function handsOn(stack: Stack, use: Use, { cell, hiddenSize }: Direction): boolean {
  if (!use.halves || use.held === 1 || use.recurrence === 'unfused') return false;
  const isSequence = use.recurrence === 'sequence' && fitsSequence(cell, hiddenSize);
  return !isSequence && !dropsRecurrently(stack, use);
}

/** Whether there is a buffer `.saved`: an empty one where a cell has nothing to save, which makes it no kernels of its own. */
export function savesOf({ saves }: Use, { cell }: Direction): boolean {
  return saves || cell.saved === 0;
}

/** Whether a layer's output is made from its h, and not its h itself. */
export function isJoined(stack: Stack, use: Use, layer: StackLayer): boolean {
  const isTop = layer === stack.layers.at(-1);
  if (isTop && use.topReader === 'none') return false;
  return (
    layer.directions.length > 1 ||
    layer.residual ||
    (isTop && use.lengths && use.topReader === 'attention') ||
    (use.dropSeed !== null && dropRate(stack, 'output', layer) > 0)
  );
}

/** Layer 0 of a one-hot stack reads tokens: its input sums are rows of Wx, looked up. */
export function readsOneHot({ input }: Stack, { index }: StackLayer): boolean {
  return index === 0 && input.kind === 'one-hot';
}

/** Whether a layer's input sums are made before its steps. */
export function hasSums(stack: Stack, use: Use, layer: StackLayer): boolean {
  return use.hoisted || readsOneHot(stack, layer);
}

/** Slot of a direction's initial states, where a whole sequence's are held. */
export function initialSlot({ reverse }: Direction, { slots }: Use): number {
  return reverse ? slots - 1 : 0;
}

/** Slot of a direction's final states. @param steps time steps run. */
export function finalSlot({ reverse }: Direction, steps: number): number {
  return reverse ? 0 : steps;
}

/** A state's plane of a slot, [B, H]. */
export function statePlace(
  buffers: NamedBuffers,
  { key, hiddenSize }: Direction,
  { batch, slots }: Use,
  slot: number,
  state = 0,
): Place {
  return { buffer: buffers[`${key}.states`]!, at: (state * slots + slot) * batch * hiddenSize };
}
