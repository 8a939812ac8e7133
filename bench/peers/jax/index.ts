/**
 * jax-js: the training step as one jit, its graph unrolled over the time steps, with Adam inside. Arrays are handed over
 * as they are used up, so that what is not kept is given back.
 */
import { wasmHeaps } from './wasm-heaps.ts';
import {
  type Array as JaxArray,
  defaultDevice,
  init,
  jit,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { generationRequest, type GenerationMode, type PreparedJob } from '../../cases.ts';
import type { PreparePeer } from '../peer.ts';
import { arrayOf, JaxNetwork, type Weights, weightsOf, zerosLike } from './network.ts';

export function jax(device: 'webgpu' | 'wasm'): PreparePeer {
  return async (job) => {
    const opened = await init(device);
    if (!opened.includes(device)) throw new Error(`jax-js has no ${device} here.`);
    defaultDevice(device);
    const model = new Model(job);
    return {
      train: (steps) => model.train(steps),
      generate: (mode, count) => model.generate(mode, count),
      ...(device === 'wasm' ? { bytesDuring } : {}),
      dispose: () => model.dispose(),
    };
  };
}

async function bytesDuring(step: () => Promise<unknown>): Promise<number> {
  await step();
  return wasmHeaps.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/** What a training step reads and replaces. */
type Trained = {
  weights: Weights;
  m: Weights;
  v: Weights;
  /** β₁ᵗ and β₂ᵗ. */
  powers: JaxArray;
};

class Model {
  readonly #network: JaxNetwork;
  /** Per batch the inputs, an array `[B, I]` a time step, and the targets `[T, B, I]`. */
  readonly #batches: readonly { inputs: JaxArray[]; targets: JaxArray }[];
  readonly #step;
  readonly #next;
  readonly #nextWindow;
  #trained: Trained;
  #done = 0;

  constructor(job: PreparedJob) {
    const { steps, batch, input } = job.test;
    const network = new JaxNetwork(job);
    const weights = weightsOf(job);
    this.#network = network;
    this.#trained = { weights, m: zerosLike(weights), v: zerosLike(weights), powers: np.array([1, 1]) };
    this.#batches = job.batches.map(({ inputs, targets }) => ({
      inputs: Array.from({ length: steps }, (_, t) =>
        arrayOf(inputs.slice(t * batch * input, (t + 1) * batch * input), batch, input),
      ),
      targets: arrayOf(targets, steps, batch, input),
    }));
    this.#step = jit(trainingStep(network, job));
    this.#next = jit(network.next.bind(network));
    this.#nextWindow = jit(network.nextWindow.bind(network));
  }

  /** Waits for each loss: letting the queue fill makes jax-js slower. */
  async train(steps: number): Promise<number[]> {
    const losses: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const { inputs, targets } = this.#batches[this.#done % this.#batches.length]!;
      this.#done += 1;
      const { loss, trained } = this.#step(this.#trained, tree.ref(inputs), targets.ref);
      this.#trained = trained;
      const [value] = await loss.data();
      losses.push(value);
    }
    return losses;
  }

  generate(mode: GenerationMode, count: number): Promise<ArrayLike<number>> {
    const { seed } = generationRequest(mode, count);
    const values = mode === 'window' ? this.#slide(seed, count) : this.#carry(seed, count);
    return np.concatenate(values).data();
  }

  #slide(seed: Float32Array, count: number): JaxArray[] {
    let window = arrayOf(seed, seed.length, 1);
    const values = Array.from({ length: count }, () => {
      const result = this.#nextWindow(tree.ref(this.#trained.weights), window);
      window = result.window;
      return result.value;
    });
    window.dispose();
    return values;
  }

  #carry(seed: Float32Array, count: number): JaxArray[] {
    let states = this.#network.zeroStates(1);
    let value: JaxArray | undefined;
    const values: JaxArray[] = [];
    for (let index = 0; index < seed.length + count - 1; index += 1) {
      const read = index < seed.length ? arrayOf(seed.slice(index, index + 1), 1, 1) : value!.ref;
      ({ value, states } = this.#next(tree.ref(this.#trained.weights), read, states));
      if (index >= seed.length - 1) values.push(value);
      else value.dispose();
    }
    tree.dispose(states);
    return values;
  }

  dispose(): void {
    tree.dispose([this.#trained, ...this.#batches]);
    this.#step.dispose();
    this.#next.dispose();
    this.#nextWindow.dispose();
  }
}

/** w ← w − rate·m̂ / (√v̂ + ε) (Kingma and Ba, 2015). */
function trainingStep(network: JaxNetwork, { configuration }: PreparedJob) {
  const { optimizer } = configuration.training;
  if (optimizer.algorithm !== 'adam') throw new Error('jax-js is timed with Adam only.');
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const loss = network.loss.bind(network);
  return (before: Trained, inputs: JaxArray[], targets: JaxArray): { loss: JaxArray; trained: Trained } => {
    const [value, gradient] = valueAndGrad(loss)(tree.ref(before.weights), inputs, targets);
    const powers = before.powers.mul(np.array([beta1, beta2]));
    const [p1, p2] = np.split(powers.ref, 2) as [JaxArray, JaxArray];
    const rate = np.reciprocal(np.array(1).sub(p1)).mul(learningRate);
    const vScale = np.reciprocal(np.array(1).sub(p2));
    const m = tree.map(moment(beta1), before.m, tree.ref(gradient));
    const v = tree.map(moment(beta2), before.v, tree.map(np.square, gradient));
    const update = (w: JaxArray, m: JaxArray, v: JaxArray): JaxArray =>
      w.sub(m.mul(rate.ref).div(np.sqrt(v.mul(vScale.ref)).add(epsilon)));
    const weights = tree.map(update, before.weights, tree.ref(m), tree.ref(v));
    tree.dispose([rate, vScale]);
    return { loss: value, trained: { weights, m, v, powers } };
  };
}

/** β·m + (1 − β)·g */
function moment(beta: number): (old: JaxArray, value: JaxArray) => JaxArray {
  return (old, value) => old.mul(beta).add(value.mul(1 - beta));
}
