/** A model in TensorFlow.js, on its CPU backend: outputs, gradients and training on examples. */
import * as tf from '@tensorflow/tfjs';
import type { Examples, ModelConfiguration, OptimizerConfiguration } from '../../gpu/index.ts';
import { outputSteps, outputWidth } from '../../gpu/model/shape.ts';
import { recurrentLayer, type Reset } from './tensorflow-layers.ts';
import { fromTensorflow, tensorflowWeights } from './tensorflow-weights.ts';

export interface TensorflowOptions {
  /** Whether examples have lengths: a masking layer then skips what is past the end. */
  readonly padded?: boolean;
  /** Where a GRU has its reset gate. Default: after the product, as here. */
  readonly reset?: Reset;
}

/**
 * Sequences become `[B, T, features]` with zeros past the end, which the masking layer takes for padding: no real input
 * may be all zeros, and where tokens are embedded no real token may be 0.
 */
export class TensorflowModel {
  readonly #model: ModelConfiguration;
  readonly #network: tf.Sequential;
  readonly #reset: Reset;

  /** @param parameters in the order of the model's parameter layout. */
  static async create(
    model: ModelConfiguration,
    parameters: Float32Array,
    options: TensorflowOptions = {},
  ): Promise<TensorflowModel> {
    await tf.setBackend('cpu');
    return new TensorflowModel(model, parameters, options);
  }

  private constructor(
    model: ModelConfiguration,
    parameters: Float32Array,
    { padded = false, reset = 'after' }: TensorflowOptions,
  ) {
    this.#model = model;
    this.#reset = reset;
    this.#network = networkOf(model, padded, reset);
    tf.tidy(() => this.#network.setWeights(tensorflowWeights(model, parameters, reset)));
  }

  /** `[T′, B, O]`, zeros past the end. */
  outputs(examples: Examples): Float32Array {
    return tf.tidy(() => {
      const steps = outputSteps(this.#model, examples.steps);
      const live = batchMajor(liveOutputs(this.#model, examples), steps, examples.count);
      const outputs = this.#apply(examples).reshape([examples.count, steps, outputWidth(this.#model)]);
      return outputs.mul(live).transpose([1, 0, 2]).dataSync<'float32'>();
    });
  }

  /** The gradient of the loss by the names of the parameter layout. */
  gradient(examples: Examples): Map<string, Float32Array> {
    tf.engine().startScope();
    try {
      const variables = this.#network.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => this.#loss(examples), variables);
      return fromTensorflow(
        this.#model,
        variables.map(({ name }) => grads[name]!),
        this.#reset,
      );
    } finally {
      tf.engine().endScope();
    }
  }

  /** One iteration. @returns the loss before the update. */
  step(optimizer: tf.Optimizer, examples: Examples): number {
    return tf.tidy(() => optimizer.minimize(() => this.#loss(examples), true)!.dataSync()[0]!);
  }

  destroy(): void {
    this.#network.dispose();
  }

  /** `[B, T, O]`, or `[B, O]` of the last step. */
  #apply(examples: Examples): tf.Tensor {
    return this.#network.apply(inputsOf(this.#model, examples)) as tf.Tensor;
  }

  /** The mean over the outputs that count; a mask is of zeros and ones. */
  #loss(examples: Examples): tf.Scalar {
    const { count, steps, targets, mask } = examples;
    const model = this.#model;
    const outputs = this.#apply(examples).reshape([count, outputSteps(model, steps), outputWidth(model)]);
    const rows = outputSteps(model, steps);
    const counts = liveOutputs(model, examples).map((live, index) => live * (mask?.[index] ?? 1));
    const weights = batchMajor(counts, rows, count);
    const expected = batchMajor(targets, rows, count);
    if (model.head !== 'softmax') return tf.losses.meanSquaredError(expected, outputs, weights);
    const classes = tf.oneHot(expected.reshape([count, rows]).toInt(), model.outputSize);
    return tf.losses.softmaxCrossEntropy(classes, outputs, weights.reshape([count, rows]));
  }
}

function networkOf(model: ModelConfiguration, padded: boolean, reset: Reset): tf.Sequential {
  const { input, inputSize, layers, readout } = model;
  const network = tf.sequential();
  if (input?.kind === 'embedding') {
    network.add(
      tf.layers.embedding({
        inputDim: inputSize,
        outputDim: input.size,
        maskZero: padded,
        batchInputShape: [null, null],
      }),
    );
  } else {
    network.add(tf.layers.inputLayer({ inputShape: [null, inputSize] }));
    if (padded) network.add(tf.layers.masking({ maskValue: 0 }));
  }
  layers.forEach((layer, index) => {
    const sequences = index < layers.length - 1 || readout !== 'last-step';
    network.add(recurrentLayer(layer, sequences, reset));
  });
  network.add(tf.layers.dense({ units: model.outputSize }));
  return network;
}

/** `[B, T, I]`, or tokens `[B, T]`; zeros past the end. */
function inputsOf(
  { input, inputSize }: ModelConfiguration,
  { inputs, steps, count, lengths }: Examples,
): tf.Tensor {
  const isReal = (row: number): boolean => !lengths || Math.floor(row / count) < lengths[row % count]!;
  if (input && input.kind !== 'values') {
    const embedded = input.kind === 'embedding';
    const tokens = Array.from(inputs, (token, row) => (isReal(row) ? token : embedded ? 0 : -1));
    const sequence = batchMajor(tokens, steps, count).reshape([count, steps]);
    return embedded ? sequence : tf.oneHot(sequence.toInt(), inputSize).toFloat();
  }
  return batchMajor(
    Array.from(inputs, (value, index) => (isReal(Math.floor(index / inputSize)) ? value : 0)),
    steps,
    count,
  );
}

/** `[T′, B]` 1 where there is an output, 0 past the end of a sequence. */
function liveOutputs(model: ModelConfiguration, { steps, count, lengths }: Examples): number[] {
  return Array.from({ length: outputSteps(model, steps) * count }, (_, row) =>
    model.readout !== 'last-step' && lengths && Math.floor(row / count) >= lengths[row % count]! ? 0 : 1,
  );
}

/** `[T, B, features]` to TensorFlow.js's `[B, T, features]`. */
function batchMajor(sequence: ArrayLike<number>, steps: number, count: number): tf.Tensor3D {
  const features = sequence.length / (steps * count);
  return tf.tensor3d(Float32Array.from(sequence), [steps, count, features]).transpose([1, 0, 2]);
}

/**
 * Its optimisers follow the same formulas: momentum's u = μ·u + g, Nesterov's step g + μ·u, Adam's ε added to the root of
 * the corrected v̂. Its RMSProp has ε under the root, `g / √(v + ε)`, so that only a small ε compares. It has no AdamW.
 */
export function tensorflowOptimizer(optimizer: OptimizerConfiguration): tf.Optimizer {
  const { learningRate } = optimizer;
  switch (optimizer.algorithm) {
    case 'sgd':
      return tf.train.sgd(learningRate);
    case 'momentum':
      return tf.train.momentum(learningRate, optimizer.momentum);
    case 'nesterov':
      return tf.train.momentum(learningRate, optimizer.momentum, true);
    case 'rmsprop':
      return tf.train.rmsprop(learningRate, optimizer.decay, 0, optimizer.epsilon);
    case 'adam':
      return tf.train.adam(learningRate, optimizer.beta1, optimizer.beta2, optimizer.epsilon);
    default:
      throw new Error('TensorFlow.js has no AdamW.');
  }
}
