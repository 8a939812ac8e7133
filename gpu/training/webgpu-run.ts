/** A run on the GPU: its buffers, its recorded plans and what the host may ask of them. */
import {
  allocate,
  type Buffers,
  type BufferSizes,
  bytesOf,
  checkSizes,
  destroyAll,
  ownedBy,
} from '../device/buffers.ts';
import { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { checkWorkgroups, type Plan, type Recording, recordPlan, uniformBytes } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type {
  GenerationRequest,
  IterationRecord,
  RunCost,
  TrainingRun,
  TrainingState,
  WindowedSeries,
} from '../model/engine.ts';
import { buildNetwork, type Network } from '../model/network.ts';
import { optimizerSlots } from '../model/optimizer.ts';
import { validateGeneration, validateLearningRate, validateValues } from '../model/validation.ts';
import { checkForecast, Forecaster } from './forecaster.ts';
import { Generator, type GeneratorShape, generatorShape } from './generator.ts';
import { CONTROL_WORDS, recordIteration, RECORDS, settingsWords } from './iteration.ts';
import { fittingAdvice, runSizes } from './memory.ts';
import { Submitter } from './submitter.ts';

/** What a run is made on. */
export interface RunDevice {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly family: KernelFamily;
  /** Milliseconds of an empty round trip. */
  readonly latency: number;
}

/** Generators kept recorded at once; a drag asks for the same one again and again. */
const GENERATORS = 4;

export class WebGpuRun implements TrainingRun {
  readonly configuration: RunConfiguration;
  readonly cost: RunCost;
  readonly #on: RunDevice;
  readonly #network: Network;
  readonly #buffers: Buffers<BufferSizes>;
  /** The dispatches of an iteration; compiled when the first is asked for, or once something else has been answered. */
  readonly #recordings: readonly Recording[];
  #plan: Promise<Plan> | undefined;
  /** Numbers of the series. */
  readonly #seriesLength: number;
  readonly #readback: Readback;
  readonly #submitter: Submitter;
  readonly #generators = new Map<string, Promise<Generator>>();
  #forecaster: Promise<Forecaster> | undefined;
  #learningRate: number;
  #iterationsSent = 0;
  #destroyed = false;

  private constructor(
    on: RunDevice,
    network: Network,
    configuration: RunConfiguration,
    buffers: Buffers<BufferSizes>,
    recordings: readonly Recording[],
    seriesLength: number,
    cost: RunCost,
  ) {
    this.#on = on;
    this.#network = network;
    this.configuration = configuration;
    this.#buffers = buffers;
    this.#recordings = recordings;
    this.#seriesLength = seriesLength;
    this.cost = cost;
    this.#readback = new Readback(on.device);
    this.#submitter = new Submitter(recordings.length, RECORDS, on.latency);
    this.#learningRate = configuration.training.optimizer.learningRate;
  }

  /** The configuration is valid. @throws OutOfMemoryError, LimitError */
  static async create(
    on: RunDevice,
    configuration: RunConfiguration,
    series: WindowedSeries,
    state: TrainingState,
  ): Promise<WebGpuRun> {
    const network = buildNetwork(configuration.model);
    const sizes = runSizes(network, configuration, series);
    const advice = fittingAdvice(on.device.limits, network, configuration, series);
    checkSizes(on.device.limits, sizes, advice);
    checkForecast(on.device.limits, network, configuration.training.sequenceLength);
    const buffers = await allocate(on.device, 'run', sizes, advice);
    const { values, trainingStarts: starts } = series;
    const recordings = await ownedBy(buffers, async () => {
      const recorded = recordIteration(on.family, network, configuration, buffers, starts.length);
      checkWorkgroups(recorded);
      return recorded;
    });
    const cost = {
      parameters: network.layout.count,
      bytes: bytesOf(sizes) + uniformBytes(recordings.length),
      dispatchesPerIteration: recordings.length,
    };
    const run = new WebGpuRun(on, network, configuration, buffers, recordings, values.length, cost);
    run.#write('starts', starts);
    run.setSeries(values);
    run.#writeSettings();
    run.restore(state);
    return run;
  }

  async advance(iterations: number): Promise<readonly IterationRecord[]> {
    const records: IterationRecord[] = [];
    if (iterations === 0) await this.#roundTrip();
    const plan = await this.#trainingPlan();
    await this.#submitter.run(iterations, async (piece) => {
      if (this.#destroyed) return;
      const encoder = this.#on.device.createCommandEncoder({ label: 'iteration' });
      const pass = encoder.beginComputePass({ label: 'iteration' });
      for (let index = 0; index < piece.iterations; index += 1) plan.encode(pass, piece.from, piece.to);
      pass.end();
      const control = this.#buffers['control']!;
      const isEnd = piece.to === plan.length;
      const first = this.#iterationsSent;
      if (isEnd) this.#iterationsSent += piece.iterations;
      const taken = this.#readback.copy(encoder, [{ buffer: control, ...(isEnd ? {} : { bytes: 4 }) }]);
      this.#on.device.queue.submit([encoder.finish()]);
      const [bytes] = await taken();
      if (isEnd) records.push(...readRecords(bytes!, first, piece.iterations));
    });
    return records;
  }

  async forecast(starts: Uint32Array): Promise<Float32Array> {
    const { device, pipelines, family } = this.#on;
    this.#forecaster ??= Forecaster.create(
      device,
      pipelines,
      family,
      this.#network,
      this.configuration,
      this.#buffers,
      this.#seriesLength / this.configuration.model.inputSize,
    );
    this.#forecaster.catch(() => (this.#forecaster = undefined));
    const forecaster = await this.#forecaster;
    this.#requireOpen();
    return this.#answered(forecaster.run(this.#readback, starts));
  }

  async generate(request: GenerationRequest): Promise<Float32Array> {
    const features = this.configuration.model.inputSize;
    validateGeneration(request, features);
    const shape = generatorShape(request, features);
    const generator = await this.#generator(shape);
    this.#requireOpen();
    return this.#answered(generator.run(this.#readback, request));
  }

  setLearningRate(learningRate: number): void {
    validateLearningRate(learningRate);
    this.#learningRate = learningRate;
    this.#writeSettings();
  }

  setSeries(values: Float32Array): void {
    validateValues(values, this.#seriesLength);
    this.#write('series', values);
  }

  async capture(): Promise<TrainingState> {
    this.#requireOpen();
    const encoder = this.#on.device.createCommandEncoder({ label: 'capture' });
    const { length } = this.#network.layout;
    const taken = this.#readback.copy(encoder, [
      { buffer: this.#buffers['control']!, bytes: 4 },
      { buffer: this.#buffers['parameters']! },
      { buffer: this.#buffers['slots']! },
    ]);
    this.#on.device.queue.submit([encoder.finish()]);
    const [control, parameters, slots] = await taken();
    return {
      iteration: new Uint32Array(control!)[0]!,
      parameters: new Float32Array(parameters!, 0, length),
      optimizerState: new Float32Array(slots!).subarray(0, this.#slotCount() * length),
    };
  }

  restore(state: TrainingState): void {
    this.#write('parameters', state.parameters);
    if (state.optimizerState.length > 0) this.#write('slots', state.optimizerState);
    this.#write('control', Uint32Array.of(state.iteration, 0, 0, 0));
    this.#iterationsSent = state.iteration;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#readback.destroy();
    destroyAll(this.#buffers);
    const parts = [this.#plan, this.#forecaster, ...this.#generators.values()];
    for (const part of parts) part?.then((made) => made.destroy()).catch(() => undefined);
  }

  /** Compiled once, and tried again where that failed. */
  #trainingPlan(): Promise<Plan> {
    const { device, pipelines } = this.#on;
    this.#plan ??= recordPlan(device, pipelines, 'iteration', this.#recordings);
    this.#plan.catch(() => (this.#plan = undefined));
    return this.#plan;
  }

  /** A reader who drags before training is answered first; then training gets ready. */
  async #answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const result = await answer;
    if (!this.#destroyed) this.#trainingPlan().catch(() => undefined);
    return result;
  }

  #slotCount(): number {
    return optimizerSlots(this.configuration.training.optimizer).length;
  }

  #requireOpen(): void {
    if (this.#destroyed) throw new Error('The run was closed.');
  }

  #write(name: string, values: Float32Array | Uint32Array): void {
    if (this.#destroyed) return;
    this.#on.device.queue.writeBuffer(this.#buffers[name]!, 0, values as BufferSource);
  }

  #writeSettings(): void {
    const { optimizer, clipNorm } = this.configuration.training;
    this.#write('settings', settingsWords({ ...optimizer, learningRate: this.#learningRate }, clipNorm));
  }

  async #roundTrip(): Promise<void> {
    this.#requireOpen();
    const encoder = this.#on.device.createCommandEncoder({ label: 'round trip' });
    const taken = this.#readback.copy(encoder, [{ buffer: this.#buffers['control']!, bytes: 4 }]);
    this.#on.device.queue.submit([encoder.finish()]);
    await taken();
  }

  /** The recorded generator of a shape; the least recently used one makes room for a new one. */
  #generator(shape: GeneratorShape): Promise<Generator> {
    const key = JSON.stringify(shape);
    const { device, pipelines, family } = this.#on;
    const context = { family, parameters: this.#buffers['parameters']! };
    const found =
      this.#generators.get(key) ?? Generator.create(device, pipelines, context, this.#network, shape);
    this.#generators.delete(key);
    this.#generators.set(key, found);
    found.catch(() => this.#generators.get(key) === found && this.#generators.delete(key));
    if (this.#generators.size > GENERATORS) {
      const [oldest, generator] = this.#generators.entries().next().value!;
      this.#generators.delete(oldest);
      generator.then((made) => made.destroy()).catch(() => undefined);
    }
    return found;
  }
}

/**
 * The records of the iterations `first` + 1 … `first` + `count` that were done, and of the one that was refused.
 * @param bytes the control buffer as it was after them; see shaders/optimizer/control.wgsl.
 */
function readRecords(bytes: ArrayBuffer, first: number, count: number): IterationRecord[] {
  const [done, refused] = new Uint32Array(bytes, 0, 2) as unknown as [number, number];
  const values = new Float32Array(bytes, CONTROL_WORDS * 4);
  const end = Math.min(first + count, done + refused);
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => {
    const at = 2 * ((first + index) % RECORDS);
    return { iteration: first + index + 1, loss: values[at]!, gradientNorm: values[at + 1]! };
  });
}
