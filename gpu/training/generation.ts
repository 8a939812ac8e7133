/**
 * What a continuation of a seed records. Per value one time step of the network, and one dispatch that feeds what it said
 * back as the next input. A sliding window is not run again for every value: its overlapping windows are rows of one
 * batch, each a step behind the last (see shaders/generation/emit.wgsl), so that a value costs one time step.
 *
 * Where a continuation is to be one dispatch and the model is one small layer, all values are one, or a few: a workgroup
 * runs a draw from the first to the last. A short sliding window is then run again for every value.
 */
import type { BufferSizes } from '../device/buffers.ts';
import type { KernelChoice } from '../kernels/choice.ts';
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { productWork, touching } from '../kernels/work.ts';
import type { LayerContext } from '../layers/context.ts';
import {
  canContinue,
  CONTINUATION_LENGTH,
  continuationWords,
  recordContinuation,
} from '../layers/continuation.ts';
import type { GenerationRequest } from '../model/engine.ts';
import { directionsOf, forwardSizes, type Network, type NetworkUse, useOf } from '../model/network.ts';
import type { NamedBuffers } from '../model/stack.ts';
import { directionBuffers, layerOutput, type Span, stackSteps } from '../model/stack-forward.ts';
import { repeated } from './fields.ts';

/**
 * The longest window that is run again for every value. In a workgroup's memory a time step takes about a tenth of what
 * the three dispatches of a value do: reasoned from those of training, since no continuation was timed on a GPU. In
 * software one of 100 units takes a third of it and more, of one core of several.
 */
const MOST_WINDOW: Record<KernelFamily, number> = { software: 0, hardware: 12 };

/**
 * The most draws, each a workgroup of its own, where a dispatch a time step reads the weights once for all of them. On two
 * cores SwiftShader takes as long for five of a GRU of 100 units either way; less for those of smaller layers, and up to
 * a fifth more for those of larger ones.
 */
const MOST_DRAWS: Record<KernelFamily, number> = { software: 5, hardware: Infinity };

/** Time steps of a dispatch: 10 ms where one takes as long as 10 µs, so that no driver takes it for hung. */
const MOST_STEPS = 1024;

/** What a recorded generator is for; requests of one shape share it. */
export interface GeneratorShape {
  readonly seedLength: number;
  readonly steps: number;
  /** Time steps of the sliding window; 0: the state is carried on. */
  readonly window: number;
  readonly draws: number;
  /** Whether gates or states are held at values. */
  readonly forced: boolean;
  /** Whether all time steps are one dispatch, or a few. */
  readonly fused: boolean;
}

/** The request is valid: see `validateGeneration`. */
export function generatorShape(
  { seed, steps, mode, window: asked, draws }: GenerationRequest,
  network: Network,
  { family, continuation }: Pick<KernelChoice, 'family' | 'continuation'>,
  forced: boolean,
): GeneratorShape {
  const window = mode === 'window' ? asked : 0;
  const seedLength = window || seed.length / network.model.inputSize;
  const few = window <= MOST_WINDOW[family] && draws <= MOST_DRAWS[family];
  const fused = continuation === 'sequence' && few && isOneLayer(network, family);
  return { seedLength, steps, window, draws, forced, fused };
}

function isOneLayer({ main, head }: Network, family: KernelFamily): boolean {
  const [layer, ...others] = main.layers;
  const plain = others.length === 0 && layer!.directions.length === 1 && !layer!.residual;
  return plain && canContinue(family, layer!.directions[0]!, head!);
}

/** Rows of a draw: one for each of the windows that overlap. */
function rowsOf({ window, fused }: GeneratorShape): number {
  return fused ? 1 : Math.max(1, window);
}

/** One time step held at a time, and two slots of states that take turns, or one where nothing leaves the workgroup. */
function generatorUse(network: Network, shape: GeneratorShape): NetworkUse {
  const { draws, forced, fused } = shape;
  return useOf(network, {
    batch: rowsOf(shape) * draws,
    steps: 1,
    slots: fused ? 1 : 2,
    forced,
    saves: false,
  });
}

export function generatorSizes(network: Network, shape: GeneratorShape): BufferSizes {
  // What the network says goes straight into the sequence.
  const { outputs: _, inputs, ...sizes } = forwardSizes(network, generatorUse(network, shape));
  return {
    ...sizes,
    ...(shape.fused ? { continuation: CONTINUATION_LENGTH } : { inputs: inputs! }),
    sequence: (shape.seedLength + shape.steps) * shape.draws * network.model.outputSize,
    noise: 2,
  };
}

/** What is written for a request: values given, what the rows read first, noise. Each holds words of either kind. */
export function requestContents(
  { head, model }: Network,
  request: GenerationRequest,
  shape: GeneratorShape,
): Readonly<Record<string, Uint32Array<ArrayBuffer>>> {
  const { seedLength, window, draws, fused } = shape;
  const features = model.outputSize;
  const seed = request.seed.subarray(request.seed.length - seedLength * features);
  const noise = Uint32Array.of(0, request.randomSeed);
  new Float32Array(noise.buffer)[0] = request.noise;
  return {
    sequence: repeated(seed, features, draws),
    noise,
    ...(fused
      ? { continuation: continuationWords(seedLength, window, head!) }
      : { inputs: repeated(seed.subarray(0, features), features, draws * rowsOf(shape)) }),
  };
}

/** What was said: `[draws, steps, F]` of a sequence `[seedLength + steps, draws, F]`. */
export function saidValues(
  sequence: Float32Array,
  { seedLength, steps, draws }: GeneratorShape,
  features: number,
): Float32Array {
  const result = new Float32Array(draws * steps * features);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let step = 0; step < steps; step += 1) {
      const at = ((seedLength + step) * draws + draw) * features;
      result.set(sequence.subarray(at, at + features), (draw * steps + step) * features);
    }
  }
  return result;
}

export function recordGenerator(
  context: LayerContext,
  network: Network,
  buffers: NamedBuffers,
  shape: GeneratorShape,
): Recording[] {
  if (shape.fused) return recordFused(context, network, buffers, shape);
  const use = generatorUse(network, shape);
  const last = shape.seedLength + shape.steps - 1;
  return Array.from({ length: last }, (_, n) => {
    const span = { time: 0, index: 0, steps: 1, slot: n % 2 };
    return [
      ...stackSteps(context, network.main, use, buffers, span),
      recordEmit(context, network, use, buffers, shape, span, n),
      ...(shape.window > 0 ? recordClears(context, network, use, buffers, shape, n) : []),
    ];
  }).flat();
}

function recordFused(
  context: LayerContext,
  network: Network,
  buffers: NamedBuffers,
  shape: GeneratorShape,
): Recording[] {
  const { seedLength, steps, window } = shape;
  const use = generatorUse(network, shape);
  const layer = network.main.layers[0]!;
  const direction = layer.directions[0]!;
  const all = { ...buffers, inputs: buffers['sequence']! };
  const at = directionBuffers(network.main, use, all, layer, direction, { time: 0, index: 0, steps: 1 });
  const continuation = {
    head: network.head!,
    sequence: buffers['sequence']!,
    noise: buffers['noise']!,
    continuation: buffers['continuation']!,
  };
  const count = window > 0 ? steps * window : seedLength + steps - 1;
  return Array.from({ length: Math.ceil(count / MOST_STEPS) }, (_, number) => {
    const from = number * MOST_STEPS;
    const span = { from, steps: Math.min(MOST_STEPS, count - from) };
    return recordContinuation(context, direction, at, continuation, span);
  });
}

function recordEmit(
  { family, parameters }: LayerContext,
  { main, head, model }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  shape: GeneratorShape,
  span: Span,
  n: number,
): Recording {
  const { seedLength, draws } = shape;
  const window = rowsOf(shape);
  const top = layerOutput(main, use, buffers, main.layers.at(-1)!, span);
  return {
    ...library.emitValues(family, draws * window * model.outputSize),
    buffers: {
      noise: buffers['noise']!,
      parameters,
      states: top.buffer,
      sequence: buffers['sequence']!,
      inputs: buffers['inputs']!,
    },
    uniform: {
      n,
      seed_length: seedLength,
      window,
      draws,
      features: model.outputSize,
      hidden_size: main.width,
      states_at: top.at,
      weights: head!.weights,
      bias: head!.bias,
    },
    work: productWork([draws * window, main.width, model.outputSize]),
  };
}

/** The row that has just spoken begins a new window, in every layer. */
function recordClears(
  { family }: LayerContext,
  { main }: Network,
  { batch, slots }: NetworkUse,
  buffers: NamedBuffers,
  { window, draws }: GeneratorShape,
  n: number,
): Recording[] {
  const slot = (n + 1) % slots;
  return directionsOf(main).map(({ key, cell, hiddenSize }) => {
    const plane = batch * hiddenSize;
    return {
      kernel: library.clearRow(family),
      buffers: { states: buffers[`${key}.states`]! },
      uniform: {
        row: (n + 1) % window,
        window,
        draws,
        hidden_size: hiddenSize,
        states_at: slot * plane,
        state_stride: slots * plane,
        state_count: cell.states.length,
      },
      workgroups: elementGroups(family, cell.states.length * draws * hiddenSize),
      work: touching(cell.states.length * draws * hiddenSize),
    };
  });
}
