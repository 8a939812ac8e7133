/** The gated recurrent unit, reset after the product: n = tanh(x_n + r·(u_n + b_n)), h(t) = (1 − z)·n + z·h(t−1). */
import type { ReferenceCell } from '../cell.ts';
import { sigmoid, sigmoidSlope, tanhSlope } from './activations.ts';

export const gru: ReferenceCell = {
  gates: 3,
  states: ['h'],
  saved: 4,
  visibleGates: ['r', 'z', 'n'],
  vectors: ['bn'],

  forward({ inputSum, recurrentSum, stateIn, vectors, held }) {
    const [xr, xz, xn] = inputSum as [number, number, number];
    const [ur, uz, un] = recurrentSum as [number, number, number];
    const shifted = un + vectors[0]!;
    const r = held[0] ?? sigmoid(xr + ur);
    const z = held[1] ?? sigmoid(xz + uz);
    const n = held[2] ?? Math.tanh(xn + r * shifted);
    return { stateOut: [(1 - z) * n + z * stateIn[0]!], saved: [r, z, n, shifted] };
  },

  backward({ dStateOut, stateIn, saved, held }) {
    const dh = dStateOut[0]!;
    const [r, z, n, shifted] = saved as [number, number, number, number];
    const dn = dh * (1 - z) * tanhSlope(n, held[2]);
    const dz = dh * (stateIn[0]! - n) * sigmoidSlope(z, held[1]);
    const dr = dn * shifted * sigmoidSlope(r, held[0]);
    return {
      dInputSum: [dr, dz, dn],
      dRecurrentSum: [dr, dz, dn * r],
      dStateIn: [dh * z],
      dVectors: [dn * r],
    };
  },
};
