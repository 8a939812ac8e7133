/** One recurrent layer by the float64 reference, and the comparison of what the kernels made of it. */
import { pcg4d } from '../../gpu/model/random.ts';
import type { ReferenceCell } from '../../gpu/reference/cell.ts';
import type { HeldUnits } from '../../gpu/reference/forcing.ts';
import { absolute } from '../../gpu/reference/matrix.ts';
import { recurrentForward, type RecurrentLayer } from '../../gpu/reference/recurrent.ts';
import {
  addRecurrentGradient,
  type LayerBackward,
  partOfTerms,
  recurrentBackward,
  recurrentInputGradient,
} from '../../gpu/reference/recurrent-backward.ts';
import { expectForwardClose, expectGradientClose } from './compare.ts';
import { roundLike, roundToHalf } from './half.ts';
import { type LayerOptions, layerOf, type LayerProblem, type LayerResult } from './recurrent-layer.ts';

/** What a held gate or state is not: see shaders/recurrent/forced.wgsl. */
export const FREE = 3.4e38;

/** `[T, B, H]`: what h(t−1) is multiplied by where W reads it at t. */
export function dropoutMask(
  { steps, batch, hiddenSize }: LayerProblem,
  { dropout, firstTime = 0 }: LayerOptions,
): Float64Array | undefined {
  if (!dropout) return undefined;
  const { rate, perSequence, place, seed, iteration } = dropout;
  const plane = batch * hiddenSize;
  const exact = Math.fround(rate);
  return Float64Array.from({ length: steps * plane }, (_, index) => {
    const time = perSequence ? 0 : firstTime + Math.floor(index / plane);
    const bits = pcg4d(seed, iteration, time * plane + (index % plane), 0x44524f50 + place)[3];
    return (bits >>> 8) / 2 ** 24 >= exact ? 1 / (1 - exact) : 0;
  });
}

function referenceLayer(
  problem: LayerProblem,
  cell: ReferenceCell,
  parameters: Float64Array,
): RecurrentLayer {
  const { bias, vectors } = layerOf(problem);
  const { inputSize, hiddenSize } = problem;
  return {
    cell,
    reverse: false,
    inputSize,
    hiddenSize,
    W: parameters.subarray(0, bias),
    b: parameters.subarray(bias, vectors),
    vectors: cell.vectors.map((_, v) =>
      parameters.subarray(vectors + v * hiddenSize, vectors + (v + 1) * hiddenSize),
    ),
  };
}

/** Fails where states, saved values or any gradient of the kernels is not the reference's. */
export function expectAsReference(
  problem: LayerProblem,
  cell: ReferenceCell,
  options: LayerOptions,
  actual: LayerResult,
): void {
  const { steps, batch, hiddenSize } = problem;
  const { reverse = false, lengths, forced, givesFinal = false, halves = false, firstTime = 0 } = options;
  const parameters = Float64Array.from(problem.parameters, halves ? roundToHalf : undefined);
  const layer = { ...referenceLayer(problem, cell, parameters), reverse };
  const before = firstTime * batch * hiddenSize;
  const use = {
    steps,
    batch,
    lengths,
    firstTime,
    initialStates: planesOf(problem.initialStates, batch * hiddenSize),
    recurrentScales: dropoutMask(problem, options),
    held: forced && heldUnits(cell, forced, hiddenSize),
    ...(halves
      ? { rounding: (h: number, place: number) => roundLike(actual.states[place - before]!, h) }
      : {}),
  };
  const trace = recurrentForward(layer, Float64Array.from(problem.inputs), use);
  const backward = recurrentBackward(
    layer,
    trace,
    Float64Array.from(problem.dOutputs),
    givesFinal ? planesOf(problem.dFinalStates, batch * hiddenSize) : undefined,
  );
  const states = (steps + 1) * batch * hiddenSize;
  trace.states.forEach((state, s) =>
    expectForwardClose(actual.states.subarray(s * states, (s + 1) * states), state, `state ${s}`),
  );
  if (cell.saved > 0) expectForwardClose(actual.saved, interleaved(trace.saved, hiddenSize), 'saved');
  expectGradients(problem, cell, layer, backward, actual);
}

function expectGradients(
  problem: LayerProblem,
  cell: ReferenceCell,
  layer: RecurrentLayer,
  { terms, dHidden, dInitialStates }: LayerBackward,
  actual: LayerResult,
): void {
  const sum = (part: typeof terms): Float64Array => {
    const gradient = new Float64Array(problem.parameters.length);
    addRecurrentGradient(referenceLayer(problem, cell, gradient), part);
    return gradient;
  };
  const magnitude = sum(partOfTerms(terms, absolute));
  const { bias, vectors, length } = layerOf(problem);
  const values = sum(terms);
  const inputRows = problem.inputSize * layer.b.length;
  const parts: [string, number, number][] = [
    ['Wx', 0, inputRows],
    ['Wh', inputRows, bias],
    ['b', bias, vectors],
    ...cell.vectors.map((name, v): [string, number, number] => [
      name,
      vectors + v * problem.hiddenSize,
      vectors + (v + 1) * problem.hiddenSize,
    ]),
  ];
  for (const [name, from, to] of parts) {
    const expected = { values: values.subarray(from, to), magnitude: magnitude.subarray(from, to) };
    expectGradientClose(actual.gradients.subarray(from, to), expected, `gradient of ${name}`);
  }
  if (length !== actual.gradients.length) throw new Error('gradients: a wrong length.');
  expectGradientClose(actual.dHidden, { values: dHidden, magnitude: absolute(dHidden) }, 'dHidden');
  const plane = problem.batch * problem.hiddenSize;
  dInitialStates.forEach(({ values: state }, s) => {
    const part = actual.dInitialStates.subarray(s * plane, (s + 1) * plane);
    const expected = { values: state, magnitude: absolute(state) };
    expectGradientClose(part, expected, `gradient of initial state ${s}`);
  });
  const dInputs = recurrentInputGradient(layer, terms.dInputSums);
  const terms0 = { ...layer, W: absolute(layer.W) };
  const dInputsMagnitude = recurrentInputGradient(terms0, absolute(terms.dInputSums));
  expectGradientClose(actual.dInputs, { values: dInputs, magnitude: dInputsMagnitude }, 'gradient of x');
}

function planesOf(values: Float32Array, length: number): Float64Array[] {
  return Array.from({ length: values.length / length }, (_, index) =>
    Float64Array.from(values.subarray(index * length, (index + 1) * length)),
  );
}

/** One `[T, B, H]` per saved value to `[T, B, SAVED, H]`. */
function interleaved(saved: readonly Float64Array[], hiddenSize: number): Float64Array {
  return Float64Array.from({ length: saved.length * saved[0]!.length }, (_, index) => {
    const unit = index % hiddenSize;
    const which = Math.floor(index / hiddenSize) % saved.length;
    const row = Math.floor(index / (hiddenSize * saved.length));
    return saved[which]![row * hiddenSize + unit]!;
  });
}

function heldUnits(cell: ReferenceCell, forced: Float32Array, hiddenSize: number): HeldUnits {
  const valueOf = (index: number, unit: number): number | undefined => {
    const value = forced[index * hiddenSize + unit]!;
    return value >= 3e38 ? undefined : value;
  };
  const units = Array.from({ length: hiddenSize }, (_, unit) => unit);
  return {
    gates: units.map((unit) => Array.from({ length: cell.gates }, (_, gate) => valueOf(gate, unit))),
    states: units.map((unit) => cell.states.map((_, s) => valueOf(cell.gates + s, unit))),
  };
}
