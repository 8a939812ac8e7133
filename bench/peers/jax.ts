/**
 * jax-js: the training step as one jit, its graph unrolled over the time steps, with Adam inside. Arrays are handed over
 * as they are used up, so that what is not kept is given back. Of the ways to write it, the fastest on WASM and WebGPU:
 * an input array a time step, input and recurrent products apart.
 */
import { wasmHeaps } from './wasm-heaps.ts';
import {
  type Array as JaxArray,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { parameterLayout } from '../../gpu/index.ts';
import { type CellName, GATES, generationRequest, type GenerationMode, type PreparedJob } from '../cases.ts';
import type { PreparePeer } from './peer.ts';

/** A type alias, as jax-js's trees want it. `bn` is the second bias of a GRU's n; another cell takes no notice of it. */
type Weights = { Wx: JaxArray; Wh: JaxArray; b: JaxArray; bn: JaxArray; U: JaxArray; d: JaxArray };

/** From the sums `[B, G·H]` and the states to the next states; uses all of them up. */
type Cell = (x: JaxArray, u: JaxArray, bn: JaxArray, states: JaxArray[]) => JaxArray[];

const CELLS: Record<CellName, Cell> = {
  rnn(x, u, bn, [h]) {
    tree.dispose([bn, h!]);
    return [np.tanh(x.add(u))];
  },
  lstm(x, u, bn, [h, c]) {
    tree.dispose([bn, h!]);
    const [i, f, g, o] = np.split(x.add(u), 4, -1) as [JaxArray, JaxArray, JaxArray, JaxArray];
    const next = nn
      .sigmoid(f)
      .mul(c!)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    return [nn.sigmoid(o).mul(np.tanh(next.ref)), next];
  },
  gru(x, u, bn, [h]) {
    const [xr, xz, xn] = np.split(x, 3, -1) as [JaxArray, JaxArray, JaxArray];
    const [ur, uz, un] = np.split(u, 3, -1) as [JaxArray, JaxArray, JaxArray];
    const r = nn.sigmoid(xr.add(ur));
    const z = nn.sigmoid(xz.add(uz));
    const n = np.tanh(xn.add(r.mul(un.add(bn))));
    return [n.ref.add(z.mul(h!.sub(n)))];
  },
};

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

class Model {
  readonly #cell: Cell;
  readonly #states: number;
  readonly #job: PreparedJob;
  /** Per batch the inputs, an array `[B, I]` a time step, and the targets `[T, B, I]`. */
  readonly #batches: readonly { inputs: JaxArray[]; targets: JaxArray }[];
  readonly #step;
  readonly #forward;
  #weights: Weights;
  #moments: { m: Weights; v: Weights };
  /** β₁ᵗ and β₂ᵗ. */
  #powers: JaxArray;
  #done = 0;

  constructor(job: PreparedJob) {
    const { steps, batch, input } = job.test;
    this.#job = job;
    this.#cell = CELLS[job.cell];
    this.#states = job.cell === 'lstm' ? 2 : 1;
    this.#weights = weightsOf(job);
    this.#moments = { m: zerosLike(this.#weights), v: zerosLike(this.#weights) };
    this.#powers = np.array([1, 1]);
    this.#batches = job.batches.map(({ inputs, targets }) => ({
      inputs: Array.from({ length: steps }, (_, t) =>
        arrayOf(inputs.slice(t * batch * input, (t + 1) * batch * input), batch, input),
      ),
      targets: arrayOf(targets, steps, batch, input),
    }));
    this.#step = jit(this.#trainingStep.bind(this));
    this.#forward = jit(this.#outputs.bind(this));
  }

  /** Waits for each loss: letting the queue fill makes jax-js slower. */
  async train(steps: number): Promise<number[]> {
    const losses: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const { inputs, targets } = this.#batches[this.#done % this.#batches.length]!;
      this.#done += 1;
      const result = this.#step(
        this.#weights,
        this.#moments,
        this.#powers,
        inputs.map((x) => x.ref),
        targets.ref,
      );
      this.#weights = result.weights;
      this.#moments = result.moments;
      this.#powers = result.powers;
      const [loss] = await result.loss.data();
      losses.push(loss);
    }
    return losses;
  }

  async generate(mode: GenerationMode, count: number): Promise<ArrayLike<number>> {
    const seed = Array.from(generationRequest(mode, count).seed, (value) =>
      arrayOf(Float32Array.of(value), 1, 1),
    );
    const values: JaxArray[] = [];
    let states = this.#zeroStates(1);
    let read = seed;
    for (let index = 0; index < count; index += 1) {
      const slides = mode === 'window';
      const result = this.#forward(tree.ref(this.#weights), slides ? tree.ref(read) : read, states);
      values.push(result.outputs.ref.reshape([1]));
      if (slides) {
        tree.dispose(result.states);
        states = this.#zeroStates(1);
        read.shift()!.dispose();
        read.push(result.outputs);
      } else {
        states = result.states;
        read = [result.outputs];
      }
    }
    tree.dispose([...read, ...states]);
    return np.concatenate(values).data();
  }

  dispose(): void {
    tree.dispose([
      this.#weights,
      this.#moments,
      this.#powers,
      ...this.#batches.map((batch) => ({ ...batch })),
    ]);
    this.#step.dispose();
    this.#forward.dispose();
  }

  #zeroStates(batch: number): JaxArray[] {
    return Array.from({ length: this.#states }, () => np.zeros([batch, this.#job.test.hidden]));
  }

  /** h after every time step, and the last states. Uses up all but the weights' readout. */
  #recurrence(
    { Wx, Wh, b, bn }: Omit<Weights, 'U' | 'd'>,
    inputs: JaxArray[],
    first: JaxArray[],
  ): { hidden: JaxArray[]; states: JaxArray[] } {
    let states = first;
    const hidden = inputs.map((x) => {
      const recurrent = np.matmul(states[0]!.ref, Wh.ref);
      states = this.#cell(np.matmul(x, Wx.ref).add(b.ref), recurrent, bn.ref, states);
      return states[0]!.ref;
    });
    tree.dispose([Wx, Wh, b, bn]);
    return { hidden, states };
  }

  #loss({ U, d, ...layer }: Weights, inputs: JaxArray[], targets: JaxArray): JaxArray {
    const { steps, batch, input, hidden: H } = this.#job.test;
    const { hidden, states } = this.#recurrence(layer, inputs, this.#zeroStates(batch));
    tree.dispose(states);
    const rows = np.stack(hidden).reshape([steps * batch, H]);
    const outputs = np.matmul(rows, U).add(d).reshape([steps, batch, input]);
    return np.square(outputs.sub(targets)).mean();
  }

  /** The last output of a sequence of one row, and the states after it. */
  #outputs(
    { U, d, ...layer }: Weights,
    inputs: JaxArray[],
    first: JaxArray[],
  ): { outputs: JaxArray; states: JaxArray[] } {
    const { hidden, states } = this.#recurrence(layer, inputs, first);
    const last = hidden.pop()!;
    tree.dispose(hidden);
    return { outputs: np.matmul(last, U).add(d), states };
  }

  /** w ← w − rate·m̂ / (√v̂ + ε) (Kingma and Ba, 2015). */
  #trainingStep(
    weights: Weights,
    moments: { m: Weights; v: Weights },
    powers: JaxArray,
    inputs: JaxArray[],
    targets: JaxArray,
  ) {
    const { optimizer } = this.#job.configuration.training;
    if (optimizer.algorithm !== 'adam') throw new Error(`jax-js is timed with Adam only.`);
    const { learningRate, beta1, beta2, epsilon } = optimizer;
    const [loss, gradient] = valueAndGrad(this.#loss.bind(this))(tree.ref(weights), inputs, targets);
    const nextPowers = powers.mul(np.array([beta1, beta2]));
    const [p1, p2] = np.split(nextPowers.ref, 2) as [JaxArray, JaxArray];
    const rate = np.reciprocal(np.array(1).sub(p1)).mul(learningRate);
    const vScale = np.reciprocal(np.array(1).sub(p2));
    const m = tree.map(moment(beta1), moments.m, tree.ref(gradient));
    const v = tree.map(moment(beta2), moments.v, tree.map(np.square, gradient));
    const next = tree.map(
      (w: JaxArray, m: JaxArray, v: JaxArray) =>
        w.sub(m.mul(rate.ref).div(np.sqrt(v.mul(vScale.ref)).add(epsilon))),
      weights,
      tree.ref(m),
      tree.ref(v),
    );
    tree.dispose([rate, vScale]);
    return { loss, weights: next, moments: { m, v }, powers: nextPowers };
  }
}

/** β·m + (1 − β)·g */
function moment(beta: number): (old: JaxArray, value: JaxArray) => JaxArray {
  return (old, value) => old.mul(beta).add(value.mul(1 - beta));
}

function arrayOf(values: Float32Array, ...shape: number[]): JaxArray {
  return np.array(values).reshape(shape);
}

function zerosLike(weights: Weights): Weights {
  return tree.map((w: JaxArray) => np.zerosLike(w), tree.ref(weights));
}

function weightsOf({ configuration, state, test, cell }: PreparedJob): Weights {
  const { views } = parameterLayout(configuration.model);
  const view = (end: string): Float32Array => {
    const found = views.find(({ name }) => name.endsWith(end));
    return found ? state.parameters.slice(found.offset, found.offset + found.length) : new Float32Array(1);
  };
  const { input: I, hidden: H } = test;
  const S = GATES[cell] * H;
  const W = view('.W');
  const bn = view('.bn');
  return {
    Wx: arrayOf(W.slice(0, I * S), I, S),
    Wh: arrayOf(W.slice(I * S), H, S),
    b: arrayOf(view('.b'), S),
    bn: arrayOf(bn, bn.length),
    U: arrayOf(view('readout.U'), H, I),
    d: arrayOf(view('readout.d'), I),
  };
}
