/** The gated recurrent unit, reset after the product: n = tanh(x_n + r·(u_n + b_n)), h(t) = (1 − z)·n + z·h(t−1). */
import type { ReferenceCell } from '../cell.ts';
import { sigmoid, sigmoidSlope, tanhSlope } from './slopes.ts';

export const gru: ReferenceCell = {
  gates: 3,
  states: 1,
  saved: 4,
  vectors: ['bn'],

  forward({ inputSum, recurrentSum, stateIn, vectors }) {
    const [xr, xz, xn] = inputSum as [number, number, number];
    const [ur, uz, un] = recurrentSum as [number, number, number];
    const shifted = un + vectors[0]!;
    const r = sigmoid(xr + ur);
    const z = sigmoid(xz + uz);
    const n = Math.tanh(xn + r * shifted);
    return { stateOut: [(1 - z) * n + z * stateIn[0]!], saved: [r, z, n, shifted] };
  },

  backward({ dStateOut, stateIn, saved }) {
    const dh = dStateOut[0]!;
    const [r, z, n, shifted] = saved as [number, number, number, number];
    const dn = dh * (1 - z) * tanhSlope(n);
    const dz = dh * (stateIn[0]! - n) * sigmoidSlope(z);
    const dr = dn * shifted * sigmoidSlope(r);
    return {
      dInputSum: [dr, dz, dn],
      dRecurrentSum: [dr, dz, dn * r],
      dStateIn: [dh * z],
      dVectors: [dn * r],
    };
  },
};
