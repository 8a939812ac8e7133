/** The simple recurrent cell: h(t) = φ(x·Wx + b + h(t−1)·Wh), φ being tanh or max(0, ·). */
import type { ReferenceCell } from '../cell.ts';
import { tanhSlope } from './activations.ts';

/** @param slope φ′ in terms of the value reached. */
function simpleCell(activation: (sum: number) => number, slope: (h: number) => number): ReferenceCell {
  return {
    gates: 1,
    states: ['h'],
    saved: 0,
    visibleGates: [],
    vectors: [],

    forward: ({ inputSum, recurrentSum }) => ({
      stateOut: [activation(inputSum[0]! + recurrentSum[0]!)],
      saved: [],
    }),

    backward({ dStateOut, stateOut }) {
      const dSum = dStateOut[0]! * slope(stateOut[0]!);
      return { dInputSum: [dSum], dRecurrentSum: [dSum], dStateIn: [0], dVectors: [] };
    },
  };
}

export const rnn = simpleCell(Math.tanh, (h) => tanhSlope(h));

export const reluRnn = simpleCell(
  (sum) => Math.max(0, sum),
  (h) => (h > 0 ? 1 : 0),
);
