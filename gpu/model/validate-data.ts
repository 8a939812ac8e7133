/** What data must satisfy to be read by a model. */
import { requireCount, requireLength } from './checks.ts';
import type { ModelConfiguration, RunConfiguration, StackConfiguration } from './configuration.ts';
import type { Examples, ExampleSet, StreamSet, TrainingData, WindowedSeries } from './engine.ts';
import { ConfigurationError } from './errors.ts';
import { outputSteps, outputWidth, readsTokens } from './shape.ts';

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateData(configuration: RunConfiguration, data: TrainingData): void {
  if (data.kind === 'examples') validateExampleSet(configuration, data);
  else if (data.kind === 'streams') validateStreams(configuration, data);
  else validateSeries(configuration, data);
}

function validateSeries({ model, training }: RunConfiguration, series: WindowedSeries): void {
  requirePlain(model);
  const { values, features, trainingStarts } = series;
  if (features !== model.inputSize || features !== model.outputSize) {
    refuse(
      'series.features',
      `is ${features}, but the model reads ${model.inputSize} and says ${model.outputSize}; a series predicted one step ahead needs all three equal.`,
    );
  }
  const length = values.length / features;
  if (!Number.isInteger(length)) {
    refuse('series.values', `has ${values.length} numbers, not a multiple of ${features} features.`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) refuse(`series.values[${bad}]`, `is ${values[bad]}; allowed: finite numbers.`);
  if (trainingStarts.length === 0) refuse('series.trainingStarts', 'there are none.');
  const last = length - training.sequenceLength - 1;
  const outside = trainingStarts.find((start) => start > last);
  if (outside !== undefined) {
    refuse(
      'series.trainingStarts',
      `holds ${outside}, but a window of ${training.sequenceLength} + 1 values in a series of ${length} begins at ${last} at the latest.`,
    );
  }
}

/** A series goes in and comes out, one step further on. */
function requirePlain(model: ModelConfiguration): void {
  const uses: readonly (readonly [string, boolean])[] = [
    ['model.encoder', model.encoder !== undefined],
    ['model.vectorSize', model.vectorSize !== undefined],
    ['model.readout', (model.readout ?? 'every-step') !== 'every-step'],
    ['model.head', model.head === 'softmax'],
    ['model.input', readsTokens(model)],
    ['model.inputAt', model.inputAt === 'first-step'],
    ['model.feeding', model.feeding === 'own'],
    ['model.layers', model.layers.some(({ bidirectional }) => bidirectional)],
  ];
  const wrong = uses.find(([, used]) => used);
  if (wrong) {
    refuse(
      wrong[0],
      'cannot read the windows of a series, which is predicted one step ahead at every step from its past; give examples.',
    );
  }
}

function validateExampleSet({ model, training }: RunConfiguration, examples: ExampleSet): void {
  validateExamples(model, examples, 'data');
  if (examples.steps !== training.sequenceLength) {
    refuse('data.steps', `is ${examples.steps}; training.sequenceLength is ${training.sequenceLength}.`);
  }
  const source = examples.source?.steps;
  if (source !== training.sourceLength) {
    refuse(
      'training.sourceLength',
      `is ${training.sourceLength}; the data's sources have ${source} time steps.`,
    );
  }
}

function validateStreams({ model, training }: RunConfiguration, streams: StreamSet): void {
  validateExamples(model, streams, 'data');
  if (streams.count !== training.batchSize) {
    refuse(
      'data.count',
      `is ${streams.count}; there is one stream for each of the batch's ${training.batchSize} rows.`,
    );
  }
  if (streams.lengths || streams.source || streams.vectors) {
    refuse(
      'data',
      'has lengths, a source or vectors, which streams cannot have; allowed: inputs, targets, mask.',
    );
  }
  if (model.encoder || model.vectorSize || model.layers.some(({ bidirectional }) => bidirectional)) {
    refuse(
      'model',
      'carries no states from window to window with an encoder, a vector or bidirectional layers.',
    );
  }
  if ((model.readout ?? 'every-step') !== 'every-step') {
    refuse('model.readout', `is ${model.readout}; streams have a target at every step.`);
  }
  if (model.inputAt === 'first-step') {
    refuse('model.inputAt', 'is first-step; streams have an input at every step.');
  }
  const windows = Math.floor(streams.steps / training.sequenceLength);
  if (windows < 1) {
    refuse(
      'training.sequenceLength',
      `is ${training.sequenceLength}; the streams have ${streams.steps} time steps.`,
    );
  }
  if (streams.begins) {
    requireWords(streams.begins, 'data.begins');
    requireLength('data.begins', streams.begins, windows * streams.count);
  }
}

/**
 * Examples against a model, whatever the batch.
 * @param field what the errors call them.
 */
export function validateExamples(model: ModelConfiguration, examples: Examples, field: string): void {
  const { count, steps, inputs, targets, lengths, mask, vectors, source } = examples;
  requireCount(`${field}.count`, count);
  requireCount(`${field}.steps`, steps);
  const inputSteps = model.inputAt === 'first-step' ? 1 : steps;
  validateInputs(model, inputs, inputSteps * count, `${field}.inputs`);
  const rows = outputSteps(model, steps) * count;
  if (model.head === 'softmax') {
    validateTokens(targets, rows, model.outputSize, `${field}.targets`);
  } else {
    validateNumbers(targets, rows * outputWidth(model), `${field}.targets`);
  }
  if (lengths) validateLengths(lengths, count, steps, `${field}.lengths`);
  if (mask) {
    validateNumbers(mask, rows, `${field}.mask`);
    const negative = mask.find((weight) => weight < 0);
    if (negative !== undefined) refuse(`${field}.mask`, `holds ${negative}; allowed: numbers from 0.`);
  }
  if (model.vectorSize) {
    if (!vectors) refuse(`${field}.vectors`, 'are missing; the model makes its initial states from them.');
    validateNumbers(vectors, count * model.vectorSize, `${field}.vectors`);
  } else if (vectors) {
    refuse(`${field}.vectors`, 'are given, but the model has no vectorSize.');
  }
  if (model.encoder) {
    if (!source) refuse(`${field}.source`, 'is missing; the encoder reads it.');
    requireCount(`${field}.source.steps`, source.steps);
    validateInputs(model.encoder, source.inputs, source.steps * count, `${field}.source.inputs`);
    if (source.lengths) validateLengths(source.lengths, count, source.steps, `${field}.source.lengths`);
  } else if (source) {
    refuse(`${field}.source`, 'is given, but the model has no encoder.');
  }
}

/** What a stack reads: `rows` of tokens or of numbers. @throws ConfigurationError */
export function validateInputs(
  stack: StackConfiguration,
  inputs: Examples['inputs'],
  rows: number,
  field: string,
): void {
  if (readsTokens(stack)) validateTokens(inputs, rows, stack.inputSize, field);
  else validateNumbers(inputs, rows * stack.inputSize, field);
}

/** @throws ConfigurationError unless they are so many finite numbers. */
export function validateNumbers(values: Float32Array | Uint32Array, length: number, field: string): void {
  if (!(values instanceof Float32Array))
    refuse(field, 'are whole numbers of a Uint32Array; allowed: a Float32Array.');
  requireLength(field, values, length);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) refuse(`${field}[${bad}]`, `is ${values[bad]}; allowed: finite numbers.`);
}

/** @throws ConfigurationError unless they are so many tokens of a vocabulary of `size`. */
export function validateTokens(
  tokens: Float32Array | Uint32Array,
  length: number,
  size: number,
  field: string,
): void {
  if (!(tokens instanceof Uint32Array)) refuse(field, 'are a Float32Array; tokens are a Uint32Array.');
  requireLength(field, tokens, length);
  const outside = tokens.findIndex((token) => token >= size);
  if (outside >= 0) {
    refuse(
      `${field}[${outside}]`,
      `is ${tokens[outside]}; allowed: 0 to ${size - 1}, a vocabulary of ${size}.`,
    );
  }
}

function validateLengths(lengths: Uint32Array, count: number, steps: number, field: string): void {
  requireWords(lengths, field);
  requireLength(field, lengths, count);
  const bad = lengths.findIndex((length) => length < 1 || length > steps);
  if (bad >= 0)
    refuse(`${field}[${bad}]`, `is ${lengths[bad]}; allowed: 1 to ${steps}, the time steps given.`);
}

/** Plain JavaScript may give floats, whose bits mean something else. */
function requireWords(values: unknown, field: string): void {
  if (!(values instanceof Uint32Array)) refuse(field, 'are no Uint32Array; allowed: whole numbers in one.');
}

function refuse(field: string, problem: string): never {
  throw new ConfigurationError(field, problem);
}
