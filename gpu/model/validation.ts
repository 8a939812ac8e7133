/** What a run must satisfy before anything is allocated. */
import type {
  ModelConfiguration,
  OptimizerConfiguration,
  RunConfiguration,
  TrainingConfiguration,
} from './configuration.ts';
import type { GenerationRequest, TrainingData, TrainingState } from './engine.ts';
import { requireCount, requireFraction, requireLength, requirePositive, requireUint32 } from './checks.ts';
import { ConfigurationError } from './errors.ts';
import { optimizerSlots } from './optimizer.ts';
import { parameterLayout } from './parameters.ts';
import { validateData } from './validate-data.ts';
import { validateModel } from './validate-model.ts';

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateRun(
  configuration: RunConfiguration,
  data: TrainingData,
  state: TrainingState,
): void {
  validateConfiguration(configuration);
  validateData(configuration, data);
  validateState(configuration, state);
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateConfiguration({ model, training }: RunConfiguration): void {
  validateModel(model);
  requireCount('training.batchSize', training.batchSize);
  requireCount('training.sequenceLength', training.sequenceLength);
  if (training.sourceLength !== undefined) requireCount('training.sourceLength', training.sourceLength);
  requireUint32('training.seed', training.seed);
  if (training.clipNorm !== null) requirePositive('training.clipNorm', training.clipNorm);
  validateOptimizer(training.optimizer);
  validateCostSteps(model, training);
  validateRecomputation(model, training);
}

function validateCostSteps(
  { readout = 'every-step' }: ModelConfiguration,
  { costSteps, sequenceLength }: TrainingConfiguration,
): void {
  if (!costSteps) return;
  const { from, to } = costSteps;
  if (readout !== 'every-step') {
    throw new ConfigurationError('training.costSteps', `are given, but the readout is ${readout}.`);
  }
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > sequenceLength) {
    throw new ConfigurationError(
      'training.costSteps',
      `are ${from} to ${to}; allowed: whole numbers, 0 ≤ from < to ≤ ${sequenceLength}.`,
    );
  }
}

function validateRecomputation(model: ModelConfiguration, training: TrainingConfiguration): void {
  const { keepEvery, sequenceLength } = training;
  if (keepEvery === undefined) return;
  if (!Number.isInteger(keepEvery) || keepEvery < 2 || keepEvery > sequenceLength) {
    throw new ConfigurationError(
      'training.keepEvery',
      `is ${keepEvery}; allowed: whole numbers from 2 to the sequence's ${sequenceLength}.`,
    );
  }
  const wrong = [
    ['bidirectional layers', model.layers.some(({ bidirectional }) => bidirectional)],
    ['attention', model.attention],
    ['its own outputs fed back', model.feeding === 'own'],
  ].find(([, used]) => used);
  if (wrong) {
    throw new ConfigurationError(
      'training.keepEvery',
      `is ${keepEvery}, but time steps cannot be recomputed piece by piece with ${String(wrong[0])}.`,
    );
  }
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
