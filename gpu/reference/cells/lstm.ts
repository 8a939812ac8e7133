/** Long short-term memory: c(t) = f·c(t−1) + i·g, h(t) = o·tanh(c(t)); gates i, f, g, o of the sum of both sums. */
import type { ReferenceCell } from '../cell.ts';
import { sigmoid, sigmoidSlope, tanhSlope } from './slopes.ts';

export const lstm: ReferenceCell = {
  gates: 4,
  states: 2,
  saved: 4,
  vectors: [],

  forward({ inputSum, recurrentSum, stateIn }) {
    const [ai, af, ag, ao] = inputSum.map((x, gate) => x + recurrentSum[gate]!) as [
      number,
      number,
      number,
      number,
    ];
    const gates = [sigmoid(ai), sigmoid(af), Math.tanh(ag), sigmoid(ao)] as const;
    const [i, f, g, o] = gates;
    const c = f * stateIn[1]! + i * g;
    return { stateOut: [o * Math.tanh(c), c], saved: gates };
  },

  backward({ dStateOut, stateIn, stateOut, saved }) {
    const [dh, dcAfter] = dStateOut as [number, number];
    const [i, f, g, o] = saved as [number, number, number, number];
    const memory = Math.tanh(stateOut[1]!);
    const dc = dcAfter + dh * o * tanhSlope(memory);
    const dSum = [
      dc * g * sigmoidSlope(i),
      dc * stateIn[1]! * sigmoidSlope(f),
      dc * i * tanhSlope(g),
      dh * memory * sigmoidSlope(o),
    ];
    return { dInputSum: dSum, dRecurrentSum: dSum, dStateIn: [0, dc * f], dVectors: [] };
  },
};
