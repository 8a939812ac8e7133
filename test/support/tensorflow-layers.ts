/** Recurrent layers of TensorFlow.js as a configuration describes them. */
import * as tf from '@tensorflow/tfjs';
import type { RecurrentLayerConfiguration } from '../../gpu/index.ts';

/** TensorFlow.js's own GRU has its reset gate before the product; `after` is a cell made of its operations. */
export type Reset = 'before' | 'after';

export function recurrentLayer(
  { cell, hiddenSize: units, activation = 'tanh', bidirectional = false }: RecurrentLayerConfiguration,
  returnSequences: boolean,
  reset: Reset,
): tf.layers.Layer {
  const layer = oneDirection(cell, { units, activation, returnSequences }, reset);
  return bidirectional ? tf.layers.bidirectional({ layer, mergeMode: 'concat' }) : layer;
}

interface LayerArguments {
  readonly units: number;
  readonly activation: 'tanh' | 'relu';
  readonly returnSequences: boolean;
}

/**
 * Weights are set afterwards, so none are drawn: orthogonal ones would take long. TensorFlow.js's own σ of a gate is
 * piecewise linear.
 */
function oneDirection(cell: string, given: LayerArguments, reset: Reset): tf.RNN {
  const plain = { ...given, recurrentInitializer: 'zeros' } as const;
  const gated = { ...plain, recurrentActivation: 'sigmoid' } as const;
  switch (cell) {
    case 'rnn':
      return tf.layers.simpleRNN(plain);
    case 'lstm':
      return tf.layers.lstm(gated);
    case 'gru':
      return reset === 'before' ? tf.layers.gru(gated) : new ResetAfterGru(given);
    default:
      throw new Error(`TensorFlow.js has no cell ${cell}.`);
  }
}

/**
 * A GRU with the reset gate after the product and a bias of n inside it (the variant of cuDNN), gates in the order of
 * TensorFlow.js's own: z, r, n. The derivatives are TensorFlow.js's.
 */
class ResetAfterCell extends tf.layers.Layer {
  static readonly className = 'ResetAfterCell';
  readonly stateSize: number;
  readonly dropoutMask: tf.Tensor[] = [];
  readonly recurrentDropoutMask: tf.Tensor[] = [];
  #weights: tf.LayerVariable[] = [];

  constructor({ units }: { readonly units: number }) {
    super({});
    this.stateSize = units;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const units = this.stateSize;
    const inputSize = (inputShape as tf.Shape).at(-1)!;
    const zeros = tf.initializers.zeros();
    const shapes = {
      kernel: [inputSize, 3 * units],
      recurrent: [units, 3 * units],
      b: [3 * units],
      bn: [units],
    };
    this.#weights = Object.entries(shapes).map(([name, shape]) =>
      this.addWeight(name, shape, 'float32', zeros),
    );
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [x, h] = inputs as [tf.Tensor2D, tf.Tensor2D];
      const [kernel, recurrent, b, bn] = this.#weights.map((weight) => weight.read()) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor1D,
      ];
      const [xz, xr, xn] = tf.split(x.matMul(kernel).add(b), 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [uz, ur, un] = tf.split(h.matMul(recurrent), 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const z = xz.add(uz).sigmoid();
      const r = xr.add(ur).sigmoid();
      const n = xn.add(r.mul(un.add(bn))).tanh();
      const next = z.mul(h).add(tf.scalar(1).sub(z).mul(n));
      return [next, next];
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.stateSize };
  }
}

/** A bidirectional layer makes both of its directions anew from the configuration of the one that it is given. */
class ResetAfterGru extends tf.RNN {
  static override readonly className = 'ResetAfterGru';

  constructor(given: LayerArguments) {
    super({ ...given, cell: new ResetAfterCell(given) });
  }

  static override fromConfig<Made extends tf.serialization.Serializable>(
    made: tf.serialization.SerializableConstructor<Made>,
    config: tf.serialization.ConfigDict,
  ): Made {
    return new made(config);
  }
}
tf.serialization.registerClass(ResetAfterGru);
