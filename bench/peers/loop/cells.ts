/**
 * The equations of the three cells over one time step of a batch, in place. `x` and `u` are the input sums and the
 * recurrent sums `[B, G·H]`, gates stacked by block; forward leaves the gates themselves in `x`.
 */
import type { CellName } from '../../cases.ts';

/** One time step. Planes of states are `[B, H]`; what a cell has no use for stays as it is. */
export interface Step {
  readonly batch: number;
  readonly hidden: number;
  readonly x: Float32Array;
  readonly u: Float32Array;
  /** Second bias of a GRU's n. */
  readonly bn: Float32Array;
  readonly hIn: Float32Array;
  readonly hOut: Float32Array;
  readonly cIn: Float32Array;
  readonly cOut: Float32Array;
}

/**
 * Turns gates, in `x`, into gradients of the input sums, and `u` into those of the recurrent sums. On entry `dh` and `dc`
 * are the gradients by what the step has put out; on return those by what it took in, but for the way through u.
 */
export interface BackwardStep extends Step {
  readonly dh: Float32Array;
  readonly dc: Float32Array;
}

export interface LoopCell {
  readonly forward: (step: Step) => void;
  readonly backward: (step: BackwardStep) => void;
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

const rnn: LoopCell = {
  /** h = tanh(x + u) */
  forward({ x, u, hOut }) {
    for (let index = 0; index < hOut.length; index += 1) {
      const h = Math.tanh(x[index]! + u[index]!);
      x[index] = h;
      hOut[index] = h;
    }
  },
  backward({ x, u, dh }) {
    for (let index = 0; index < dh.length; index += 1) {
      const h = x[index]!;
      const da = dh[index]! * (1 - h * h);
      x[index] = da;
      u[index] = da;
      dh[index] = 0;
    }
  },
};

const lstm: LoopCell = {
  /** c = f·c(t−1) + i·g,  h = o·tanh(c) */
  forward({ batch, hidden: H, x, u, hOut, cIn, cOut }) {
    for (let row = 0; row < batch; row += 1) {
      for (let unit = 0; unit < H; unit += 1) {
        const at = row * 4 * H + unit;
        const index = row * H + unit;
        const i = sigmoid(x[at]! + u[at]!);
        const f = sigmoid(x[at + H]! + u[at + H]!);
        const g = Math.tanh(x[at + 2 * H]! + u[at + 2 * H]!);
        const o = sigmoid(x[at + 3 * H]! + u[at + 3 * H]!);
        const c = f * cIn[index]! + i * g;
        x[at] = i;
        x[at + H] = f;
        x[at + 2 * H] = g;
        x[at + 3 * H] = o;
        cOut[index] = c;
        hOut[index] = o * Math.tanh(c);
      }
    }
  },
  backward({ batch, hidden: H, x, u, cIn, cOut, dh, dc }) {
    for (let row = 0; row < batch; row += 1) {
      for (let unit = 0; unit < H; unit += 1) {
        const at = row * 4 * H + unit;
        const index = row * H + unit;
        const i = x[at]!;
        const f = x[at + H]!;
        const g = x[at + 2 * H]!;
        const o = x[at + 3 * H]!;
        const memory = Math.tanh(cOut[index]!);
        const dMemory = dc[index]! + dh[index]! * o * (1 - memory * memory);
        x[at] = dMemory * g * i * (1 - i);
        x[at + H] = dMemory * cIn[index]! * f * (1 - f);
        x[at + 2 * H] = dMemory * i * (1 - g * g);
        x[at + 3 * H] = dh[index]! * memory * o * (1 - o);
        dc[index] = dMemory * f;
        dh[index] = 0;
      }
    }
    u.set(x);
  },
};

const gru: LoopCell = {
  /** n = tanh(xₙ + r·(uₙ + bₙ)),  h = (1 − z)·n + z·h(t−1); leaves uₙ + bₙ in u */
  forward({ batch, hidden: H, x, u, bn, hIn, hOut }) {
    for (let row = 0; row < batch; row += 1) {
      for (let unit = 0; unit < H; unit += 1) {
        const at = row * 3 * H + unit;
        const index = row * H + unit;
        const r = sigmoid(x[at]! + u[at]!);
        const z = sigmoid(x[at + H]! + u[at + H]!);
        const shifted = u[at + 2 * H]! + bn[unit]!;
        const n = Math.tanh(x[at + 2 * H]! + r * shifted);
        x[at] = r;
        x[at + H] = z;
        x[at + 2 * H] = n;
        u[at + 2 * H] = shifted;
        hOut[index] = (1 - z) * n + z * hIn[index]!;
      }
    }
  },
  backward({ batch, hidden: H, x, u, hIn, dh }) {
    for (let row = 0; row < batch; row += 1) {
      for (let unit = 0; unit < H; unit += 1) {
        const at = row * 3 * H + unit;
        const index = row * H + unit;
        const r = x[at]!;
        const z = x[at + H]!;
        const n = x[at + 2 * H]!;
        const shifted = u[at + 2 * H]!;
        const dn = dh[index]! * (1 - z) * (1 - n * n);
        const dz = dh[index]! * (hIn[index]! - n) * z * (1 - z);
        const dr = dn * shifted * r * (1 - r);
        x[at] = dr;
        x[at + H] = dz;
        x[at + 2 * H] = dn;
        u[at] = dr;
        u[at + H] = dz;
        u[at + 2 * H] = dn * r;
        dh[index]! *= z;
      }
    }
  },
};

export const LOOP_CELLS: Readonly<Record<CellName, LoopCell>> = { rnn, lstm, gru };
