/**
 * One recurrent layer over a whole sequence, with any cell. T time steps, B rows, I inputs, H units, G gates;
 * states keep T + 1 slots, slot 0 the initial one.
 */
import type { ReferenceCell } from './cell.ts';
import {
  absolute,
  addColumnSums,
  addProduct,
  addProductWithTransposed,
  addTransposedProduct,
  repeatedRow,
} from './matrix.ts';

export interface RecurrentLayer {
  readonly cell: ReferenceCell;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[I + H, G·H]`, the input's rows first, gates stacked by block. */
  readonly W: Float64Array;
  /** `[G·H]` */
  readonly b: Float64Array;
  /** The cell's own vectors, each `[H]`. */
  readonly vectors: readonly Float64Array[];
}

/** What a forward pass leaves for the backward pass. */
export interface LayerTrace {
  readonly steps: number;
  readonly batch: number;
  /** `[T, B, I]` */
  readonly inputs: Float64Array;
  /** One `[T + 1, B, H]` per state; the first is h. */
  readonly states: readonly Float64Array[];
  /** One `[T, B, H]` per saved value of the cell. */
  readonly saved: readonly Float64Array[];
}

/** The operands of the sums over T·B that make the parameters' gradients. */
export interface GradientTerms {
  /** `[T·B, I]` */
  readonly inputs: Float64Array;
  /** `[T·B, H]`, h at t − 1. */
  readonly previousHidden: Float64Array;
  /** `[T·B, G·H]` */
  readonly dInputSums: Float64Array;
  /** `[T·B, G·H]` */
  readonly dRecurrentSums: Float64Array;
  /** One `[T·B, H]` per vector of the cell. */
  readonly dVectors: readonly Float64Array[];
}

/** Gradients of what enters a layer; `…Magnitude` are the same sums over the absolute values of their terms. */
export interface LayerBackward {
  readonly terms: GradientTerms;
  /** One `[B, H]` per state. */
  readonly dInitialStates: readonly Float64Array[];
  readonly dInitialStatesMagnitude: readonly Float64Array[];
}

/** @param initialStates one `[B, H]` per state; zeros where left out. */
export function recurrentForward(
  layer: RecurrentLayer,
  inputs: Float64Array,
  steps: number,
  batch: number,
  initialStates?: readonly Float64Array[],
): LayerTrace {
  const { cell, hiddenSize } = layer;
  const slot = batch * hiddenSize;
  const states = Array.from({ length: cell.states }, () => new Float64Array((steps + 1) * slot));
  const saved = Array.from({ length: cell.saved }, () => new Float64Array(steps * slot));
  states.forEach((state, s) => state.set(initialStates?.[s] ?? []));

  const inputSums = repeatedRow(layer.b, steps * batch);
  addProduct(inputSums, inputs, inputRows(layer), steps * batch, layer.inputSize, layer.b.length);
  const trace: LayerTrace = { steps, batch, inputs, states, saved };
  for (let t = 0; t < steps; t++) forwardStep(layer, trace, inputSums, t);
  return trace;
}

/** Reads slot t, writes slot t + 1: the time step t + 1 of the equations. */
function forwardStep(layer: RecurrentLayer, trace: LayerTrace, inputSums: Float64Array, t: number): void {
  const { cell, hiddenSize: H, b } = layer;
  const { batch, states, saved } = trace;
  const slot = batch * H;
  const previousHidden = states[0]!.subarray(t * slot, (t + 1) * slot);
  const recurrentSums = new Float64Array(batch * b.length);
  addProduct(recurrentSums, previousHidden, recurrentRows(layer), batch, H, b.length);

  for (let index = 0; index < slot; index++) {
    const unit = index % H;
    const row = (index - unit) / H;
    const result = cell.forward({
      inputSum: gatesOf(inputSums, (t * batch + row) * b.length + unit, H, cell.gates),
      recurrentSum: gatesOf(recurrentSums, row * b.length + unit, H, cell.gates),
      stateIn: valuesAt(states, t * slot + index),
      vectors: valuesAt(layer.vectors, unit),
    });
    setValuesAt(states, (t + 1) * slot + index, result.stateOut);
    setValuesAt(saved, t * slot + index, result.saved);
  }
}

/**
 * Backpropagation through all time steps.
 * @param dHidden `[T, B, H]` gradient of each h(t) from above the layer.
 * @param dFinalStates one `[B, H]` per state, from whatever reads the last states; zeros where left out.
 */
export function recurrentBackward(
  layer: RecurrentLayer,
  trace: LayerTrace,
  dHidden: Float64Array,
  dFinalStates?: readonly Float64Array[],
): LayerBackward {
  const { cell, hiddenSize, b } = layer;
  const { steps, batch, states } = trace;
  const slot = batch * hiddenSize;
  const terms: GradientTerms = {
    inputs: trace.inputs,
    previousHidden: states[0]!.subarray(0, steps * slot),
    dInputSums: new Float64Array(steps * batch * b.length),
    dRecurrentSums: new Float64Array(steps * batch * b.length),
    dVectors: cell.vectors.map(() => new Float64Array(steps * slot)),
  };
  let dStates: Float64Array[] = states.map((_, s) =>
    Float64Array.from(dFinalStates?.[s] ?? new Float64Array(slot)),
  );
  let direct: Float64Array[] = dStates;
  for (let t = steps - 1; t >= 0; t--) {
    for (let index = 0; index < slot; index++) dStates[0]![index]! += dHidden[t * slot + index]!;
    direct = backwardStep(layer, trace, terms, dStates, t);
    dStates = direct.map((state) => state.slice());
    addProductWithTransposed(
      dStates[0]!,
      stepOf(terms.dRecurrentSums, t, steps),
      recurrentRows(layer),
      batch,
      hiddenSize,
      b.length,
    );
  }
  const magnitudes = direct.map(absolute);
  const first = absolute(stepOf(terms.dRecurrentSums, 0, steps));
  addProductWithTransposed(
    magnitudes[0]!,
    first,
    absolute(recurrentRows(layer)),
    batch,
    hiddenSize,
    b.length,
  );
  return { terms, dInitialStates: dStates, dInitialStatesMagnitude: magnitudes };
}

/** Writes step t of `terms`. @returns the direct part of the gradients of the states in slot t. */
function backwardStep(
  layer: RecurrentLayer,
  trace: LayerTrace,
  terms: GradientTerms,
  dStates: readonly Float64Array[],
  t: number,
): Float64Array[] {
  const { cell, hiddenSize: H, b } = layer;
  const slot = trace.batch * H;
  const dStatesIn = dStates.map(() => new Float64Array(slot));
  for (let index = 0; index < slot; index++) {
    const unit = index % H;
    const row = (index - unit) / H;
    const gradient = cell.backward({
      dStateOut: valuesAt(dStates, index),
      stateIn: valuesAt(trace.states, t * slot + index),
      stateOut: valuesAt(trace.states, (t + 1) * slot + index),
      saved: valuesAt(trace.saved, t * slot + index),
      vectors: valuesAt(layer.vectors, unit),
    });
    const gates = (t * trace.batch + row) * b.length + unit;
    setGatesOf(terms.dInputSums, gates, H, gradient.dInputSum);
    setGatesOf(terms.dRecurrentSums, gates, H, gradient.dRecurrentSum);
    setValuesAt(dStatesIn, index, gradient.dStateIn);
    setValuesAt(terms.dVectors, t * slot + index, gradient.dVectors);
  }
  return dStatesIn;
}

/** dx = dInputSum·Wxᵀ. @returns `[T, B, I]` */
export function recurrentInputGradient(layer: RecurrentLayer, dInputSums: Float64Array): Float64Array {
  const rows = dInputSums.length / layer.b.length;
  const dInputs = new Float64Array(rows * layer.inputSize);
  addProductWithTransposed(dInputs, dInputSums, inputRows(layer), rows, layer.inputSize, layer.b.length);
  return dInputs;
}

/** Adds the gradients of W, b and the vectors onto `gradient`: dW = [x ‖ h(t−1)]ᵀ·dSum over all T·B rows. */
export function addRecurrentGradient(gradient: RecurrentLayer, terms: GradientTerms): void {
  const { inputSize, hiddenSize, b } = gradient;
  const rows = terms.dInputSums.length / b.length;
  addTransposedProduct(inputRows(gradient), terms.inputs, terms.dInputSums, rows, inputSize, b.length);
  addTransposedProduct(
    recurrentRows(gradient),
    terms.previousHidden,
    terms.dRecurrentSums,
    rows,
    hiddenSize,
    b.length,
  );
  addColumnSums(b, terms.dInputSums);
  gradient.vectors.forEach((vector, v) => addColumnSums(vector, terms.dVectors[v]!));
}

/** The terms' absolute values, so that the same sums give the magnitude against which rounding is judged. */
export function absoluteTerms(terms: GradientTerms): GradientTerms {
  return {
    inputs: absolute(terms.inputs),
    previousHidden: absolute(terms.previousHidden),
    dInputSums: absolute(terms.dInputSums),
    dRecurrentSums: absolute(terms.dRecurrentSums),
    dVectors: terms.dVectors.map(absolute),
  };
}

function inputRows({ W, inputSize, b }: RecurrentLayer): Float64Array {
  return W.subarray(0, inputSize * b.length);
}

function recurrentRows({ W, inputSize, b }: RecurrentLayer): Float64Array {
  return W.subarray(inputSize * b.length);
}

function stepOf(sequence: Float64Array, t: number, steps: number): Float64Array {
  const size = sequence.length / steps;
  return sequence.subarray(t * size, (t + 1) * size);
}

function gatesOf(sums: Float64Array, first: number, stride: number, gates: number): number[] {
  const values: number[] = [];
  for (let gate = 0; gate < gates; gate++) values.push(sums[first + gate * stride]!);
  return values;
}

function setGatesOf(sums: Float64Array, first: number, stride: number, values: readonly number[]): void {
  for (let gate = 0; gate < values.length; gate++) sums[first + gate * stride] = values[gate]!;
}

function valuesAt(arrays: readonly Float64Array[], index: number): number[] {
  const values: number[] = [];
  for (let array = 0; array < arrays.length; array++) values.push(arrays[array]![index]!);
  return values;
}

function setValuesAt(arrays: readonly Float64Array[], index: number, values: readonly number[]): void {
  for (let array = 0; array < arrays.length; array++) arrays[array]![index] = values[array]!;
}
