/**
 * Continues a seed on the GPU: per value one time step of the network, and one dispatch that feeds what it said back
 * as the next input. A sliding window is not run again for every value: its overlapping windows are rows of one
 * batch, each a step behind the last (see shaders/generation/emit.wgsl), so that a value costs one time step.
 */
import { allocate, type BufferSizes, destroyAll, ownedBy } from '../device/buffers.ts';
import type { Readback } from '../device/readback.ts';
import * as library from '../kernels/library.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { type Plan, type Recording, recordPlan } from '../kernels/plan.ts';
import { elementGroups } from '../kernels/tiles.ts';
import { productWork, touching } from '../kernels/work.ts';
import type { LayerContext } from '../layers/context.ts';
import type { GenerationRequest } from '../model/engine.ts';
import { directionsOf, forwardSizes, type Network, type NetworkUse, useOf } from '../model/network.ts';
import type { NamedBuffers } from '../model/stack.ts';
import { layerOutput, type Span, stackSteps } from '../model/stack-forward.ts';
import { repeated } from './fields.ts';

/** What a recorded generator is for; requests of one shape share it. */
export interface GeneratorShape {
  readonly seedLength: number;
  readonly steps: number;
  /** Rows of a draw: the length of the sliding window, or 1 where the state is carried on. */
  readonly window: number;
  /** Whether gates or states are held at values. */
  readonly forced: boolean;
  /** Whether a row that has spoken begins a new window; otherwise the state is carried on. */
  readonly slides: boolean;
  readonly draws: number;
}

/** The request is valid: see `validateGeneration`. */
export function generatorShape(
  request: GenerationRequest,
  features: number,
  forced: boolean,
): GeneratorShape {
  const { seed, steps, mode, window, draws } = request;
  if (mode === 'window') return { seedLength: window, steps, window, slides: true, draws, forced };
  return { seedLength: seed.length / features, steps, window: 1, slides: false, draws, forced };
}

export class Generator {
  readonly #device: GPUDevice;
  readonly #buffers: NamedBuffers;
  readonly #plan: Plan;
  readonly #shape: GeneratorShape;
  readonly #features: number;

  private constructor(
    device: GPUDevice,
    buffers: NamedBuffers,
    plan: Plan,
    shape: GeneratorShape,
    features: number,
  ) {
    this.#device = device;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#shape = shape;
    this.#features = features;
  }

  /** @param shared values at which gates and states are held, where any are. @throws OutOfMemoryError */
  static async create(
    device: GPUDevice,
    pipelines: PipelineCache,
    context: LayerContext,
    network: Network,
    shape: GeneratorShape,
    shared: NamedBuffers,
  ): Promise<Generator> {
    const sizes = generatorSizes(network, shape);
    const buffers = await allocate(device, 'generator', sizes, 'Fewer draws or steps take less.');
    const all = { ...shared, ...buffers };
    const plan = await ownedBy(buffers, () =>
      recordPlan(device, pipelines, 'generator', recordGenerator(context, network, all, shape)),
    );
    return new Generator(device, buffers, plan, shape, network.model.outputSize);
  }

  /** Resolves with `[draws, steps, F]`. Submitted before it returns its promise. @throws DeviceLostError */
  async run(readback: Readback, request: GenerationRequest): Promise<Float32Array> {
    const { seedLength, steps, window, draws } = this.#shape;
    const features = this.#features;
    const seed = request.seed.subarray(request.seed.length - seedLength * features);
    const { queue } = this.#device;
    const buffer = (name: string): GPUBuffer => this.#buffers[name]!;
    queue.writeBuffer(buffer('sequence'), 0, repeated(seed, features, draws));
    queue.writeBuffer(buffer('inputs'), 0, repeated(seed.subarray(0, features), features, draws * window));
    const noise = new DataView(new ArrayBuffer(8));
    noise.setFloat32(0, request.noise, true);
    noise.setUint32(4, request.randomSeed, true);
    queue.writeBuffer(buffer('noise'), 0, noise.buffer);

    const encoder = this.#device.createCommandEncoder({ label: 'generator' });
    for (const [name, states] of Object.entries(this.#buffers)) {
      if (name.endsWith('.states')) encoder.clearBuffer(states);
    }
    const pass = encoder.beginComputePass({ label: 'generator' });
    this.#plan.encode(pass);
    pass.end();
    const taken = readback.copy(encoder, [{ buffer: buffer('sequence') }]);
    queue.submit([encoder.finish()]);
    const [bytes] = await taken();
    const sequence = new Float32Array(bytes!);
    return drawByDraw(sequence, { from: seedLength, steps, draws, features });
  }

  destroy(): void {
    this.#plan.destroy();
    destroyAll(this.#buffers);
  }
}

/** One time step held at a time, and two slots of states that take turns. */
function generatorUse(network: Network, { window, draws, forced }: GeneratorShape): NetworkUse {
  return useOf(network, { batch: window * draws, steps: 1, slots: 2, forced });
}

function generatorSizes(network: Network, shape: GeneratorShape): BufferSizes {
  // What the network says goes straight into the sequence.
  const { outputs: _, ...sizes } = forwardSizes(network, generatorUse(network, shape));
  return {
    ...sizes,
    sequence: (shape.seedLength + shape.steps) * shape.draws * network.model.outputSize,
    noise: 2,
  };
}

function recordGenerator(
  context: LayerContext,
  network: Network,
  buffers: NamedBuffers,
  shape: GeneratorShape,
): Recording[] {
  const use = generatorUse(network, shape);
  const last = shape.seedLength + shape.steps - 1;
  return Array.from({ length: last }, (_, n) => {
    const span = { time: 0, index: 0, steps: 1, slot: n % 2 };
    return [
      ...stackSteps(context, network.main, use, buffers, span),
      recordEmit(context, network, use, buffers, shape, span, n),
      ...(shape.slides ? recordClears(context, network, use, buffers, shape, n) : []),
    ];
  }).flat();
}

function recordEmit(
  { family, parameters }: LayerContext,
  { main, head, model }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  { seedLength, window, draws }: GeneratorShape,
  span: Span,
  n: number,
): Recording {
  const top = layerOutput(main, use, buffers, main.layers.at(-1)!, span);
  return {
    kernel: library.emitValue(family),
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
    workgroups: elementGroups(family, draws * window * model.outputSize),
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

/** [n, draws, F] from value `from` on, as [draws, steps, F]. */
function drawByDraw(
  sequence: Float32Array,
  { from, steps, draws, features }: { from: number; steps: number; draws: number; features: number },
): Float32Array {
  const result = new Float32Array(draws * steps * features);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let step = 0; step < steps; step += 1) {
      const at = ((from + step) * draws + draw) * features;
      result.set(sequence.subarray(at, at + features), (draw * steps + step) * features);
    }
  }
  return result;
}
