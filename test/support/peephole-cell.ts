/**
 * A cell made for tests, with all that the seam allows: two states, three gates, sums that it needs apart, vectors
 * of its own and saved values. With σ the logistic function and p, q, r the vectors:
 *
 *   i = σ(x₀ + h₀ + p·c)             n = tanh(x₁ + i·(h₁ + q))      c′ = (1 − i)·c + i·n
 *   o = σ(x₂ + h₂ + r·c′)            h′ = o·tanh(c′)
 */
import type { ReferenceCell } from '../../gpu/reference/cell.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const peepholeCell: ReferenceCell = {
  gates: 3,
  states: 2,
  saved: 4,
  vectors: ['p', 'q', 'r'],

  forward({ inputSum, recurrentSum, stateIn, vectors }) {
    const [x0, x1, x2] = inputSum as [number, number, number];
    const [h0, h1, h2] = recurrentSum as [number, number, number];
    const [p, q, r] = vectors as [number, number, number];
    const c = stateIn[1]!;
    const i = sigmoid(x0 + h0 + p * c);
    const n = Math.tanh(x1 + i * (h1 + q));
    const cOut = (1 - i) * c + i * n;
    const o = sigmoid(x2 + h2 + r * cOut);
    return { stateOut: [o * Math.tanh(cOut), cOut], saved: [i, n, o, h1 + q] };
  },

  backward({ dStateOut, stateIn, stateOut, saved, vectors }) {
    const [dh, dcAbove] = dStateOut as [number, number];
    const [i, n, o, resetSum] = saved as [number, number, number, number];
    const [p, , r] = vectors as [number, number, number];
    const c = stateIn[1]!;
    const cOut = stateOut[1]!;
    const squashed = Math.tanh(cOut);
    const dSumO = dh * squashed * o * (1 - o);
    const dc = dcAbove + dh * o * (1 - squashed * squashed) + dSumO * r;
    const dSumN = dc * i * (1 - n * n);
    const dSumI = (dc * (n - c) + dSumN * resetSum) * i * (1 - i);
    return {
      dInputSum: [dSumI, dSumN, dSumO],
      dRecurrentSum: [dSumI, dSumN * i, dSumO],
      dStateIn: [0, dc * (1 - i) + dSumI * p],
      dVectors: [dSumI * c, dSumN * i, dSumO * cOut],
    };
  },
};
