/** A stack of layers: the input as numbers, one-hot or embedded tokens, dropout, and each layer reading the one below. */
import { ENCODER } from '../model/parameters.ts';
import { type Dropping, dropoutScales, type StackDropout } from './dropout.ts';
import type { Extent } from './extent.ts';
import type { HeldUnits } from './forcing.ts';
import { scale } from './matrix.ts';
import { joinOutputs, type LayerStates, type StackLayer, type StackLayerTrace } from './outputs.ts';
import {
  finalStatesOf,
  type LayerInputs,
  type LayerTrace,
  recurrentForward,
  type Rounding,
} from './recurrent.ts';

export interface Stack {
  /** `E [vocabulary, size]` and its size, where tokens are embedded. */
  readonly embedding: { readonly E: Float64Array; readonly size: number } | undefined;
  readonly layers: readonly StackLayer[];
  readonly dropout: StackDropout;
}

/** Layer by layer. */
export type StackStates = readonly LayerStates[];

export interface StackUse extends Extent {
  /** Zeros where left out. */
  readonly initialStates?: StackStates | undefined;
  /** Nothing is dropped where left out. */
  readonly dropping?: Dropping | undefined;
  /** Per layer. */
  readonly held?: readonly (HeldUnits | undefined)[] | undefined;
  /** Of each set of recurrent weights, by its name among the stacks: `l0`, `l0.reverse`, `encoder.l0`. */
  readonly roundings?: ((name: string) => Rounding) | undefined;
}

export interface StackTrace {
  /** As given: `[T, B, I]`, or `[T, B]` tokens. */
  readonly inputs: LayerInputs;
  /** `[T, B, R]` dropout of what the first layer reads. */
  readonly inputScales: Float64Array | undefined;
  readonly layers: readonly StackLayerTrace[];
  /** `[T, B, W]` of the top layer. */
  readonly outputs: Float64Array;
}

export function stackForward(stack: Stack, inputs: LayerInputs, use: StackUse): StackTrace {
  const first = stack.layers[0]!.directions[0]!;
  const inputScales = dropoutScales(stack.dropout, 'input', 0, use, first.inputSize, use.dropping);
  let sequence = readInputs(stack, inputs, inputScales);
  const layers = stack.layers.map((layer, index) => {
    const trace = layerForward(stack, layer, index, sequence, use);
    sequence = trace.outputs;
    return trace;
  });
  return { inputs, inputScales, layers, outputs: layers.at(-1)!.outputs };
}

/** What the first layer reads. */
function readInputs(
  { embedding }: Stack,
  inputs: LayerInputs,
  scales: Float64Array | undefined,
): LayerInputs {
  const read = embedding ? lookUp(embedding.E, embedding.size, inputs as Uint32Array) : inputs;
  if (!scales) return read;
  const scaled = Float64Array.from(read);
  scale(scaled, scales);
  return scaled;
}

/** Row r of the result is the table's row of token r. */
function lookUp(table: Float64Array, width: number, tokens: Uint32Array): Float64Array {
  const rows = new Float64Array(tokens.length * width);
  tokens.forEach((token, row) => rows.set(table.subarray(token * width, (token + 1) * width), row * width));
  return rows;
}

function layerForward(
  { dropout }: Stack,
  layer: StackLayer,
  index: number,
  inputs: LayerInputs,
  use: StackUse,
): StackLayerTrace {
  const { steps, batch, lengths, firstTime, dropping, initialStates } = use;
  const extent: Extent = { steps, batch, lengths, firstTime };
  const directions = layer.directions.map((direction, number): LayerTrace => {
    const { cell, hiddenSize, reverse } = direction;
    const kind = reverse ? 'recurrent-reverse' : 'recurrent';
    const states = cell.states.length;
    return recurrentForward(direction, inputs, {
      ...extent,
      initialStates: initialStates?.[index]?.slice(number * states, (number + 1) * states),
      recurrentScales: dropoutScales(dropout, kind, index, extent, hiddenSize, dropping),
      held: reverse ? undefined : use.held?.[index],
      rounding: use.roundings?.(`${dropout.isEncoder ? ENCODER : ''}l${index}${reverse ? '.reverse' : ''}`),
    });
  });
  const scales = dropoutScales(dropout, 'output', index, extent, layer.width, dropping);
  const trace = { extent, inputs, directions, scales };
  return { ...trace, outputs: joinOutputs(layer, trace) };
}

/** Of every layer: forward after the last time step, reverse after the first. */
export function stackFinalStates({ layers }: Stack, trace: StackTrace): StackStates {
  return layers.map(({ directions }, index) =>
    directions.flatMap((direction, number) =>
      finalStatesOf(direction, trace.layers[index]!.directions[number]!),
    ),
  );
}
