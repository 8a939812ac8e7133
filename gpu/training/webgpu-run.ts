/** A run on the GPU: its buffers, its recorded plans and what the host may ask of them. */
import {
  allocate,
  type Buffers,
  type BufferSizes,
  checkSizes,
  destroyAll,
  ownedBy,
} from '../device/buffers.ts';
import { Readback } from '../device/readback.ts';
import { checkWorkgroups, type PartRecording, type Plan, recordPlan } from '../kernels/plan.ts';
import type { BuiltConfiguration, RunConfiguration } from '../model/configuration.ts';
import type {
  BeamRequest,
  BeamSequence,
  Examination,
  ExaminationRequest,
  Examples,
  Forcing,
  GenerationRequest,
  IterationRecord,
  Profile,
  ProfileRequest,
  RunCost,
  TokenRequest,
  TrainingData,
  TrainingRun,
  TrainingState,
} from '../model/engine.ts';
import { buildNetwork, directionsOf, type Network } from '../model/network.ts';
import { optimizerSlots } from '../model/optimizer.ts';
import {
  isSeries,
  requireSeries,
  validateLearningRate,
  validateProfile,
  validateValues,
} from '../model/validate-requests.ts';
import { validateState } from '../model/validation.ts';
import { Answers, type RunDevice } from './answers.ts';
import { dataContents } from './batch.ts';
import { joined } from './fields.ts';
import { checkForecast } from './forecaster.ts';
import { recordIteration } from './iteration.ts';
import { withKernels } from './kernels.ts';
import { fittingAdvice, runSizes } from './memory.ts';
import { costOfRun } from './planned.ts';
import { profileIteration } from './profile.ts';
import { Submitter } from './submitter.ts';
import { CONTROL_WORDS, INSEPARABLE, RECORDS, settingsWords } from './update.ts';

/** What a run is made of. */
interface RunParts {
  readonly on: RunDevice;
  readonly network: Network;
  readonly configuration: BuiltConfiguration;
  readonly data: TrainingData;
  readonly buffers: Buffers<BufferSizes>;
  /** The dispatches of an iteration. */
  readonly recordings: readonly PartRecording[];
  readonly cost: RunCost;
}

export class WebGpuRun implements TrainingRun {
  readonly configuration: BuiltConfiguration;
  readonly cost: RunCost;
  readonly #on: RunDevice;
  readonly #network: Network;
  readonly #data: TrainingData;
  readonly #buffers: Buffers<BufferSizes>;
  /** The dispatches of an iteration; compiled when the first is asked for, or once something else has been answered. */
  readonly #recordings: readonly PartRecording[];
  #plan: Promise<Plan> | undefined;
  readonly #readback: Readback;
  readonly #submitter: Submitter;
  /** Dispatches at the end of an iteration that are never parted. */
  readonly #inseparable: number;
  readonly #answers: Answers;
  #learningRate: number;
  #iterationsSent = 0;
  readonly #closing = new AbortController();
  #destroyed = false;

  private constructor({ on, network, configuration, data, buffers, recordings, cost }: RunParts) {
    this.#on = on;
    this.#network = network;
    this.configuration = configuration;
    this.#data = data;
    this.#buffers = buffers;
    this.#recordings = recordings;
    this.cost = cost;
    this.#readback = new Readback(on.device);
    this.#answers = new Answers({ on, network, configuration, data, buffers, readback: this.#readback });
    const carries = data.kind === 'streams' ? directionsOf(network.main).length : 0;
    this.#inseparable = INSEPARABLE + carries;
    const steps = { dispatches: recordings.length, inseparable: this.#inseparable };
    this.#submitter = new Submitter(steps, RECORDS, on.latency);
    this.#learningRate = configuration.training.optimizer.learningRate;
  }

  /** The configuration is valid. @throws OutOfMemoryError, LimitError */
  static async create(
    device: RunDevice,
    asked: RunConfiguration,
    data: TrainingData,
    state: TrainingState,
  ): Promise<WebGpuRun> {
    const configuration = withKernels(asked, device.family);
    const on = { ...device, family: configuration.kernels.family };
    const network = buildNetwork(configuration.model);
    const sizes = runSizes(network, configuration, data);
    const advice = fittingAdvice(on.device.limits, network, configuration, data);
    checkSizes(on.device.limits, sizes, advice);
    if (isSeries(data)) checkForecast(on.device.limits, network, configuration);
    const buffers = await allocate(on.device, 'run', sizes, advice);
    const recordings = await ownedBy(buffers, async () => {
      const recorded = recordIteration(on.family, network, configuration, data, buffers);
      checkWorkgroups(recorded);
      return recorded;
    });
    const cost = costOfRun(network, sizes, recordings);
    const run = new WebGpuRun({ on, network, configuration, data, buffers, recordings, cost });
    for (const [name, values] of dataContents(configuration, data)) run.#write(name, values);
    run.#writeSettings();
    run.restore(state);
    return run;
  }

  async advance(iterations: number): Promise<readonly IterationRecord[]> {
    const records: IterationRecord[] = [];
    if (iterations === 0) await this.#roundTrip();
    if (this.#destroyed) return records;
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
    return this.#answered(this.#answers.forecast(starts));
  }

  async generate(request: GenerationRequest): Promise<Float32Array> {
    return this.#answered(this.#answers.generate(request));
  }

  async examine(examples: Examples, request: ExaminationRequest = {}): Promise<Examination> {
    return this.#answered(this.#answers.examine(examples, request));
  }

  async generateTokens(request: TokenRequest): Promise<Uint32Array> {
    return this.#answered(this.#answers.generateTokens(request));
  }

  async searchTokens(request: BeamRequest): Promise<readonly BeamSequence[]> {
    return this.#answered(this.#answers.searchTokens(request));
  }

  async profile(request: ProfileRequest = {}): Promise<Profile> {
    validateProfile(request);
    this.#requireOpen();
    const plan = await this.#trainingPlan();
    const { control, parameters, slots } = this.#buffers;
    const iteration = {
      on: this.#on,
      plan,
      recordings: this.#recordings,
      inseparable: this.#inseparable,
      most: RECORDS,
      kept: [control!, parameters!, slots!, ...this.#carried().map(({ buffer }) => buffer)],
    };
    const closing = this.#closing.signal;
    const signal = request.signal ? AbortSignal.any([request.signal, closing]) : closing;
    return this.#submitter.apart(() => profileIteration(iteration, { ...request, signal }));
  }

  force(forcings: readonly Forcing[]): void {
    this.#answers.force(forcings);
  }

  setLearningRate(learningRate: number): void {
    validateLearningRate(learningRate);
    this.#learningRate = learningRate;
    this.#writeSettings();
  }

  setSeries(values: Float32Array): void {
    validateValues(values, requireSeries(this.#data, 'setSeries').values.length);
    this.#write('series', values);
  }

  async capture(): Promise<TrainingState> {
    this.#requireOpen();
    const encoder = this.#on.device.createCommandEncoder({ label: 'capture' });
    const { length } = this.#network.layout;
    const carried = this.#carried();
    const taken = this.#readback.copy(encoder, [
      { buffer: this.#buffers['control']!, bytes: 4 },
      { buffer: this.#buffers['parameters']! },
      { buffer: this.#buffers['slots']! },
      ...carried.map(({ buffer, length: words }) => ({ buffer, bytes: 4 * words })),
    ]);
    this.#on.device.queue.submit([encoder.finish()]);
    const [control, parameters, slots, ...states] = await taken();
    return {
      iteration: new Uint32Array(control!)[0]!,
      parameters: new Float32Array(parameters!, 0, length),
      optimizerState: new Float32Array(slots!).subarray(0, this.#slotCount() * length),
      ...(carried.length > 0
        ? { carriedStates: joined(states.map((bytes) => new Float32Array(bytes))) }
        : {}),
    };
  }

  restore(state: TrainingState): void {
    validateState(this.configuration, state);
    this.#write('parameters', state.parameters);
    if (state.optimizerState.length > 0) this.#write('slots', state.optimizerState);
    let from = 0;
    for (const { name, length } of this.#carried()) {
      this.#write(name, state.carriedStates?.subarray(from, from + length) ?? new Float32Array(length));
      from += length;
    }
    this.#write('control', Uint32Array.of(state.iteration, 0, 0, 0));
    this.#iterationsSent = state.iteration;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#closing.abort(new Error('The run was closed.'));
    this.#readback.destroy();
    this.#answers.destroy();
    destroyAll(this.#buffers);
    this.#plan?.then((made) => made.destroy()).catch(() => undefined);
  }

  /** The states that are carried from window to window, in the order of a state's `carriedStates`. */
  #carried(): { name: string; buffer: GPUBuffer; length: number }[] {
    if (this.#data.kind !== 'streams') return [];
    const { batchSize } = this.configuration.training;
    return directionsOf(this.#network.main).map(({ key, cell, hiddenSize }) => {
      const name = `${key}.carried`;
      return { name, buffer: this.#buffers[name]!, length: cell.states.length * batchSize * hiddenSize };
    });
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
    this.#write('settings', settingsWords(this.configuration.training, this.#learningRate));
  }

  async #roundTrip(): Promise<void> {
    this.#requireOpen();
    const encoder = this.#on.device.createCommandEncoder({ label: 'round trip' });
    const taken = this.#readback.copy(encoder, [{ buffer: this.#buffers['control']!, bytes: 4 }]);
    this.#on.device.queue.submit([encoder.finish()]);
    await taken();
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
