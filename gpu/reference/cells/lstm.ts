/**
 * Long short-term memory, gates i, f, g, o of the sum a of both sums, with peepholes p that are vectors or 0:
 *
 *   i = σ(aᵢ + pᵢ·c(t−1))   f = σ(a_f + p_f·c(t−1))   g = tanh(a_g)   o = σ(aₒ + pₒ·c(t))
 *   c(t) = f·c(t−1) + i·g   h(t) = o·tanh(c(t))
 */
import type { CellBackwardStep, CellGradient, CellResult, CellStep, ReferenceCell } from '../cell.ts';
import { sigmoid, sigmoidSlope, tanhSlope } from './activations.ts';

type Four = readonly [number, number, number, number];

const gates = {
  gates: 4,
  states: ['h', 'c'],
  saved: 4,
  visibleGates: ['i', 'f', 'g', 'o'],
  forward,
  backward,
};

export const lstm: ReferenceCell = { ...gates, vectors: [] };

/** Gers and Schmidhuber, 2000. */
export const peepholeLstm: ReferenceCell = { ...gates, vectors: ['pi', 'pf', 'po'] };

function forward({ inputSum, recurrentSum, stateIn, vectors, held }: CellStep): CellResult {
  const [xi, xf, xg, xo] = inputSum as Four;
  const [ui, uf, ug, uo] = recurrentSum as Four;
  const [pi = 0, pf = 0, po = 0] = vectors;
  const before = stateIn[1]!;
  const i = held[0] ?? sigmoid(xi + ui + pi * before);
  const f = held[1] ?? sigmoid(xf + uf + pf * before);
  const g = held[2] ?? Math.tanh(xg + ug);
  const c = f * before + i * g;
  const o = held[3] ?? sigmoid(xo + uo + po * c);
  return { stateOut: [o * Math.tanh(c), c], saved: [i, f, g, o] };
}

function backward({ dStateOut, stateIn, saved, vectors, held }: CellBackwardStep): CellGradient {
  const [dh, dcAfter] = dStateOut as [number, number];
  const [i, f, g, o] = saved as Four;
  const [pi = 0, pf = 0, po = 0] = vectors;
  const before = stateIn[1]!;
  const c = f * before + i * g;
  const memory = Math.tanh(c);
  const dao = dh * memory * sigmoidSlope(o, held[3]);
  const dc = dcAfter + dh * o * tanhSlope(memory) + dao * po;
  const dai = dc * g * sigmoidSlope(i, held[0]);
  const daf = dc * before * sigmoidSlope(f, held[1]);
  const dag = dc * i * tanhSlope(g, held[2]);
  const dSum = [dai, daf, dag, dao];
  return {
    dInputSum: dSum,
    dRecurrentSum: dSum,
    dStateIn: [0, dc * f + dai * pi + daf * pf],
    dVectors: vectors.length === 0 ? [] : [dai * before, daf * before, dao * c],
  };
}
