/** The simple recurrent cell: h(t) = tanh(x·Wx + b + h(t−1)·Wh). */
import type { ReferenceCell } from '../cell.ts';

export const rnn: ReferenceCell = {
  gates: 1,
  states: 1,
  saved: 0,
  vectors: [],

  forward: ({ inputSum, recurrentSum }) => ({
    stateOut: [Math.tanh(inputSum[0]! + recurrentSum[0]!)],
    saved: [],
  }),

  // tanh′ = 1 − h²
  backward({ dStateOut, stateOut }) {
    const h = stateOut[0]!;
    const dSum = dStateOut[0]! * (1 - h * h);
    return { dInputSum: [dSum], dRecurrentSum: [dSum], dStateIn: [0], dVectors: [] };
  },
};
