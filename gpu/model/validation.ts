/** What a run must satisfy before anything is allocated. */
import { cellNames, findCell } from '../cells/registry.ts';
import type { OptimizerConfiguration, RunConfiguration } from './configuration.ts';
import type { GenerationRequest, TrainingState, WindowedSeries } from './engine.ts';
import { requireCount, requireFraction, requireLength, requirePositive, requireUint32 } from './checks.ts';
import { ConfigurationError } from './errors.ts';
import { optimizerSlots } from './optimizer.ts';
import { parameterLayout } from './parameters.ts';

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateRun(
  configuration: RunConfiguration,
  series: WindowedSeries,
  state: TrainingState,
): void {
  validateConfiguration(configuration);
  validateSeries(configuration, series);
  validateState(configuration, state);
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateConfiguration({ model, training }: RunConfiguration): void {
  requireCount('model.inputSize', model.inputSize);
  requireCount('model.outputSize', model.outputSize);
  if (model.layers.length === 0) {
    throw new ConfigurationError('model.layers', 'there are none; a model has at least one recurrent layer.');
  }
  model.layers.forEach((layer, index) => {
    requireCount(`model.layers[${index}].hiddenSize`, layer.hiddenSize);
    if (!findCell(layer.cell)) {
      const allowed = cellNames().join(', ');
      throw new ConfigurationError(`model.layers[${index}].cell`, `is "${layer.cell}"; allowed: ${allowed}.`);
    }
  });
  requireCount('training.batchSize', training.batchSize);
  requireCount('training.sequenceLength', training.sequenceLength);
  requireUint32('training.seed', training.seed);
  if (training.clipNorm !== null) requirePositive('training.clipNorm', training.clipNorm);
  validateOptimizer(training.optimizer);
}

function validateOptimizer(optimizer: OptimizerConfiguration): void {
  requirePositive('training.optimizer.learningRate', optimizer.learningRate);
  if (optimizer.algorithm === 'momentum') requireFraction('training.optimizer.momentum', optimizer.momentum);
  if (optimizer.algorithm === 'adam') {
    requireFraction('training.optimizer.beta1', optimizer.beta1);
    requireFraction('training.optimizer.beta2', optimizer.beta2);
    requirePositive('training.optimizer.epsilon', optimizer.epsilon);
  }
}

function validateSeries({ model, training }: RunConfiguration, series: WindowedSeries): void {
  const { values, features, trainingStarts } = series;
  if (features !== model.inputSize || features !== model.outputSize) {
    throw new ConfigurationError(
      'series.features',
      `is ${features}, but the model reads ${model.inputSize} and says ${model.outputSize}; a series predicted one step ahead needs all three equal.`,
    );
  }
  const length = values.length / features;
  if (!Number.isInteger(length)) {
    throw new ConfigurationError(
      'series.values',
      `has ${values.length} numbers, not a multiple of ${features} features.`,
    );
  }
  if (trainingStarts.length === 0) throw new ConfigurationError('series.trainingStarts', 'there are none.');
  const last = length - training.sequenceLength - 1;
  const outside = trainingStarts.find((start) => start > last);
  if (outside !== undefined) {
    throw new ConfigurationError(
      'series.trainingStarts',
      `holds ${outside}, but a window of ${training.sequenceLength} + 1 values in a series of ${length} begins at ${last} at the latest.`,
    );
  }
}

function validateState({ model, training }: RunConfiguration, state: TrainingState): void {
  const { length } = parameterLayout(model);
  requireUint32('state.iteration', state.iteration);
  requireLength('state.parameters', state.parameters, length);
  requireLength(
    'state.optimizerState',
    state.optimizerState,
    length * optimizerSlots(training.optimizer).length,
  );
}

/**
 * What a request for a continuation must satisfy.
 * @param features numbers of one value of the series.
 * @throws ConfigurationError naming the field, its value and what is allowed.
 */
export function validateGeneration(request: GenerationRequest, features: number): void {
  const { seed, steps, mode, window, draws, noise, randomSeed } = request;
  const seedLength = seed.length / features;
  requireCount('generate.steps', steps);
  requireCount('generate.draws', draws);
  if (!Number.isInteger(seedLength) || seedLength < 1) {
    throw new ConfigurationError(
      'generate.seed',
      `has ${seed.length} numbers; allowed: multiples of ${features}, from ${features}.`,
    );
  }
  if (!seed.every(Number.isFinite)) {
    throw new ConfigurationError('generate.seed', 'holds a value that is not a finite number.');
  }
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new ConfigurationError('generate.noise', `is ${noise}; allowed: numbers from 0.`);
  }
  requireUint32('generate.randomSeed', randomSeed);
  if (mode === 'carried') return;
  requireCount('generate.window', window);
  if (seedLength < window) {
    throw new ConfigurationError(
      'generate.seed',
      `has ${seedLength} values, fewer than the window's ${window}.`,
    );
  }
}

/** A learning rate set while a run trains. @throws ConfigurationError */
export function validateLearningRate(learningRate: number): void {
  requirePositive('learningRate', learningRate);
}

/** Values that take the place of a series of `length` numbers. @throws ConfigurationError */
export function validateValues(values: Float32Array, length: number): void {
  if (values.length !== length) {
    throw new ConfigurationError(
      'series.values',
      `has ${values.length} numbers; this run's series has ${length}.`,
    );
  }
}
