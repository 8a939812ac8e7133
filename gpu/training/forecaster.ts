/** Teacher-forced forecasts: the network run forward over given windows of the series, apart from training. */
import { allocate, type BufferSizes, checkSizes, destroyAll, ownedBy } from '../device/buffers.ts';
import type { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { type Plan, recordPlan } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import { ConfigurationError } from '../model/errors.ts';
import { recordGatherWindows } from '../layers/data.ts';
import { forwardSizes, isForced, type Network, type NetworkUse, useOf } from '../model/network.ts';
import { recordForward } from '../model/network-forward.ts';
import { layerContext } from '../model/rounding.ts';
import type { NamedBuffers } from '../model/stack.ts';

/** Windows of one pass; more are treated one pass after the other, and fewer are filled up. */
const BATCH = 64;

const ADVICE = 'A shorter window takes less.';

/**
 * A run is of no use without its forecasts, so they must fit before it is made.
 * @throws OutOfMemoryError where one of the buffers is larger than the device allows.
 */
export function checkForecast(
  limits: GPUSupportedLimits,
  network: Network,
  { training, kernels = {} }: RunConfiguration,
): void {
  const use = useOf(network, { batch: BATCH, steps: training.sequenceLength, kernels });
  checkSizes(limits, forecastSizes(network, use), ADVICE);
}

function forecastSizes(network: Network, use: NetworkUse): BufferSizes {
  return {
    ...forwardSizes(network, use),
    targets: use.steps * BATCH * network.model.outputSize,
    starts: BATCH,
  };
}

export class Forecaster {
  readonly #device: GPUDevice;
  readonly #buffers: NamedBuffers;
  readonly #plan: Plan;
  readonly #steps: number;
  readonly #outputSize: number;
  /** The last index at which a window and the value after it lie within the series. */
  readonly #lastStart: number;

  private constructor(
    device: GPUDevice,
    buffers: NamedBuffers,
    plan: Plan,
    steps: number,
    outputSize: number,
    lastStart: number,
  ) {
    this.#device = device;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#steps = steps;
    this.#outputSize = outputSize;
    this.#lastStart = lastStart;
  }

  /**
   * @param shared buffers of the run: parameters, series and control, and where gates are forced their values.
   * @param seriesLength values of the series, each of F numbers.
   * @throws OutOfMemoryError
   */
  static async create(
    device: GPUDevice,
    pipelines: PipelineCache,
    family: KernelFamily,
    network: Network,
    { model, training, kernels = {} }: RunConfiguration,
    shared: NamedBuffers,
    seriesLength: number,
  ): Promise<Forecaster> {
    const use = useOf(network, {
      batch: BATCH,
      steps: training.sequenceLength,
      forced: isForced(network, shared),
      kernels,
    });
    const own = await allocate(device, 'forecast', forecastSizes(network, use), ADVICE);
    const buffers: NamedBuffers = { ...shared, ...own };
    const { context, rounding } = layerContext(family, network, use, buffers);
    const plan = await ownedBy(own, () =>
      recordPlan(device, pipelines, 'forecast', [
        recordGatherWindows(family, {
          series: buffers['series']!,
          starts: buffers['starts']!,
          control: buffers['control']!,
          inputs: buffers['inputs']!,
          targets: buffers['targets']!,
          batch: BATCH,
          steps: use.steps,
          features: model.inputSize,
          draw: null,
        }),
        ...rounding,
        ...recordForward(context, network, use, buffers),
      ]),
    );
    const lastStart = seriesLength - use.steps - 1;
    return new Forecaster(device, own, plan, use.steps, model.outputSize, lastStart);
  }

  /** Resolves with `[T, starts.length, O]`. @throws ConfigurationError, DeviceLostError */
  async run(readback: Readback, starts: Uint32Array): Promise<Float32Array> {
    const outside = starts.find((start) => start > this.#lastStart);
    if (outside !== undefined) {
      throw new ConfigurationError('forecast.starts', `holds ${outside}; allowed: up to ${this.#lastStart}.`);
    }
    const passes = Array.from({ length: Math.ceil(starts.length / BATCH) }, (_, index) =>
      this.#pass(readback, starts.subarray(index * BATCH, (index + 1) * BATCH)),
    );
    const outputs = await Promise.all(passes);
    return sideBySide(outputs, { steps: this.#steps, width: this.#outputSize, total: starts.length });
  }

  destroy(): void {
    this.#plan.destroy();
    destroyAll(this.#buffers);
  }

  async #pass(readback: Readback, starts: Uint32Array): Promise<Float32Array> {
    const all = new Uint32Array(BATCH);
    all.set(starts);
    this.#device.queue.writeBuffer(this.#buffers['starts']!, 0, all);
    const encoder = this.#device.createCommandEncoder({ label: 'forecast' });
    const pass = encoder.beginComputePass({ label: 'forecast' });
    this.#plan.encode(pass);
    pass.end();
    const taken = readback.copy(encoder, [{ buffer: this.#buffers['outputs']! }]);
    this.#device.queue.submit([encoder.finish()]);
    const [bytes] = await taken();
    return new Float32Array(bytes!);
  }
}

/** Passes of [T, BATCH, O] as one [T, total, O]. */
function sideBySide(
  passes: readonly Float32Array[],
  { steps, width, total }: { steps: number; width: number; total: number },
): Float32Array {
  const result = new Float32Array(steps * total * width);
  passes.forEach((outputs, index) => {
    const count = Math.min(BATCH, total - index * BATCH);
    for (let step = 0; step < steps; step += 1) {
      const row = outputs.subarray(step * BATCH * width, (step * BATCH + count) * width);
      result.set(row, (step * total + index * BATCH) * width);
    }
  });
  return result;
}
