import type { RunConfiguration } from '../model/configuration.ts';
import type {
  GenerationRequest,
  IterationRecord,
  RunCost,
  TrainingRun,
  TrainingState,
  WindowedSeries,
} from '../model/engine.ts';
import { ConfigurationError } from '../model/errors.ts';
import { validateGeneration, validateLearningRate, validateValues } from '../model/validation.ts';
import { breather } from './breather.ts';
import { generate } from './generation.ts';
import { meanSquaredError } from './loss.ts';
import { addNetworkGradient, networkBackward, networkForward, networkOf } from './network.ts';
import { clipByNorm, gradientNorm, optimizerStep } from './optimizer.ts';
import { batchStarts, windowsAt } from './windows.ts';

/** Rows of a forecast computed at a time. */
const FORECAST_ROWS = 32;

/**
 * A run in float64. States go in and out as float32; between two captures nothing is rounded, so a restored run
 * follows the one that was captured to float32 precision only, while captured bits come back as they were.
 *
 * A loss, gradient or updated weight beyond float32 counts as not finite, as on the GPU. Where only the updated
 * weights are, the record says so by a gradient norm of Infinity.
 */
export class ReferenceRun implements TrainingRun {
  readonly configuration: RunConfiguration;
  readonly cost: RunCost;
  #series: WindowedSeries;
  #learningRate: number;
  #iteration = 0;
  /** Replaced at every update, never written to: whoever holds them holds one iteration's values. */
  #parameters: Float64Array = new Float64Array();
  #optimizerState: Float64Array = new Float64Array();
  #refused = false;
  #destroyed = false;
  /** Ends when all training asked for so far is done. */
  #training: Promise<unknown> = Promise.resolve();
  /** Ends when all that goes before training is done. */
  #urgent: Promise<unknown> = Promise.resolve();

  /** All must have been validated; `cost` is only handed on. */
  constructor(configuration: RunConfiguration, cost: RunCost, series: WindowedSeries, state: TrainingState) {
    this.configuration = configuration;
    this.cost = cost;
    this.#series = series;
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
    const { model, training } = this.configuration;
    const network = networkOf(model, this.#parameters);
    const starts = batchStarts(
      this.#series.trainingStarts,
      training.batchSize,
      training.seed,
      this.#iteration,
    );
    const inputs = windowsAt(this.#series, starts, training.sequenceLength, 0);
    const targets = windowsAt(this.#series, starts, training.sequenceLength, 1);

    const trace = networkForward(network, inputs, training.batchSize);
    const { loss, dOutputs } = meanSquaredError(trace.outputs, targets);
    const gradient = new Float64Array(this.#parameters.length);
    addNetworkGradient(networkOf(model, gradient), networkBackward(network, trace, dOutputs).terms);
    const norm = gradientNorm(gradient);

    const iteration = this.#iteration + 1;
    const next = optimizerStep(
      { ...training.optimizer, learningRate: this.#learningRate },
      iteration,
      this.#parameters,
      this.#optimizerState,
      clipByNorm(gradient, norm, training.clipNorm),
    );
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
    this.#iteration = iteration;
    return { iteration, loss, gradientNorm: norm };
  }

  forecast(starts: Uint32Array): Promise<Float32Array> {
    return this.#beforeTraining(async () => {
      const { model, training } = this.configuration;
      const steps = training.sequenceLength;
      this.#requireWindows(starts, steps);
      const network = networkOf(model, this.#parameters);
      const outputs = new Float32Array(steps * starts.length * model.outputSize);
      const breathe = breather();
      for (let first = 0; first < starts.length; first += FORECAST_ROWS) {
        await breathe();
        const some = starts.subarray(first, first + FORECAST_ROWS);
        const part = networkForward(network, windowsAt(this.#series, some, steps, 0), some.length).outputs;
        const width = some.length * model.outputSize;
        for (let t = 0; t < steps; t++) {
          const to = (t * starts.length + first) * model.outputSize;
          outputs.set(part.subarray(t * width, (t + 1) * width), to);
        }
      }
      return outputs;
    });
  }

  /** A window's values and the one after them, its last target, are in the series. */
  #requireWindows(starts: Uint32Array, steps: number): void {
    const last = this.#series.values.length / this.#series.features - steps - 1;
    const outside = starts.find((start) => start > last);
    if (outside !== undefined) {
      throw new ConfigurationError('forecast.starts', `holds ${outside}; allowed: up to ${last}.`);
    }
  }

  generate(request: GenerationRequest): Promise<Float32Array> {
    return this.#beforeTraining(async () => {
      const { model } = this.configuration;
      validateGeneration(request, model.outputSize);
      return generate(networkOf(model, this.#parameters), request, breather());
    });
  }

  /** Runs at once; iterations not yet begun wait for it. */
  #beforeTraining<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = work();
    this.#urgent = Promise.allSettled([this.#urgent, result]);
    return result;
  }

  setLearningRate(learningRate: number): void {
    validateLearningRate(learningRate);
    this.#learningRate = learningRate;
  }

  setSeries(values: Float32Array): void {
    validateValues(values, this.#series.values.length);
    this.#series = { ...this.#series, values };
  }

  capture(): Promise<TrainingState> {
    return Promise.resolve({
      iteration: this.#iteration,
      parameters: Float32Array.from(this.#parameters),
      optimizerState: Float32Array.from(this.#optimizerState),
    });
  }

  restore(state: TrainingState): void {
    this.#iteration = state.iteration;
    this.#parameters = Float64Array.from(state.parameters);
    this.#optimizerState = Float64Array.from(state.optimizerState);
    this.#refused = false;
  }

  destroy(): void {
    this.#destroyed = true;
  }
}

function fitsFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}
