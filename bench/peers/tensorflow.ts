/**
 * TensorFlow.js: its own layers, weights set to the runtime's, a step of `optimizer.minimize`. Losses stay where they are
 * made until a row of steps is done, so that the queue of the device never runs dry.
 */
import * as tf from '@tensorflow/tfjs';
import { recurrentLayer } from '../../test/support/tensorflow-layers.ts';
import { tensorflowWeights } from '../../test/support/tensorflow-weights.ts';
import { type Batch, generationRequest, type GenerationMode, type PreparedJob, WINDOW } from '../cases.ts';
import type { PreparePeer } from './peer.ts';

export function tensorflow(backend: 'webgpu' | 'wasm' | 'cpu'): PreparePeer {
  return async (job) => {
    await openBackend(backend);
    const weights = await startingWeights(job);
    const model = new Model(job, weights);
    tf.dispose(weights);
    return {
      train: (steps) => model.train(steps),
      generate: (mode, count) => model.generate(mode, count),
      ...(backend === 'webgpu' ? {} : { bytesDuring }),
      dispose: () => model.dispose(),
    };
  };
}

async function openBackend(backend: string): Promise<void> {
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  if (backend === 'wasm') await (await import('./tensorflow-wasm.ts')).registerWasm();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here.`);
}

async function bytesDuring(step: () => Promise<unknown>): Promise<number> {
  const profile = await tf.profile(async () => {
    await step();
    return [];
  });
  return profile.peakBytes;
}

class Model {
  readonly #recurrent: tf.RNN;
  readonly #readout: tf.layers.Layer;
  readonly #network: tf.Sequential;
  readonly #optimizer: tf.Optimizer;
  readonly #batches: readonly { inputs: tf.Tensor; targets: tf.Tensor }[];
  #done = 0;

  constructor(job: PreparedJob, weights: tf.Tensor[]) {
    const { model, training } = job.configuration;
    if (training.optimizer.algorithm !== 'adam') throw new Error('TensorFlow.js is timed with Adam only.');
    const { learningRate, beta1, beta2, epsilon } = training.optimizer;
    this.#recurrent = recurrentLayer(model.layers[0]!, true, 'after') as tf.RNN;
    this.#readout = tf.layers.dense({ units: model.outputSize });
    this.#network = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [null, model.inputSize] }), this.#recurrent, this.#readout],
    });
    this.#network.setWeights(weights);
    this.#optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
    this.#batches = job.batches.map((batch) => batchMajor(job, batch));
  }

  async train(steps: number): Promise<number[]> {
    const losses = Array.from({ length: steps }, () => this.#step());
    const values: number[] = [];
    for (const loss of losses) {
      values.push((await loss.data())[0]!);
      loss.dispose();
    }
    return values;
  }

  #step(): tf.Scalar {
    const { inputs, targets } = this.#batches[this.#done % this.#batches.length]!;
    this.#done += 1;
    return this.#optimizer.minimize(() => {
      const outputs = this.#network.apply(inputs, { training: true }) as tf.Tensor;
      return tf.losses.meanSquaredError(targets, outputs);
    }, true)!;
  }

  async generate(mode: GenerationMode, count: number): Promise<ArrayLike<number>> {
    const { seed } = generationRequest(mode, count);
    const made = mode === 'window' ? this.#slide(seed, count) : this.#carry(seed, count);
    const values = await made.data();
    made.dispose();
    return values;
  }

  /** Every value from a whole window, which begins with a zero state. */
  #slide(seed: Float32Array, count: number): tf.Tensor {
    return tf.tidy(() => {
      let window: tf.Tensor = tf.tensor(seed, [1, WINDOW, 1]);
      const values = Array.from({ length: count }, () => {
        const [value, next] = tf.tidy(() => {
          const outputs = this.#network.apply(window) as tf.Tensor;
          const last = outputs.slice([0, WINDOW - 1, 0], [1, 1, 1]);
          return [last, tf.concat([window.slice([0, 1, 0]), last], 1)];
        });
        window.dispose();
        window = next!;
        return value;
      });
      return tf.concat(values, 1).flatten();
    });
  }

  /** The cell alone, a time step after the other. */
  #carry(seed: Float32Array, count: number): tf.Tensor {
    return tf.tidy(() => {
      const units = [this.#recurrent.cell.stateSize].flat();
      let states: tf.Tensor[] = units.map((size) => tf.zeros([1, size]));
      let value: tf.Tensor | undefined;
      const values: tf.Tensor[] = [];
      for (let index = 0; index < WINDOW + count - 1; index += 1) {
        const input = index < WINDOW ? tf.tensor2d([seed[index]!], [1, 1]) : value!;
        const [output, ...next] = tf.tidy(() => {
          const [h, ...after] = this.#recurrent.cell.call([input, ...states], {}) as tf.Tensor[];
          return [this.#readout.apply(h!) as tf.Tensor, ...after];
        });
        tf.dispose(states);
        states = next;
        value = output!;
        if (index >= WINDOW - 1) values.push(value);
      }
      return tf.concat(values, 1).flatten();
    });
  }

  dispose(): void {
    this.#network.dispose();
    this.#optimizer.dispose();
    tf.dispose(this.#batches as unknown as tf.TensorContainer);
  }
}

/** By way of the processor: the WASM backend takes no bias whose memory a gather has made. */
async function startingWeights({ configuration, state }: PreparedJob): Promise<tf.Tensor[]> {
  const made = tf.tidy(() => tensorflowWeights(configuration.model, state.parameters, 'after'));
  const weights = await Promise.all(made.map(async (weight) => tf.tensor(await weight.data(), weight.shape)));
  tf.dispose(made);
  return weights;
}

/** From `[T, B, I]` to TensorFlow.js's `[B, T, I]`. */
function batchMajor(
  { test }: PreparedJob,
  { inputs, targets }: Batch,
): { inputs: tf.Tensor; targets: tf.Tensor } {
  const turned = (values: Float32Array): tf.Tensor =>
    tf.tidy(() => tf.tensor(values, [test.steps, test.batch, test.input]).transpose([1, 0, 2]));
  return { inputs: turned(inputs), targets: turned(targets) };
}
