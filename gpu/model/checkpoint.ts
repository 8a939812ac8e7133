/**
 * A run in a file: a safetensors container (safetensors.ts) with one tensor for each parameter, such as `rnn.l0.W`, and
 * one for each value that the optimiser keeps of it, such as `adam.m/rnn.l0.W`. Where states are carried from window to
 * window there is one for each set of recurrent weights, `carried/rnn.l0 [S, B, H]`. Its `__metadata__`, all strings:
 *
 * | name | what |
 * |---|---|
 * | `format` | `unroll-checkpoint/1` |
 * | `configuration` | the RunConfiguration as JSON |
 * | `iteration` | iterations done |
 * | `seed` | the training's seed: with `iteration` the whole random state, as random numbers follow from both alone |
 * | `mean`, `deviation` | normalised = (value − mean) / deviation |
 * | `source` | the name of the series |
 *
 * A run that is saved and loaded goes on bit for bit.
 */
import type { ModelConfiguration, RunConfiguration } from './configuration.ts';
import type { TrainingState } from './engine.ts';
import { ConfigurationError } from './errors.ts';
import { optimizerSlots } from './optimizer.ts';
import { readConfiguration } from './configuration-json.ts';
import { directedLayers, parameterLayout, type ParameterView } from './parameters.ts';
import { isRecord, readTensors, type Tensor, type TensorFile, writeTensors } from './safetensors.ts';
import { requireUint32 } from './checks.ts';

export const CHECKPOINT_FORMAT = 'unroll-checkpoint/1';

export interface Checkpoint {
  readonly configuration: RunConfiguration;
  readonly state: TrainingState;
  readonly normalisation: { readonly mean: number; readonly deviation: number };
  /** Name of the series that it was trained on. */
  readonly source: string;
}

export function saveCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { configuration, state, normalisation, source } = checkpoint;
  const tensors = new Map<string, Tensor>();
  for (const [prefix, values] of buffersOf(configuration, state)) {
    for (const { name, shape, offset, length } of parameterLayout(configuration.model).views) {
      tensors.set(prefix + name, { shape, values: values.subarray(offset, offset + length) });
    }
  }
  for (const { name, shape, offset, length } of carriedViews(configuration)) {
    const { carriedStates } = state;
    if (carriedStates) tensors.set(name, { shape, values: carriedStates.subarray(offset, offset + length) });
  }
  const metadata = {
    format: CHECKPOINT_FORMAT,
    configuration: JSON.stringify(configuration),
    iteration: String(state.iteration),
    seed: String(configuration.training.seed),
    mean: String(normalisation.mean),
    deviation: String(normalisation.deviation),
    source,
  };
  return writeTensors({ metadata, tensors });
}

/**
 * Reads a checkpoint and checks all of it.
 * @throws ConfigurationError saying what is wrong, where, and what is allowed.
 */
export function loadCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = readTensors(bytes);
  const format = metadataText(file, 'format');
  if (format !== CHECKPOINT_FORMAT) {
    throw new ConfigurationError('checkpoint.format', `is "${format}"; allowed: "${CHECKPOINT_FORMAT}".`);
  }
  const configuration = readConfiguration(metadataText(file, 'configuration'));
  const iteration = metadataNumber(file, 'iteration');
  requireUint32('checkpoint.iteration', iteration);
  const seed = metadataNumber(file, 'seed');
  if (seed !== configuration.training.seed) {
    throw new ConfigurationError(
      'checkpoint.seed',
      `is ${seed}, but that of its configuration is ${configuration.training.seed}; both must be the same.`,
    );
  }
  const mean = metadataNumber(file, 'mean');
  const deviation = metadataNumber(file, 'deviation');
  if (deviation <= 0) {
    throw new ConfigurationError('checkpoint.deviation', `is ${deviation}; allowed: numbers greater than 0.`);
  }
  return {
    configuration,
    state: readState(file, configuration, iteration),
    normalisation: { mean, deviation },
    source: metadataText(file, 'source'),
  };
}

/** @throws ConfigurationError where a checkpoint's model or optimiser is not that of a run. */
export function requireSameModel(checkpoint: RunConfiguration, run: RunConfiguration): void {
  const [theirs, ours] = [describeModel(checkpoint.model), describeModel(run.model)];
  if (theirs !== ours) {
    throw new ConfigurationError(
      'checkpoint.configuration.model',
      `is ${theirs}; this experiment's is ${ours}. Set the experiment to the file's to load it.`,
    );
  }
  const difference = firstDifference(checkpoint.model, run.model, 'model');
  if (difference) {
    throw new ConfigurationError(
      `checkpoint.configuration.${difference.path}`,
      `is ${difference.one}; this experiment's is ${difference.other}. Set the experiment to the file's to load it.`,
    );
  }
  const [saved, used] = [checkpoint.training.optimizer.algorithm, run.training.optimizer.algorithm];
  if (saved !== used) {
    throw new ConfigurationError(
      'checkpoint.configuration.training.optimizer',
      `is ${saved}; this experiment's is ${used}. Set the experiment to ${saved} to load it.`,
    );
  }
}

function describeModel({ inputSize, layers, outputSize }: ModelConfiguration): string {
  const stack = layers.map(({ cell, hiddenSize }) => `${cell} with ${hiddenSize} neurons`).join(', ');
  return `${inputSize} in, ${stack}, ${outputSize} out`;
}

/** Where two plain values differ first, and what stands there; what is left out is not the same as what is there. */
function firstDifference(
  one: unknown,
  other: unknown,
  path: string,
): { path: string; one: string; other: string } | null {
  if (!hasParts(one) || !hasParts(other)) {
    const [left, right] = [JSON.stringify(one) ?? 'left out', JSON.stringify(other) ?? 'left out'];
    return left === right ? null : { path, one: left, other: right };
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const part = Array.isArray(one) ? `${path}[${name}]` : `${path}.${name}`;
    const difference = firstDifference(one[name], other[name], part);
    if (difference) return difference;
  }
  return null;
}

/** A record, or a list by its indices. */
function hasParts(value: unknown): value is Record<string, unknown> {
  return isRecord(value) || Array.isArray(value);
}

/** The parameters and each slot of the optimiser, all in the order of the parameter layout, with their prefix. */
function buffersOf(
  configuration: RunConfiguration,
  { parameters, optimizerState }: Omit<TrainingState, 'iteration'>,
): [string, Float32Array][] {
  const { length } = parameters;
  const slots = optimizerSlots(configuration.training.optimizer);
  return [
    ['', parameters],
    ...slots.map((slot, index): [string, Float32Array] => [
      `${slot}/`,
      optimizerState.subarray(index * length, (index + 1) * length),
    ]),
  ];
}

function readState(
  { tensors }: TensorFile,
  configuration: RunConfiguration,
  iteration: number,
): TrainingState {
  const layout = parameterLayout(configuration.model);
  const slots = optimizerSlots(configuration.training.optimizer);
  const carried = [...tensors.keys()].some((name) => name.startsWith(CARRIED))
    ? carriedViews(configuration)
    : [];
  const wanted = [
    ...['', ...slots.map((slot) => `${slot}/`)].flatMap((prefix) =>
      layout.views.map(({ name, shape }) => ({ name: prefix + name, shape })),
    ),
    ...carried,
  ];
  // Before anything is allocated: the file is at least as large as what its configuration asks for.
  for (const { name, shape } of wanted) requireTensor(name, tensors.get(name), shape);
  const names = new Set(wanted.map(({ name }) => name));
  const stranger = [...tensors.keys()].find((name) => !names.has(name));
  if (stranger !== undefined) {
    const allowed = [...names].join(', ');
    throw new ConfigurationError(
      `checkpoint.${stranger}`,
      `does not belong to the file's own configuration, whose tensors are ${allowed}.`,
    );
  }
  const state = {
    parameters: new Float32Array(layout.length),
    optimizerState: new Float32Array(layout.length * slots.length),
  };
  for (const [prefix, values] of buffersOf(configuration, state)) {
    for (const { name, offset } of layout.views) values.set(tensors.get(prefix + name)!.values, offset);
  }
  if (carried.length === 0) return { iteration, ...state };
  const carriedStates = new Float32Array(carried.reduce((sum, { length }) => sum + length, 0));
  for (const { name, offset } of carried) carriedStates.set(tensors.get(name)!.values, offset);
  return { iteration, ...state, carriedStates };
}

const CARRIED = 'carried/';

/** Where the states of each set of recurrent weights lie among those carried from window to window. */
function carriedViews({ model, training }: RunConfiguration): ParameterView[] {
  let end = 0;
  return directedLayers(model).map(({ name, cell, hiddenSize }) => {
    const shape = [cell.states.length, training.batchSize, hiddenSize];
    const length = shape.reduce((product, size) => product * size, 1);
    const offset = end;
    end += length;
    return { name: CARRIED + name, shape, offset, length };
  });
}

function requireTensor(name: string, tensor: Tensor | undefined, shape: readonly number[]): void {
  if (!tensor)
    throw new ConfigurationError(`checkpoint.${name}`, 'is missing; every parameter must be there.');
  if (tensor.shape.join() !== shape.join()) {
    throw new ConfigurationError(
      `checkpoint.${name}.shape`,
      `is [${tensor.shape.join(', ')}]; the file's own configuration needs [${shape.join(', ')}].`,
    );
  }
  const bad = tensor.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new ConfigurationError(
      `checkpoint.${name}[${bad}]`,
      `is ${tensor.values[bad]}; every value must be a finite number.`,
    );
  }
}

function metadataText({ metadata }: TensorFile, name: string): string {
  const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
  if (text === undefined) {
    throw new ConfigurationError(
      `checkpoint.${name}`,
      `is missing from the file's metadata; a checkpoint of this page has it. Another program's file cannot be loaded.`,
    );
  }
  return text;
}

function metadataNumber(file: TensorFile, name: string): number {
  const text = metadataText(file, name);
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new ConfigurationError(`checkpoint.${name}`, `is "${text}"; it must be a number.`);
  }
  return value;
}
