/** The project's parameters as TensorFlow.js's weights, and its gradients as the project's. */
import * as tf from '@tensorflow/tfjs';
import { type ModelConfiguration, parameterLayout } from '../../gpu/index.ts';
import { directedLayers } from '../../gpu/model/parameters.ts';
import type { Reset } from './tensorflow-layers.ts';

/** Its LSTM has the gates i, f, g, o in this order too; its GRU has z before r. Done twice, this restores the order. */
const GATES: Readonly<Record<string, readonly number[]>> = { rnn: [0], lstm: [0, 1, 2, 3], gru: [1, 0, 2] };

/** A view of the parameter layout and what TensorFlow.js makes of it. */
interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
  /** Which of the view's columns each column of the weights is. */
  readonly columns: readonly number[];
  /** Rows of the weights into which it is taken apart, kernel and recurrent kernel; none where there are no rows. */
  readonly rows: readonly number[];
}

/** TensorFlow.js's weights, layer by layer. @param values in the order of the model's parameter layout. */
export function tensorflowWeights(
  model: ModelConfiguration,
  values: Float32Array,
  reset: Reset,
): tf.Tensor[] {
  return partsOf(model, reset).flatMap(({ shape, offset, length, columns, rows }) => {
    const view = tf.tensor(values.slice(offset, offset + length), [...shape]);
    const ordered = tf.gather(view, [...columns], shape.length - 1);
    return rows.length === 0 ? [ordered] : tf.split(ordered, [...rows]);
  });
}

/** Weights, or their gradients, by the names of the parameter layout. */
export function fromTensorflow(
  model: ModelConfiguration,
  weights: readonly tf.Tensor[],
  reset: Reset,
): Map<string, Float32Array> {
  let at = 0;
  return new Map(
    partsOf(model, reset).map(({ name, shape, columns, rows }) => {
      const count = Math.max(1, rows.length);
      const parts = weights.slice(at, at + count);
      at += count;
      const whole = count === 1 ? parts[0]! : tf.concat(parts);
      return [name, tf.gather(whole, [...columns], shape.length - 1).dataSync<'float32'>()];
    }),
  );
}

/** Both have the embedding first, then layer by layer W, b and bn, forward before reverse, and the head last. */
function partsOf(model: ModelConfiguration, reset: Reset): Part[] {
  const layers = directedLayers(model);
  return parameterLayout(model)
    .views.filter(({ name }) => reset === 'after' || !name.endsWith('.bn'))
    .map((view) => {
      const { name, shape } = view;
      const width = shape.at(-1)!;
      const layer = layers.find((one) => name === `${one.name}.W` || name === `${one.name}.b`);
      if (!layer) return { ...view, columns: range(0, width), rows: [] };
      const { cell, inputSize, hiddenSize } = layer;
      const order = GATES[cell.variantOf ?? cell.name]!;
      const columns = order.flatMap((gate) => range(gate * hiddenSize, hiddenSize));
      return { ...view, columns, rows: name.endsWith('.W') ? [inputSize, hiddenSize] : [] };
    });
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
