import type { BuiltConfiguration } from '../model/configuration.ts';
import type {
  BeamRequest,
  BeamSequence,
  Examination,
  ExaminationRequest,
  Examples,
  Forcing,
  GenerationRequest,
  IterationRecord,
  RunCost,
  TokenRequest,
  TrainingData,
  TrainingRun,
  TrainingState,
} from '../model/engine.ts';
import {
  requireSeries,
  validateBeamRequest,
  validateExamination,
  validateForcings,
  validateGeneration,
  validateLearningRate,
  validateTokenRequest,
  validateValues,
} from '../model/validate-requests.ts';
import { validateState } from '../model/validation.ts';
import { beamSearch } from './beams.ts';
import { breather } from './breather.ts';
import { beginWindow, joinCarried, splitCarried } from './carry.ts';
import { trainingBatch } from './batch.ts';
import { costOf, parameterGradient } from './cost.ts';
import { examine, roundedExamination } from './examine.ts';
import { heldUnits } from './forcing.ts';
import { forecast } from './forecast.ts';
import { generate } from './generation.ts';
import { type Network, networkOf } from './network.ts';
import { networkBackward } from './network-backward.ts';
import { finalStates, networkForward, type NetworkUse } from './network-forward.ts';
import {
  clipByNorm,
  clipByValue,
  gradientNorm,
  type OptimizerResult,
  optimizerStep,
  scheduledRate,
} from './optimizer.ts';
import type { StackStates } from './stack.ts';
import { generateTokens } from './tokens.ts';

/**
 * A run in float64. States go in and out as float32; between two captures nothing is rounded, so a restored run
 * follows the one that was captured to float32 precision only, while captured bits come back as they were.
 *
 * A loss, gradient or updated weight beyond float32 counts as not finite, as on the GPU. Where only the updated
 * weights are, the record says so by a gradient norm of Infinity.
 */
export class ReferenceRun implements TrainingRun {
  readonly configuration: BuiltConfiguration;
  readonly cost: RunCost;
  #data: TrainingData;
  #forcings: readonly Forcing[] = [];
  #learningRate: number;
  #iteration = 0;
  /** Replaced at every update, never written to: whoever holds them holds one iteration's values. */
  #parameters: Float64Array = new Float64Array();
  #optimizerState: Float64Array = new Float64Array();
  /** Where streams are read: the states that the last window has ended with. */
  #carried: StackStates | undefined;
  #refused = false;
  #destroyed = false;
  /** Ends when all training asked for so far is done. */
  #training: Promise<unknown> = Promise.resolve();
  /** Ends when all that goes before training is done. */
  #urgent: Promise<unknown> = Promise.resolve();

  /** All must have been validated; `cost` is only handed on. */
  constructor(configuration: BuiltConfiguration, cost: RunCost, data: TrainingData, state: TrainingState) {
    this.configuration = configuration;
    this.cost = cost;
    this.#data = data;
    this.#learningRate = configuration.training.optimizer.learningRate;
    this.restore(state);
  }

  advance(iterations: number): Promise<readonly IterationRecord[]> {
    const records = this.#training.then(() => this.#train(iterations));
    this.#training = records;
    return records;
  }

  async #train(iterations: number): Promise<IterationRecord[]> {
    const records: IterationRecord[] = [];
    const breathe = breather();
    while (records.length < iterations) {
      await breathe();
      await this.#urgent;
      if (this.#refused || this.#destroyed) break;
      records.push(this.#iterate());
    }
    return records;
  }

  /** Forward, loss, backward, clip, update; refuses what is not finite. */
  #iterate(): IterationRecord {
    const { training } = this.configuration;
    const done = this.#iteration;
    const network = this.#network();
    const batch = trainingBatch(network.model, training, this.#data, done);
    const trace = networkForward(network, batch, {
      initialStates: beginWindow(this.#data, training, done, this.#carried),
      dropping: { seed: training.seed, iteration: done },
    });
    const { loss, dOutputs } = costOf(network, training, batch, trace.outputs);
    const backward = networkBackward(network, trace, dOutputs);
    const gradient = parameterGradient(network, trace, backward, this.#parameters.length);
    const norm = gradientNorm(gradient);

    const iteration = done + 1;
    const next = this.#update(iteration, gradient);
    if (![loss, norm].every(fitsFloat32)) {
      this.#refused = true;
      return { iteration, loss, gradientNorm: norm };
    }
    if (![next.parameters, next.state].every((values) => values.every(fitsFloat32))) {
      this.#refused = true;
      return { iteration, loss, gradientNorm: Infinity };
    }
    this.#parameters = next.parameters;
    this.#optimizerState = next.state;
    if (this.#data.kind === 'streams') this.#carried = finalStates(network, trace);
    this.#iteration = iteration;
    return { iteration, loss, gradientNorm: norm };
  }

  /** What the optimiser makes of a gradient once it is clipped, by value and then by norm. */
  #update(iteration: number, gradient: Float64Array): OptimizerResult {
    const { optimizer, schedule, clipValue, clipNorm } = this.configuration.training;
    const held = clipByValue(gradient, clipValue);
    return optimizerStep(
      { ...optimizer, learningRate: scheduledRate(this.#learningRate, schedule, iteration - 1) },
      iteration,
      this.#parameters,
      this.#optimizerState,
      clipByNorm(held, gradientNorm(held), clipNorm),
    );
  }

  #network(): Network {
    return networkOf(this.configuration.model, this.#parameters);
  }

  /** How a model is run outside training. */
  #use(): NetworkUse {
    return { held: heldUnits(this.configuration.model, this.#forcings) };
  }

  forecast(starts: Uint32Array): Promise<Float32Array> {
    return this.#beforeTraining(async () => {
      const { training } = this.configuration;
      const series = requireSeries(this.#data, 'forecast');
      return forecast(this.#network(), series, starts, training.sequenceLength, breather(), this.#use());
    });
  }

  generate(request: GenerationRequest): Promise<Float32Array> {
    return this.#beforeTraining(async () => {
      requireSeries(this.#data, 'generate');
      validateGeneration(request, this.configuration.model.inputSize);
      return generate(this.#network(), request, breather(), this.#use());
    });
  }

  examine(examples: Examples, request: ExaminationRequest = {}): Promise<Examination> {
    return this.#beforeTraining(async () => {
      const { model, training } = this.configuration;
      validateExamination(this.configuration, examples, request, this.#forcings.length > 0);
      const asked = { ...request, forcings: this.#forcings };
      return roundedExamination(examine(model, training, this.#parameters, examples, asked));
    });
  }

  generateTokens(request: TokenRequest): Promise<Uint32Array> {
    return this.#beforeTraining(async () => {
      validateTokenRequest(this.configuration.model, request);
      return generateTokens(this.#network(), request, breather(), this.#use());
    });
  }

  searchTokens(request: BeamRequest): Promise<readonly BeamSequence[]> {
    return this.#beforeTraining(async () => {
      validateBeamRequest(this.configuration.model, request);
      return beamSearch(this.#network(), request, breather(), this.#use());
    });
  }

  force(forcings: readonly Forcing[]): void {
    validateForcings(this.configuration.model, forcings);
    this.#forcings = [...forcings];
  }

  /** Runs at once; iterations not yet begun wait for it. */
  #beforeTraining<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = work();
    this.#urgent = Promise.allSettled([this.#urgent, result]);
    return result;
  }

  /** It has no kernels. */
  profile(): Promise<null> {
    return Promise.resolve(null);
  }

  setLearningRate(learningRate: number): void {
    validateLearningRate(learningRate);
    this.#learningRate = learningRate;
  }

  setSeries(values: Float32Array): void {
    const series = requireSeries(this.#data, 'setSeries');
    validateValues(values, series.values.length);
    this.#data = { ...series, values };
  }

  capture(): Promise<TrainingState> {
    return Promise.resolve({
      iteration: this.#iteration,
      parameters: Float32Array.from(this.#parameters),
      optimizerState: Float32Array.from(this.#optimizerState),
      ...(this.#data.kind === 'streams'
        ? { carriedStates: joinCarried(this.configuration, this.#carried) }
        : {}),
    });
  }

  restore(state: TrainingState): void {
    validateState(this.configuration, state);
    this.#iteration = state.iteration;
    this.#parameters = Float64Array.from(state.parameters);
    this.#optimizerState = Float64Array.from(state.optimizerState);
    this.#carried = state.carriedStates && splitCarried(this.configuration, state.carriedStates);
    this.#refused = false;
  }

  destroy(): void {
    this.#destroyed = true;
  }
}

function fitsFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}
