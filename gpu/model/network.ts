/**
 * A model on the GPU: what it is made of, and the buffers that it needs. The stack that speaks is the main one; before
 * it there may be an encoder, between it and the head attention over the encoder's outputs.
 */
import type { BufferSizes } from '../device/buffers.ts';
import type { KernelChoice } from '../kernels/choice.ts';
import { type AttentionLayer, attentionGradientSizes, attentionSizes } from '../layers/attention.ts';
import { halvesLength } from '../layers/halves.ts';
import { weightsLength } from '../layers/loss.ts';
import type { LinearLayer } from '../layers/linear.ts';
import type { ModelConfiguration } from './configuration.ts';
import { ENCODER, type ParameterLayout, parameterLayout, parameterView } from './parameters.ts';
import { outputSteps, outputWidth } from './shape.ts';
import { buildStack, type Direction, type NamedBuffers, type Stack, type Use } from './stack.ts';
import { stackGradientSizes, stackSizes, statesLength } from './stack-sizes.ts';

export interface Network {
  readonly model: ModelConfiguration;
  readonly layout: ParameterLayout;
  readonly main: Stack;
  readonly encoder: Stack | null;
  readonly attention: AttentionLayer | null;
  /** Null where the final h is the output itself. */
  readonly head: LinearLayer | null;
  /** From a vector to the initial states; null where there is none. */
  readonly start: LinearLayer | null;
}

/** How a network is run. */
export interface NetworkUse extends Use {
  /** How the encoder is run; null where there is none. */
  readonly source: Use | null;
  /** Whether the initial states are 0, as in a fresh buffer, or are put there: carried on, given, or made. */
  readonly starts: 'zero' | 'given';
  /** Whether there is a buffer `mask` [T′, B]. */
  readonly masked: boolean;
  /** The time steps that the cost counts; null: all. */
  readonly costSteps: { readonly from: number; readonly to: number } | null;
}

export function buildNetwork(model: ModelConfiguration): Network {
  const layout = parameterLayout(model);
  const place = (name: string): number => parameterView(layout, name).offset;
  const main = buildStack(model, layout);
  const encoder = model.encoder ? buildStack(model.encoder, layout, ENCODER) : null;
  const projection = (inputSize: number, weights: string, bias: string): LinearLayer => {
    const outputSize = parameterView(layout, bias).shape[0]!;
    return { inputSize, outputSize, weights: place(weights), bias: place(bias) };
  };
  return {
    model,
    layout,
    main,
    encoder,
    attention: encoder && model.attention ? attentionLayer(model.attention, main, encoder, place) : null,
    head: model.readout === 'none' ? null : projection(main.width, 'readout.U', 'readout.d'),
    start: model.vectorSize ? projection(model.vectorSize, 'start.V', 'start.e') : null,
  };
}

function attentionLayer(
  kind: AttentionLayer['kind'],
  main: Stack,
  encoder: Stack,
  place: (name: string) => number,
): AttentionLayer {
  const additive = kind === 'additive';
  return {
    kind,
    width: main.width,
    sourceWidth: encoder.width,
    queryWeights: additive ? place('attention.Wq') : 0,
    keyWeights: additive ? place('attention.Wk') : 0,
    scoreWeights: additive ? place('attention.v') : 0,
    combineWeights: place('attention.C'),
    combineBias: place('attention.c'),
  };
}

/** What of a use is chosen; the rest follows from the model. */
export interface UseOptions {
  readonly batch: number;
  readonly steps: number;
  /** Time steps of the encoder's source; 0 where there is none. */
  readonly sourceSteps?: number;
  /** Time steps held at once; all where left out. */
  readonly held?: number;
  readonly slots?: number;
  readonly lengths?: boolean;
  readonly sourceLengths?: boolean;
  readonly masked?: boolean;
  readonly costSteps?: NetworkUse['costSteps'];
  readonly dropSeed?: number | null;
  /** Whether initial states are put there from outside. */
  readonly givenStates?: boolean;
  readonly forced?: boolean;
  /** Default: true. */
  readonly saves?: boolean;
  readonly keepsGradients?: boolean;
  /** What of it concerns how a stack is run. */
  readonly kernels?: Partial<KernelChoice>;
}

export function useOf(network: Network, options: UseOptions): NetworkUse {
  const { batch, steps, sourceSteps = 0, held = steps, dropSeed = null, saves = true } = options;
  const looks = network.attention ? 'attention' : 'none';
  const made = network.encoder !== null || network.start !== null;
  const { recurrence = 'steps', hoisted = false, precision = 'float32' } = options.kernels ?? {};
  const halves = precision === 'float16';
  return {
    batch,
    steps,
    held,
    slots: options.slots ?? held + 1,
    lengths: options.lengths ?? false,
    dropSeed,
    forced: options.forced ?? false,
    saves,
    keepsGradients: options.keepsGradients ?? false,
    topReader: readsFinal(network) ? 'none' : network.attention ? 'attention' : 'head',
    starts: made || options.givenStates ? 'given' : 'zero',
    masked: options.masked ?? false,
    costSteps: options.costSteps ?? null,
    recurrence,
    hoisted,
    halves,
    source: network.encoder && {
      batch,
      steps: sourceSteps,
      held: sourceSteps,
      slots: sourceSteps + 1,
      lengths: options.sourceLengths ?? false,
      dropSeed,
      forced: false,
      saves,
      keepsGradients: false,
      topReader: looks,
      recurrence,
      hoisted,
      halves,
    },
  };
}

/** Values at which gates and states are held, of each layer's forward direction: `l0.forced` [(G + S)·H]. */
export function forcedSizes({ main }: Network): BufferSizes {
  return Object.fromEntries(
    directionsOf(main)
      .filter(({ reverse }) => !reverse)
      .map(({ key, cell, hiddenSize }) => [
        `${key}.forced`,
        (cell.gates.length + cell.states.length) * hiddenSize,
      ]),
  );
}

/** Whether there are values among buffers at which gates and states are held. */
export function isForced({ main }: Network, buffers: NamedBuffers): boolean {
  return buffers[`${main.layers[0]!.directions[0]!.key}.forced`] !== undefined;
}

/** Every set of recurrent weights of a stack. */
export function directionsOf({ layers }: Stack): Direction[] {
  return layers.flatMap(({ directions }) => directions);
}

/** Time steps of a span of so many that have an output. */
export function outputsOf({ model }: Network, steps: number): number {
  return outputSteps(model, steps);
}

/** Whether the head reads a copy of the final h, and not the states themselves. */
export function copiesFinal({ main, model }: Network, use: Use): boolean {
  if ((model.readout ?? 'every-step') === 'every-step') return false;
  const drops = use.dropSeed !== null && (main.dropout.output ?? 0) > 0;
  return main.layers.at(-1)!.directions.length > 1 || drops;
}

/** Whether outputs count differently, so that there is a buffer `weights` [T′·B + 1]. */
export function isWeighted({ model }: Network, use: NetworkUse): boolean {
  const everyStep = (model.readout ?? 'every-step') === 'every-step';
  return use.masked || (everyStep && (use.lengths || use.costSteps !== null));
}

/** `inputs` of both stacks, `vectors` [B, V], `outputs` [T′, B, O], and all that lies between. */
export function forwardSizes(network: Network, use: NetworkUse): BufferSizes {
  const { model, main, encoder, attention } = network;
  const { batch } = use;
  return {
    ...stackSizes(main, use),
    ...(encoder && use.source ? stackSizes(encoder, use.source) : {}),
    ...(model.vectorSize ? { vectors: batch * model.vectorSize } : {}),
    ...(attention && use.source ? attentionSizes(attention, attentionExtent(use)) : {}),
    ...(attention ? { attended: use.held * batch * main.width } : {}),
    ...(copiesFinal(network, use) ? { final: batch * main.width } : {}),
    ...(use.halves ? { halves: halvesLength(network.layout.length), rounded: network.layout.length } : {}),
    outputs: outputsOf(network, use.held) * batch * outputWidth(model),
  };
}

/** What the loss needs besides: `targets`, `mask`, `weights`, and the gradient of the outputs. */
export function lossSizes(network: Network, use: NetworkUse): BufferSizes {
  const { model } = network;
  const width = outputWidth(model);
  const rows = outputsOf(network, use.steps) * use.batch;
  return {
    targets: rows * (model.head === 'softmax' ? 1 : width),
    ...(use.masked ? { mask: rows } : {}),
    ...(isWeighted(network, use) ? { weights: weightsLength(rows) } : {}),
    dOutputs: outputsOf(network, use.held) * use.batch * width,
  };
}

/** What the backward sweep needs besides. */
export function backwardSizes(network: Network, use: NetworkUse): BufferSizes {
  const { main, encoder, attention } = network;
  const top = main.layers.at(-1)!;
  return {
    ...stackGradientSizes(main, use),
    ...(encoder && use.source ? stackGradientSizes(encoder, use.source) : {}),
    ...(attention && use.source ? attentionGradientSizes(attention, attentionExtent(use)) : {}),
    ...(attention ? { dAttended: use.held * use.batch * main.width } : {}),
    ...(copiesFinal(network, use) ? { dFinal: use.batch * main.width } : {}),
    ...(readsFinal(network) ? { zeros: use.batch * top.directions[0]!.hiddenSize } : {}),
  };
}

/** Whether the final h is read in place of the outputs at every step. */
export function readsFinal({ model }: Network): boolean {
  return (model.readout ?? 'every-step') !== 'every-step';
}

export function attentionExtent(use: NetworkUse): { batch: number; steps: number; sourceSteps: number } {
  return { batch: use.batch, steps: use.steps, sourceSteps: use.source!.steps };
}

/** Where states are kept between windows and segments: `l0.kept` [S][slots, B, H]. */
export function keptSizes({ main }: Network, use: Use, slots: number): BufferSizes {
  return Object.fromEntries(
    directionsOf(main).map((direction) => [
      `${direction.key}.kept`,
      statesLength(main, use, direction, slots),
    ]),
  );
}
