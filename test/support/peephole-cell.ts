/**
 * A cell made for tests, with all that the seam allows: two states, three gates, sums that it needs apart, vectors
 * of its own and saved values. With σ the logistic function and p, q, r the vectors:
 *
 *   i = σ(x₀ + h₀ + p·c)             n = tanh(x₁ + i·(h₁ + q))      c′ = (1 − i)·c + i·n
 *   o = σ(x₂ + h₂ + r·c′)            h′ = o·tanh(c′)
 */
import type { ReferenceCell } from '../../gpu/reference/cell.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** 0 where the gate is held at a value. */
const slope = (value: number, held: number | undefined): number => (held === undefined ? value : 0);

export const peepholeCell: ReferenceCell = {
  gates: 3,
  states: ['h', 'c'],
  saved: 4,
  visibleGates: ['i', 'n', 'o'],
  vectors: ['p', 'q', 'r'],

  forward({ inputSum, recurrentSum, stateIn, vectors, held }) {
    const [x0, x1, x2] = inputSum as [number, number, number];
    const [h0, h1, h2] = recurrentSum as [number, number, number];
    const [p, q, r] = vectors as [number, number, number];
    const c = stateIn[1]!;
    const i = held[0] ?? sigmoid(x0 + h0 + p * c);
    const n = held[1] ?? Math.tanh(x1 + i * (h1 + q));
    const cOut = (1 - i) * c + i * n;
    const o = held[2] ?? sigmoid(x2 + h2 + r * cOut);
    return { stateOut: [o * Math.tanh(cOut), cOut], saved: [i, n, o, h1 + q] };
  },

  backward({ dStateOut, stateIn, saved, vectors, held }) {
    const [dh, dcAbove] = dStateOut as [number, number];
    const [i, n, o, resetSum] = saved as [number, number, number, number];
    const [p, , r] = vectors as [number, number, number];
    const c = stateIn[1]!;
    const cOut = (1 - i) * c + i * n;
    const squashed = Math.tanh(cOut);
    const dSumO = dh * squashed * slope(o * (1 - o), held[2]);
    const dc = dcAbove + dh * o * (1 - squashed * squashed) + dSumO * r;
    const dSumN = dc * i * slope(1 - n * n, held[1]);
    const dSumI = (dc * (n - c) + dSumN * resetSum) * slope(i * (1 - i), held[0]);
    return {
      dInputSum: [dSumI, dSumN, dSumO],
      dRecurrentSum: [dSumI, dSumN * i, dSumO],
      dStateIn: [0, dc * (1 - i) + dSumI * p],
      dVectors: [dSumI * c, dSumN * i, dSumO * cOut],
    };
  },
};
