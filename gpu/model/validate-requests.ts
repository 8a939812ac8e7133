/** What is asked of a run, before anything is done for it. */
import {
  LARGEST_FLOAT,
  requireCount,
  requireKnown,
  requireLength,
  requirePositiveFloat,
  requireUint32,
} from './checks.ts';
import type { ModelConfiguration, RunConfiguration } from './configuration.ts';
import type {
  BeamRequest,
  ExaminationRequest,
  Examples,
  Forcing,
  GenerationRequest,
  ProfileRequest,
  TokenRequest,
  TokenSeed,
  TrainingData,
  WindowedSeries,
} from './engine.ts';
import { ConfigurationError } from './errors.ts';
import { directedLayers } from './parameters.ts';
import { readsTokens } from './shape.ts';
import { validateExamples, validateInputs, validateNumbers, validateTokens } from './validate-data.ts';

export { validateLearningRate } from './validate-training.ts';

/** Each step of a search compares all pairs of K² candidates. */
const MOST_BEAMS = 64;

/** Whether the data are windows of a series, which can be forecast and continued. */
export function isSeries(data: TrainingData): data is WindowedSeries {
  return data.kind === undefined || data.kind === 'windows';
}

/** @throws ConfigurationError naming the field. */
export function validateProfile({ milliseconds = 1 }: ProfileRequest): void {
  requirePositiveFloat('profile.milliseconds', milliseconds);
}

/** @throws ConfigurationError where a run does not read the windows of a series. */
export function requireSeries(data: TrainingData, what: string): WindowedSeries {
  if (isSeries(data)) return data;
  throw new ConfigurationError(what, `wants a run on a series; this one reads ${data.kind}. Use examine.`);
}

/**
 * Examples to be examined, and what is asked of them.
 * @param isForced whether gates or units are held.
 * @throws ConfigurationError naming the field, its value and what is allowed.
 */
export function validateExamination(
  { model, training }: RunConfiguration,
  examples: Examples,
  { dropoutAt, initialStates, gradient, inside }: ExaminationRequest,
  isForced = false,
): void {
  validateExamples(model, examples, 'examples');
  if (dropoutAt !== undefined) requireUint32('examine.dropoutAt', dropoutAt);
  // A step back binds a buffer for each of lengths, dropout and what is held, one more than an adapter must take.
  const sweepsBack = gradient || inside;
  if (isForced && sweepsBack && dropoutAt !== undefined && examples.lengths && model.dropout?.recurrent) {
    throw new ConfigurationError(
      'examine.dropoutAt',
      `is ${dropoutAt}, but gates or units are held; with lengths and recurrent dropout a gradient allows one of both.`,
    );
  }
  const { costSteps } = training;
  if (costSteps && costSteps.to > examples.steps) {
    throw new ConfigurationError(
      'examples.steps',
      `is ${examples.steps}; the cost counts the time steps up to ${costSteps.to}.`,
    );
  }
  if (!initialStates) return;
  if (model.encoder || model.vectorSize) {
    throw new ConfigurationError('examine.initialStates', 'are given, but the model makes its own.');
  }
  requireLength('examine.initialStates', initialStates, model.layers.length);
  initialStates.forEach((states, index) => {
    const sets = directedLayers(model).filter((directed) => directed.index === index);
    const units = sets.reduce((sum, { cell, hiddenSize }) => sum + cell.states.length * hiddenSize, 0);
    validateNumbers(states, units * examples.count, `examine.initialStates[${index}]`);
  });
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateForcings(model: ModelConfiguration, forcings: readonly Forcing[]): void {
  forcings.forEach(({ layer, what, unit, value }, index) => {
    const field = `force[${index}]`;
    const directed = directedLayers(model).find((candidate) => candidate.index === layer);
    if (!directed) {
      throw new ConfigurationError(
        `${field}.layer`,
        `is ${layer}; allowed: 0 to ${model.layers.length - 1}.`,
      );
    }
    const { cell, hiddenSize } = directed;
    requireKnown(`${field}.what`, what, [...Object.keys(cell.savedGates), ...cell.states]);
    if (unit !== undefined && !(Number.isInteger(unit) && unit >= 0 && unit < hiddenSize)) {
      throw new ConfigurationError(`${field}.unit`, `is ${unit}; allowed: 0 to ${hiddenSize - 1}.`);
    }
    if (!(Math.abs(value) < 1e30)) {
      throw new ConfigurationError(`${field}.value`, `is ${value}; allowed: finite numbers below 1e30.`);
    }
  });
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateTokenRequest(model: ModelConfiguration, request: TokenRequest): void {
  validateTokenSeed(model, request, 'generateTokens');
  requireCount('generateTokens.draws', request.draws);
  requireKnown('generateTokens.mode', request.mode, ['greedy', 'sample']);
  requireUint32('generateTokens.randomSeed', request.randomSeed);
  if (request.mode === 'greedy') return;
  requirePositiveFloat('generateTokens.temperature', request.temperature);
  const { topK } = request;
  if (!Number.isInteger(topK) || topK < 0 || topK > model.outputSize) {
    throw new ConfigurationError('generateTokens.topK', `is ${topK}; allowed: 0 to ${model.outputSize}.`);
  }
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateBeamRequest(model: ModelConfiguration, request: BeamRequest): void {
  validateTokenSeed(model, request, 'searchTokens');
  requireCount('searchTokens.beams', request.beams);
  if (request.beams > MOST_BEAMS) {
    throw new ConfigurationError('searchTokens.beams', `is ${request.beams}; allowed: 1 to ${MOST_BEAMS}.`);
  }
}

function validateTokenSeed(model: ModelConfiguration, request: TokenSeed, field: string): void {
  const { seed, steps, endToken, source, vector } = request;
  if (model.head !== 'softmax' || !readsTokens(model) || model.inputSize !== model.outputSize) {
    throw new ConfigurationError(
      field,
      'wants a model that reads tokens and says tokens of the same vocabulary, with a softmax head.',
    );
  }
  if ((model.readout ?? 'every-step') !== 'every-step' || model.layers.some((layer) => layer.bidirectional)) {
    throw new ConfigurationError(
      field,
      'wants a model that says a token at every step, from the past alone.',
    );
  }
  requireCount(`${field}.steps`, steps);
  if (seed.length === 0)
    throw new ConfigurationError(`${field}.seed`, 'is empty; allowed: one token or more.');
  if (endToken !== null && !(Number.isInteger(endToken) && endToken >= 0 && endToken < model.outputSize)) {
    throw new ConfigurationError(
      `${field}.endToken`,
      `is ${endToken}; allowed: 0 to ${model.outputSize - 1}.`,
    );
  }
  validateTokens(seed, seed.length, model.inputSize, `${field}.seed`);
  validateSource(model, source, `${field}.source`);
  validateVector(model, vector, `${field}.vector`);
}

function validateSource({ encoder }: ModelConfiguration, source: TokenSeed['source'], field: string): void {
  if (!encoder) {
    if (source) throw new ConfigurationError(field, 'is given, but the model has no encoder.');
    return;
  }
  if (!source) throw new ConfigurationError(field, 'is missing; the encoder reads it.');
  const width = readsTokens(encoder) ? 1 : encoder.inputSize;
  const steps = source.length / width;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ConfigurationError(
      field,
      `has ${source.length} numbers; allowed: multiples of ${width}, from ${width}.`,
    );
  }
  validateInputs(encoder, source, steps, field);
}

function validateVector(
  { vectorSize }: ModelConfiguration,
  vector: TokenSeed['vector'],
  field: string,
): void {
  if (!vectorSize) {
    if (vector) throw new ConfigurationError(field, 'is given, but the model has no vectorSize.');
    return;
  }
  if (!vector) {
    throw new ConfigurationError(field, 'is missing; the model makes its initial states from it.');
  }
  validateNumbers(vector, vectorSize, field);
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
  if (!(noise >= 0 && noise <= LARGEST_FLOAT)) {
    throw new ConfigurationError('generate.noise', `is ${noise}; allowed: numbers from 0 to 3.4e38.`);
  }
  requireUint32('generate.randomSeed', randomSeed);
  requireKnown('generate.mode', mode, ['window', 'carried']);
  if (mode === 'carried') return;
  requireCount('generate.window', window);
  if (seedLength < window) {
    throw new ConfigurationError(
      'generate.seed',
      `has ${seedLength} values, fewer than the window's ${window}.`,
    );
  }
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
