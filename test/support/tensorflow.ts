/** The same model in TensorFlow.js: simpleRNN layers that return sequences, and a dense layer, on its CPU backend. */
import * as tf from '@tensorflow/tfjs';
import { type ModelConfiguration, type OptimizerConfiguration, parameterLayout } from '../../gpu/index.ts';

/** @param parameters in the order of the model's parameter layout. */
export async function tensorflowModel(
  model: ModelConfiguration,
  parameters: Float32Array,
): Promise<tf.Sequential> {
  await tf.setBackend('cpu');
  const network = tf.sequential();
  model.layers.forEach(({ hiddenSize: units }, index) => {
    const inputShape = index === 0 ? { inputShape: [null, model.inputSize] } : {};
    network.add(tf.layers.simpleRNN({ units, activation: 'tanh', returnSequences: true, ...inputShape }));
  });
  network.add(tf.layers.dense({ units: model.outputSize }));
  network.setWeights(weights(model, parameters));
  return network;
}

/** W is taken apart: TensorFlow.js has the input's rows (kernel) and the state's (recurrentKernel) in two matrices. */
function weights(model: ModelConfiguration, parameters: Float32Array): tf.Tensor[] {
  let inputSize = model.inputSize;
  return parameterLayout(model).views.flatMap(({ name, shape, offset, length }) => {
    const whole = tf.tensor(parameters.slice(offset, offset + length), [...shape]);
    if (!name.endsWith('.W')) return [whole];
    const hiddenSize = shape[1]!;
    const parts = tf.split(whole, [inputSize, hiddenSize]);
    inputSize = hiddenSize;
    return parts;
  });
}

/** Outputs `[T, B, O]` for inputs `[T, B, I]`. */
export function tensorflowForward(network: tf.Sequential, inputs: Float32Array, batch: number): Float32Array {
  return tf.tidy(() => {
    const outputs = network.apply(batchMajor(inputs, batch, featuresOf(network))) as tf.Tensor;
    return outputs.transpose([1, 0, 2]).dataSync<'float32'>();
  });
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
    case 'adamw':
      throw new Error('TensorFlow.js has no AdamW.');
  }
}

/** One iteration on mean squared error. @returns the loss before the update. */
export function tensorflowStep(
  network: tf.Sequential,
  optimizer: tf.Optimizer,
  inputs: Float32Array,
  targets: Float32Array,
  batch: number,
): number {
  return tf.tidy(() => {
    const features = featuresOf(network);
    const [x, y] = [batchMajor(inputs, batch, features), batchMajor(targets, batch, features)];
    const loss = (): tf.Scalar => tf.losses.meanSquaredError(y, network.apply(x) as tf.Tensor);
    return optimizer.minimize(loss, true)!.dataSync()[0]!;
  });
}

/** As many inputs as outputs, since the series is fed back. */
function featuresOf(network: tf.Sequential): number {
  return (network.outputShape as number[]).at(-1)!;
}

/** `[T, B, features]` to TensorFlow.js's `[B, T, features]`. */
function batchMajor(sequence: Float32Array, batch: number, features: number): tf.Tensor3D {
  return tf.tensor3d(sequence, [sequence.length / (batch * features), batch, features]).transpose([1, 0, 2]);
}
