/**
 * Configurations drawn from a seed so that every pair of options that can meet does: models, data and training of small
 * sizes, for comparisons of an engine with the reference.
 */
import type {
  Examples,
  ExaminationRequest,
  InputConfiguration,
  ModelConfiguration,
  OptimizerConfiguration,
  RecurrentLayerConfiguration,
  RunConfiguration,
  ScheduleConfiguration,
  StackConfiguration,
  TrainingConfiguration,
  TrainingData,
} from '../../gpu/index.ts';
import { outputSteps, outputWidth, readsTokens } from '../../gpu/model/shape.ts';
import type { RandomSource } from './random.ts';

/** Every option and its levels. */
export const OPTIONS = {
  cell: ['rnn', 'relu', 'lstm', 'peepholes', 'gru'],
  layers: ['one', 'two', 'three'],
  direction: ['forward', 'bidirectional'],
  residual: ['none', 'residual'],
  input: ['values', 'one-hot', 'embedding'],
  inputAt: ['every-step', 'first-step'],
  feeding: ['given', 'own'],
  start: ['zero', 'given', 'vector', 'encoder', 'bidirectional encoder'],
  attention: ['none', 'dot', 'additive'],
  readout: ['every-step', 'last-step', 'none'],
  projection: ['stacked', 'per-step'],
  head: ['linear', 'softmax'],
  lengths: ['full', 'lengths'],
  mask: ['none', 'mask'],
  costSteps: ['all', 'some'],
  dropout: ['none', 'input', 'between', 'output', 'recurrent'],
  masks: ['per step', 'per sequence'],
  keepEvery: ['all', 'some'],
  optimizer: ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'],
  decay: ['none', 'decay'],
  schedule: ['constant', 'step', 'cosine', 'warm-up'],
  clip: ['none', 'norm', 'value'],
  initializer: ['glorot', 'he', 'orthogonal', 'uniform', 'identity'],
  radius: ['free', 'scaled'],
  data: ['examples', 'streams'],
} as const;

export type OptionName = keyof typeof OPTIONS;
export type Choice = { readonly [Name in OptionName]: (typeof OPTIONS)[Name][number] };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** Numbers of a drawn configuration, each of which a smaller one may replace while it still fails. */
export interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
  readonly features: number;
  readonly outputs: number;
  readonly sourceSteps: number;
}

export interface Drawn {
  readonly configuration: RunConfiguration;
  /** What is examined. */
  readonly examples: Examples;
  readonly request: ExaminationRequest;
  /** What is trained on. */
  readonly data: TrainingData;
}

export function randomChoice(random: RandomSource): Choice {
  const entries = OPTION_NAMES.map((name) => [name, random.pick<string>(OPTIONS[name])]);
  return Object.fromEntries(entries) as Choice;
}

export function randomSizes(random: RandomSource): Sizes {
  return {
    steps: random.pick([1, 2, 3, 5, 6]),
    batch: random.pick([1, 2, 3, 5]),
    hidden: random.pick([1, 2, 3, 5]),
    features: random.pick([1, 2, 3]),
    outputs: random.pick([1, 2, 3]),
    sourceSteps: random.pick([1, 2, 4]),
  };
}

/** What a choice and sizes make; the same seed gives the same numbers. It may be a configuration that cannot be. */
export function build(choice: Choice, sizes: Sizes, random: RandomSource): Drawn {
  const model = buildModel(choice, sizes);
  const training = buildTraining(choice, sizes);
  const examples = buildExamples(choice, sizes, model, random);
  return {
    configuration: { model, training },
    examples,
    request: {
      gradient: true,
      ...(choice.dropout === 'none' ? {} : { dropoutAt: 3 }),
      ...(choice.start === 'given' ? { initialStates: initialStates(model, sizes.batch, random) } : {}),
    },
    data: buildData(choice, sizes, model, random),
  };
}

const LAYERS = { one: 1, two: 2, three: 3 } as const;

function buildModel(choice: Choice, { hidden, features, outputs }: Sizes): ModelConfiguration {
  const both = choice.direction === 'bidirectional';
  const encodes = choice.start === 'encoder' || choice.start === 'bidirectional encoder';
  // What an encoder with both directions hands on is twice as wide as one of them.
  const size = choice.start === 'bidirectional encoder' ? 2 * hidden : hidden;
  const width = both ? 2 * size : size;
  const main = stackOf(choice, LAYERS[choice.layers], size, both, features);
  const readsWidth = choice.residual === 'residual' && choice.input !== 'one-hot';
  const fits = readsWidth && choice.input === 'values' ? { inputSize: width } : {};
  const input: InputConfiguration =
    choice.input === 'embedding' && readsWidth ? ({ kind: 'embedding', size: width } as const) : main.input!;
  const base = { ...main, ...fits, input };
  const vocabulary = choice.head === 'softmax' ? Math.max(2, outputs) : outputs;
  const own = choice.feeding === 'own' ? { outputSize: base.inputSize } : { outputSize: vocabulary };
  const halves = choice.start === 'bidirectional encoder';
  return {
    ...base,
    layers: withResidual(choice, base),
    ...own,
    ...(choice.readout === 'none' ? { outputSize: width } : {}),
    readout: choice.readout,
    projection: choice.projection,
    head: choice.head,
    ...(encodes
      ? {
          encoder: {
            ...stackOf(choice, LAYERS[choice.layers], hidden, halves, features),
            input: sourceInput(choice),
          },
        }
      : {}),
    ...(choice.attention === 'none' ? {} : { attention: choice.attention }),
    ...(choice.start === 'vector' ? { vectorSize: 2 } : {}),
    inputAt: choice.inputAt,
    feeding: choice.feeding,
  };
}

/** A source of numbers, so that an encoder reads them whatever the main stack reads. */
function sourceInput({ input }: Choice): InputConfiguration {
  return input === 'embedding' ? { kind: 'embedding', size: 2 } : { kind: 'values' };
}

function stackOf(
  choice: Choice,
  count: number,
  hiddenSize: number,
  bidirectional: boolean,
  features: number,
): StackConfiguration {
  const tokens = choice.input !== 'values';
  const layer: RecurrentLayerConfiguration = {
    cell: { rnn: 'rnn', relu: 'rnn', lstm: 'lstm', peepholes: 'lstm', gru: 'gru' }[choice.cell],
    hiddenSize,
    ...(choice.cell === 'relu' ? { activation: 'relu' } : {}),
    ...(choice.cell === 'peepholes' ? { peepholes: true } : {}),
    ...(bidirectional ? { bidirectional } : {}),
  };
  return {
    inputSize: tokens ? features + 1 : features,
    input: choice.input === 'embedding' ? { kind: 'embedding', size: 2 } : { kind: choice.input },
    layers: Array.from({ length: count }, () => layer),
    ...(choice.dropout === 'none'
      ? {}
      : { dropout: { [choice.dropout]: 0.4, perSequence: choice.masks === 'per sequence' } }),
  };
}

/** Of every layer that can be: not of one-hot inputs, and not of a top layer of which the final h is read. */
function withResidual(
  { residual, readout, input }: Choice,
  { layers }: StackConfiguration,
): ModelConfiguration['layers'] {
  if (residual === 'none') return layers;
  return layers.map((layer, index) => {
    const isRead = index === layers.length - 1 && readout !== 'every-step';
    return isRead || (index === 0 && input === 'one-hot') ? layer : { ...layer, residual: true };
  });
}

function buildTraining(choice: Choice, { steps, batch, sourceSteps }: Sizes): TrainingConfiguration {
  const encodes = choice.start === 'encoder' || choice.start === 'bidirectional encoder';
  return {
    batchSize: batch,
    sequenceLength: steps,
    ...(encodes ? { sourceLength: sourceSteps } : {}),
    optimizer: {
      ...optimizerOf(choice.optimizer),
      ...(choice.decay === 'decay' ? { weightDecay: 0.01 } : {}),
    },
    schedule: SCHEDULES[choice.schedule],
    clipNorm: choice.clip === 'norm' ? 0.05 : null,
    ...(choice.clip === 'value' ? { clipValue: 0.01 } : {}),
    initializer: choice.initializer,
    ...(choice.radius === 'scaled' ? { spectralRadius: 0.8 } : {}),
    ...(choice.costSteps === 'some' ? { costSteps: { from: Math.floor(steps / 2), to: steps } } : {}),
    ...(choice.keepEvery === 'some' ? { keepEvery: Math.max(2, Math.ceil(steps / 2)) } : {}),
    seed: 7,
  };
}

const SCHEDULES: Record<Choice['schedule'], ScheduleConfiguration> = {
  constant: { kind: 'constant' },
  step: { kind: 'step', every: 2, factor: 0.5 },
  cosine: { kind: 'cosine', iterations: 4 },
  'warm-up': { kind: 'warm-up', iterations: 3 },
};

function optimizerOf(algorithm: Choice['optimizer']): OptimizerConfiguration {
  const learningRate = 0.01;
  if (algorithm === 'sgd') return { algorithm, learningRate };
  if (algorithm === 'momentum' || algorithm === 'nesterov') return { algorithm, learningRate, momentum: 0.9 };
  if (algorithm === 'rmsprop') return { algorithm, learningRate, decay: 0.9, epsilon: 1e-3 };
  return { algorithm, learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
}

/** A few more examples than a batch has rows, or streams of two windows and a rest. */
function buildData(
  choice: Choice,
  sizes: Sizes,
  model: ModelConfiguration,
  random: RandomSource,
): TrainingData {
  if (choice.data === 'examples') {
    const several = { ...sizes, batch: sizes.batch + 2 };
    return { kind: 'examples', ...buildExamples(choice, several, model, random) };
  }
  const long = { ...sizes, steps: 2 * sizes.steps + 1 };
  return {
    kind: 'streams',
    ...buildExamples(choice, long, model, random),
    begins: Uint32Array.from({ length: 2 * sizes.batch }, () => random.integer(0, 1)),
  };
}

function buildExamples(
  choice: Choice,
  { steps, batch, sourceSteps }: Sizes,
  model: ModelConfiguration,
  random: RandomSource,
): Examples {
  const rows = outputSteps(model, steps) * batch;
  const inputSteps = model.inputAt === 'first-step' ? 1 : steps;
  return {
    count: batch,
    steps,
    inputs: sequence(model, inputSteps * batch, random),
    targets:
      model.head === 'softmax'
        ? tokens(rows, model.outputSize, random)
        : random.normals(rows * outputWidth(model)),
    ...(choice.lengths === 'lengths' ? { lengths: lengthsUpTo(steps, batch, random) } : {}),
    ...(choice.mask === 'mask'
      ? { mask: Float32Array.from({ length: rows }, () => random.pick([0, 0.5, 1, 2])) }
      : {}),
    ...(model.vectorSize ? { vectors: random.normals(batch * model.vectorSize) } : {}),
    ...(model.encoder
      ? {
          source: {
            steps: sourceSteps,
            inputs: sequence(model.encoder, sourceSteps * batch, random),
            ...(choice.lengths === 'lengths' ? { lengths: lengthsUpTo(sourceSteps, batch, random) } : {}),
          },
        }
      : {}),
  };
}

function sequence(stack: StackConfiguration, rows: number, random: RandomSource): Float32Array | Uint32Array {
  return readsTokens(stack) ? tokens(rows, stack.inputSize, random) : random.normals(rows * stack.inputSize);
}

function tokens(count: number, vocabulary: number, random: RandomSource): Uint32Array {
  return Uint32Array.from({ length: count }, () => random.integer(0, vocabulary - 1));
}

function lengthsUpTo(steps: number, batch: number, random: RandomSource): Uint32Array {
  return Uint32Array.from({ length: batch }, () => random.integer(1, steps));
}

function initialStates(model: ModelConfiguration, batch: number, random: RandomSource): Float32Array[] {
  return model.layers.map((layer) => {
    const states = layer.cell === 'lstm' ? 2 : 1;
    return random.normals(states * (layer.bidirectional ? 2 : 1) * batch * layer.hiddenSize, 0.5);
  });
}
