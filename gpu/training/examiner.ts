/**
 * A model run on examples given whole, apart from training: outputs, loss and final states, and where they are asked
 * for the gradient, what happens inside, and what attention looks at. An examiner is recorded for one shape of request.
 */
import { allocate, type BufferSizes, destroyAll, ownedBy } from '../device/buffers.ts';
import type { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { type Plan, recordPlan } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { PARTIALS_LENGTH } from '../layers/loss.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { Examination, ExaminationRequest, Examples } from '../model/engine.ts';
import {
  backwardSizes,
  forwardSizes,
  lossSizes,
  type Network,
  type NetworkUse,
  readsFinal,
  useOf,
} from '../model/network.ts';
import { layerContext } from '../model/rounding.ts';
import { initialSlot, type NamedBuffers } from '../model/stack.ts';
import { examinationOf, readingsOf } from './examination.ts';
import { conditionsOf, fieldsOf } from './fields.ts';
import { recordGradient, recordLossOnly } from './iteration.ts';
import { CONTROL_WORDS, RECORDS } from './update.ts';

const ADVICE = 'Fewer examples or time steps take less.';

/** What an examiner is recorded for. */
export interface ExaminerShape {
  readonly count: number;
  readonly steps: number;
  readonly sourceSteps: number;
  readonly lengths: boolean;
  readonly sourceLengths: boolean;
  readonly masked: boolean;
  readonly gradient: boolean;
  readonly inside: boolean;
  readonly drops: boolean;
  readonly givenStates: boolean;
  readonly forced: boolean;
}

export function examinerShape(
  examples: Examples,
  request: ExaminationRequest,
  forced: boolean,
): ExaminerShape {
  return {
    count: examples.count,
    steps: examples.steps,
    ...conditionsOf(examples),
    gradient: request.gradient ?? false,
    inside: request.inside ?? false,
    drops: request.dropoutAt !== undefined,
    givenStates: request.initialStates !== undefined,
    forced,
  };
}

export class Examiner {
  readonly #device: GPUDevice;
  readonly #network: Network;
  readonly #configuration: RunConfiguration;
  readonly #shape: ExaminerShape;
  readonly #use: NetworkUse;
  readonly #buffers: NamedBuffers;
  readonly #plan: Plan;

  private constructor(
    device: GPUDevice,
    network: Network,
    configuration: RunConfiguration,
    shape: ExaminerShape,
    use: NetworkUse,
    buffers: NamedBuffers,
    plan: Plan,
  ) {
    this.#device = device;
    this.#network = network;
    this.#configuration = configuration;
    this.#shape = shape;
    this.#use = use;
    this.#buffers = buffers;
    this.#plan = plan;
  }

  /** @param shared the run's parameters, and values at which gates are held. @throws OutOfMemoryError */
  static async create(
    device: GPUDevice,
    pipelines: PipelineCache,
    family: KernelFamily,
    network: Network,
    configuration: RunConfiguration,
    shared: NamedBuffers,
    shape: ExaminerShape,
  ): Promise<Examiner> {
    const use = examinerUse(network, configuration, shape);
    const own = await allocate(device, 'examiner', examinerSizes(network, use, shape), ADVICE);
    const buffers = { ...shared, ...own };
    const { context, rounding } = layerContext(family, network, use, buffers);
    const sweep = sweepsBack(shape)
      ? recordGradient({ ...context, gradients: buffers['gradients']! }, network, use, buffers)
      : recordLossOnly(context, network, use, buffers);
    const plan = await ownedBy(own, () => recordPlan(device, pipelines, 'examiner', [...rounding, ...sweep]));
    return new Examiner(device, network, configuration, shape, use, own, plan);
  }

  /** Of the shape that it was made for. Submitted before it returns its promise. @throws DeviceLostError */
  async run(readback: Readback, examples: Examples, request: ExaminationRequest): Promise<Examination> {
    const { queue } = this.#device;
    this.#write(examples, request);
    const encoder = this.#device.createCommandEncoder({ label: 'examiner' });
    for (const name of this.#stale()) encoder.clearBuffer(this.#buffers[name]!);
    const pass = encoder.beginComputePass({ label: 'examiner' });
    this.#plan.encode(pass);
    pass.end();
    const readings = readingsOf(this.#network, this.#use, this.#shape);
    const taken = readback.copy(
      encoder,
      readings.map(({ buffer, at = 0, length }) => ({
        buffer: this.#buffers[buffer]!,
        at: 4 * at,
        ...(length === undefined ? {} : { bytes: 4 * length }),
      })),
    );
    queue.submit([encoder.finish()]);
    const bytes = await taken();
    const values = new Map(readings.map(({ name }, index) => [name, new Float32Array(bytes[index]!)]));
    return examinationOf(this.#network, this.#use, this.#shape, examples, (name) => values.get(name)!);
  }

  destroy(): void {
    this.#plan.destroy();
    destroyAll(this.#buffers);
  }

  #write(examples: Examples, { dropoutAt = 0, initialStates }: ExaminationRequest): void {
    const { queue } = this.#device;
    const write = (name: string, values: Float32Array | Uint32Array, at = 0): void =>
      queue.writeBuffer(this.#buffers[name]!, 4 * at, values as BufferSource);
    for (const { name, values } of fieldsOf(this.#configuration.model, examples)) write(name, values);
    write('control', Uint32Array.of(dropoutAt, 0, 0, 0));
    if (!initialStates) return;
    this.#network.main.layers.forEach(({ directions }, index) => {
      let from = 0;
      for (const direction of directions) {
        const plane = this.#use.batch * direction.hiddenSize;
        direction.cell.states.forEach((_, state) => {
          const at = (state * this.#use.slots + initialSlot(direction, this.#use)) * plane;
          write(`${direction.key}.states`, initialStates[index]!.subarray(from, from + plane), at);
          from += plane;
        });
      }
    });
  }

  /** What the last run left where this one wants zeros: gradients kept where none comes from above. */
  #stale(): string[] {
    const { main } = this.#network;
    if (!sweepsBack(this.#shape) || !readsFinal(this.#network)) return [];
    return main.layers.at(-1)!.directions.map(({ key }) => `${key}.dh`);
  }
}

/** Seeing inside takes the gradient of h(t), and so the backward sweep. */
function sweepsBack({ gradient, inside }: ExaminerShape): boolean {
  return gradient || inside;
}

function examinerUse(
  network: Network,
  { training, kernels = {} }: RunConfiguration,
  shape: ExaminerShape,
): NetworkUse {
  return useOf(network, {
    kernels,
    batch: shape.count,
    steps: shape.steps,
    sourceSteps: shape.sourceSteps,
    lengths: shape.lengths,
    sourceLengths: shape.sourceLengths,
    masked: shape.masked,
    costSteps: training.costSteps ?? null,
    dropSeed: shape.drops ? training.seed : null,
    givenStates: shape.givenStates,
    forced: shape.forced,
    keepsGradients: shape.inside,
  });
}

function examinerSizes(network: Network, use: NetworkUse, shape: ExaminerShape): BufferSizes {
  return {
    ...forwardSizes(network, use),
    ...lossSizes(network, use),
    ...(sweepsBack(shape) ? { ...backwardSizes(network, use), gradients: network.layout.length } : {}),
    partials: PARTIALS_LENGTH,
    control: CONTROL_WORDS + 2 * RECORDS,
  };
}
