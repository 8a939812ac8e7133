/** Continues a seed on the GPU, as generation.ts records it. */
import { allocate, destroyAll, ownedBy } from '../device/buffers.ts';
import type { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { type Plan, recordPlan } from '../kernels/plan.ts';
import type { LayerContext } from '../layers/context.ts';
import type { GenerationRequest } from '../model/engine.ts';
import type { Network } from '../model/network.ts';
import type { NamedBuffers } from '../model/stack.ts';
import {
  type GeneratorShape,
  generatorSizes,
  recordGenerator,
  requestContents,
  saidValues,
} from './generation.ts';

export class Generator {
  readonly #device: GPUDevice;
  readonly #buffers: NamedBuffers;
  readonly #plan: Plan;
  readonly #shape: GeneratorShape;
  readonly #network: Network;

  private constructor(
    device: GPUDevice,
    buffers: NamedBuffers,
    plan: Plan,
    shape: GeneratorShape,
    network: Network,
  ) {
    this.#device = device;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#shape = shape;
    this.#network = network;
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
    return new Generator(device, buffers, plan, shape, network);
  }

  /** Resolves with `[draws, steps, F]`. Submitted before it returns its promise. @throws DeviceLostError */
  async run(readback: Readback, request: GenerationRequest): Promise<Float32Array> {
    const { queue } = this.#device;
    for (const [name, words] of Object.entries(requestContents(this.#network, request, this.#shape))) {
      queue.writeBuffer(this.#buffers[name]!, 0, words);
    }

    const encoder = this.#device.createCommandEncoder({ label: 'generator' });
    for (const [name, states] of Object.entries(this.#buffers)) {
      if (name.endsWith('.states')) encoder.clearBuffer(states);
    }
    const pass = encoder.beginComputePass({ label: 'generator' });
    this.#plan.encode(pass);
    pass.end();
    const taken = readback.copy(encoder, [{ buffer: this.#buffers['sequence']! }]);
    queue.submit([encoder.finish()]);
    const [bytes] = await taken();
    return saidValues(new Float32Array(bytes!), this.#shape, this.#network.model.outputSize);
  }

  destroy(): void {
    this.#plan.destroy();
    destroyAll(this.#buffers);
  }
}
