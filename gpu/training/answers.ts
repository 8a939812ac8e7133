/**
 * What a run is asked besides training: forecasts, continuations, examinations. Each kind of request is recorded once for
 * its shape, kept while it is asked for, and reads the run's parameters as they are.
 */
import type { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type {
  BeamRequest,
  BeamSequence,
  Examination,
  ExaminationRequest,
  Examples,
  Forcing,
  GenerationRequest,
  TokenRequest,
  TokenSeed,
  TrainingData,
} from '../model/engine.ts';
import type { Network } from '../model/network.ts';
import { readsTokens } from '../model/shape.ts';
import type { NamedBuffers } from '../model/stack.ts';
import {
  requireSeries,
  validateBeamRequest,
  validateExamination,
  validateForcings,
  validateGeneration,
  validateTokenRequest,
} from '../model/validate-requests.ts';
import { Examiner, examinerShape } from './examiner.ts';
import { ForcedValues, type HeldValues } from './forced.ts';
import { Forecaster } from './forecaster.ts';
import { generatorShape } from './generation.ts';
import { Generator } from './generator.ts';
import { Recent } from './recent.ts';
import { TokenGenerator, type TokenShape, tokenShape } from './token-generator.ts';

/** What a run is made on. */
export interface RunDevice {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly family: KernelFamily;
  /** Milliseconds of an empty round trip. */
  readonly latency: number;
}

/** What answers are given from. */
export interface AnswerParts {
  readonly on: RunDevice;
  readonly network: Network;
  readonly configuration: RunConfiguration;
  readonly data: TrainingData;
  /** Those of the run. */
  readonly buffers: NamedBuffers;
  readonly readback: Readback;
}

/** Recordings of one kind kept at once; a drag asks for the same one again and again. */
const KEPT = 4;

/** Every answer is submitted at once, before any training not yet submitted. See TrainingRun. */
export class Answers {
  readonly #parts: AnswerParts;
  readonly #generators = new Recent<Generator>(KEPT);
  readonly #tokenGenerators = new Recent<TokenGenerator>(KEPT);
  readonly #examiners = new Recent<Examiner>(KEPT);
  readonly #forecasters = new Recent<Forecaster>(1);
  readonly #forced: ForcedValues;
  #destroyed = false;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.#forced = new ForcedValues(parts.on.device, parts.network);
  }

  async forecast(starts: Uint32Array): Promise<Float32Array> {
    const { on, network, configuration, data, buffers, readback } = this.#parts;
    const series = requireSeries(data, 'forecast');
    const held = this.#forced.held;
    const forecaster = await this.#forecasters.get(String(held !== null), () =>
      Forecaster.create(
        on.device,
        on.pipelines,
        on.family,
        network,
        configuration,
        { ...buffers, ...held?.buffers },
        series.values.length / series.features,
      ),
    );
    this.#begin(held);
    return forecaster.run(readback, starts);
  }

  async generate(request: GenerationRequest): Promise<Float32Array> {
    const { on, network, configuration, data, readback } = this.#parts;
    requireSeries(data, 'generate');
    const features = configuration.model.inputSize;
    validateGeneration(request, features);
    const held = this.#forced.held;
    const { continuation = 'sequence' } = configuration.kernels ?? {};
    const by = { family: on.family, continuation };
    const shape = generatorShape(request, network, by, held !== null);
    const generator = await this.#generators.get(JSON.stringify(shape), () =>
      Generator.create(on.device, on.pipelines, this.#context(), network, shape, held?.buffers ?? {}),
    );
    this.#begin(held);
    return generator.run(readback, request);
  }

  async examine(examples: Examples, request: ExaminationRequest): Promise<Examination> {
    const { on, network, configuration, readback } = this.#parts;
    const held = this.#forced.held;
    validateExamination(configuration, examples, request, held !== null);
    const shape = examinerShape(examples, request, held !== null);
    const shared = { parameters: this.#context().parameters, ...held?.buffers };
    const examiner = await this.#examiners.get(JSON.stringify(shape), () =>
      Examiner.create(on.device, on.pipelines, on.family, network, configuration, shared, shape),
    );
    this.#begin(held);
    return examiner.run(readback, examples, request);
  }

  async generateTokens(request: TokenRequest): Promise<Uint32Array> {
    validateTokenRequest(this.#parts.configuration.model, request);
    const held = this.#forced.held;
    const generator = await this.#tokenGenerator(request, request.mode, request.draws, held);
    this.#begin(held);
    return generator.draw(this.#parts.readback, request);
  }

  async searchTokens(request: BeamRequest): Promise<readonly BeamSequence[]> {
    validateBeamRequest(this.#parts.configuration.model, request);
    const held = this.#forced.held;
    const generator = await this.#tokenGenerator(request, 'beam', request.beams, held);
    this.#begin(held);
    return generator.search(this.#parts.readback, request);
  }

  force(forcings: readonly Forcing[]): void {
    validateForcings(this.#parts.configuration.model, forcings);
    if (this.#destroyed) return;
    this.#forced.set(forcings);
  }

  destroy(): void {
    this.#destroyed = true;
    this.#forced.destroy();
    const kept = [this.#generators, this.#tokenGenerators, this.#examiners, this.#forecasters];
    for (const made of kept) made.destroy();
  }

  #tokenGenerator(
    seed: TokenSeed,
    choice: TokenShape['choice'],
    rows: number,
    held: HeldValues | null,
  ): Promise<TokenGenerator> {
    const { on, network, configuration } = this.#parts;
    const { encoder } = configuration.model;
    const sourceWidth = encoder && !readsTokens(encoder) ? encoder.inputSize : 1;
    const shape = tokenShape(seed, choice, rows, sourceWidth, held !== null);
    return this.#tokenGenerators.get(JSON.stringify(shape), () =>
      TokenGenerator.create(on.device, on.pipelines, this.#context(), network, shape, held?.buffers ?? {}),
    );
  }

  #context(): { family: KernelFamily; parameters: GPUBuffer } {
    return { family: this.#parts.on.family, parameters: this.#parts.buffers['parameters']! };
  }

  /** Right before a request is submitted, with nothing awaited in between. */
  #begin(held: HeldValues | null): void {
    if (this.#destroyed) throw new Error('The run was closed.');
    held?.write();
  }
}
