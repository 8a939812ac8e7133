/**
 * One recurrent layer and a linear readout as functions of jax-js's arrays, for jit and grad. As everywhere in jax-js a
 * function uses up the arrays that it is given. Of the ways to write it the fastest, on WASM and WebGPU: an input array a
 * time step, and input and recurrent products apart.
 */
import { type Array as JaxArray, nn, numpy as np, tree } from '@jax-js/jax';
import { parameterLayout } from '../../../gpu/index.ts';
import { type CellName, GATES, type PreparedJob } from '../../cases.ts';

/** A type alias, as jax-js's trees want it. `bn` is the second bias of a GRU's n; another cell takes no notice of it. */
export type Weights = { Wx: JaxArray; Wh: JaxArray; b: JaxArray; bn: JaxArray; U: JaxArray; d: JaxArray };

/** From the sums `[B, G·H]` and the states to the next states. */
type Cell = (x: JaxArray, u: JaxArray, bn: JaxArray, states: JaxArray[]) => JaxArray[];

const CELLS: Record<CellName, Cell> = {
  rnn(x, u, bn, [h]) {
    tree.dispose([bn, h!]);
    return [np.tanh(x.add(u))];
  },
  lstm(x, u, bn, [h, c]) {
    tree.dispose([bn, h!]);
    const [i, f, g, o] = np.split(x.add(u), 4, -1) as [JaxArray, JaxArray, JaxArray, JaxArray];
    const kept = nn.sigmoid(f).mul(c!);
    const next = kept.add(nn.sigmoid(i).mul(np.tanh(g)));
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

export class JaxNetwork {
  readonly #cell: CellName;
  readonly #sizes: PreparedJob['test'];

  constructor({ cell, test }: PreparedJob) {
    this.#cell = cell;
    this.#sizes = test;
  }

  zeroStates(batch: number): JaxArray[] {
    const count = this.#cell === 'lstm' ? 2 : 1;
    return Array.from({ length: count }, () => np.zeros([batch, this.#sizes.hidden]));
  }

  /** The mean squared error of inputs, `[B, I]` a time step, and targets `[T, B, I]`. */
  loss({ U, d, ...layer }: Weights, inputs: JaxArray[], targets: JaxArray): JaxArray {
    const { steps, batch, input, hidden: H } = this.#sizes;
    const { hidden, states } = this.#recurrence(layer, inputs, this.zeroStates(batch));
    tree.dispose(states);
    const rows = np.stack(hidden).reshape([steps * batch, H]);
    const outputs = np.matmul(rows, U).add(d).reshape([steps, batch, input]);
    return np.square(outputs.sub(targets)).mean();
  }

  /** One time step of one row: the output `[1, 1]`, and the states after it. */
  next(
    { U, d, ...layer }: Weights,
    input: JaxArray,
    first: JaxArray[],
  ): { value: JaxArray; states: JaxArray[] } {
    const { hidden, states } = this.#recurrence(layer, [input], first);
    return { value: np.matmul(hidden[0]!, U).add(d), states };
  }

  /** The value after a window `[20, 1]`, and the window that ends with it. */
  nextWindow({ U, d, ...layer }: Weights, window: JaxArray): { value: JaxArray; window: JaxArray } {
    const inputs = np.split(window, window.shape[0]!);
    const rest = tree.ref(inputs.slice(1));
    const { hidden, states } = this.#recurrence(layer, inputs, this.zeroStates(1));
    const last = hidden.pop()!;
    tree.dispose([...hidden, ...states]);
    const value = np.matmul(last, U).add(d);
    return { value, window: np.concatenate([...rest, value.ref]) };
  }

  /** h after every time step, and the last states. */
  #recurrence(
    { Wx, Wh, b, bn }: Omit<Weights, 'U' | 'd'>,
    inputs: JaxArray[],
    first: JaxArray[],
  ): { hidden: JaxArray[]; states: JaxArray[] } {
    let states = first;
    const hidden = inputs.map((x) => {
      const recurrent = np.matmul(states[0]!.ref, Wh.ref);
      states = CELLS[this.#cell](np.matmul(x, Wx.ref).add(b.ref), recurrent, bn.ref, states);
      return states[0]!.ref;
    });
    tree.dispose([Wx, Wh, b, bn]);
    return { hidden, states };
  }
}

export function arrayOf(values: Float32Array, ...shape: number[]): JaxArray {
  return np.array(values).reshape(shape);
}

export function zerosLike(weights: Weights): Weights {
  return tree.map((w: JaxArray) => np.zerosLike(w), tree.ref(weights));
}

/** Those that the job starts from. */
export function weightsOf({ configuration, state, test, cell }: PreparedJob): Weights {
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
