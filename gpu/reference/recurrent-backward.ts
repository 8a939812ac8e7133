/** One set of recurrent weights backward through time: see recurrent.ts for the shapes. */
import { FREE, type Held } from './cell.ts';
import { isLive } from './extent.ts';
import {
  absolute,
  add,
  addColumnSums,
  addProduct,
  addTransposedProduct,
  type Part,
  scale,
  transposed,
} from './matrix.ts';
import {
  inputRows,
  type LayerInputs,
  type LayerTrace,
  type RecurrentLayer,
  recurrentRows,
  setValuesAt,
  slotsOf,
  timeSteps,
  valuesAt,
} from './recurrent.ts';

/** A gradient, and the same sums over the absolute values of their terms. */
export interface Gradient {
  readonly values: Float64Array;
  readonly magnitude: Float64Array;
}

/** The operands of the sums over T·B that make the parameters' gradients. */
export interface GradientTerms {
  /** `[T·B, I]`, or `[T·B]` tokens. */
  readonly inputs: LayerInputs;
  /** `[T·B, H]`, h(t−1) as W reads it. */
  readonly readHidden: Float64Array;
  /** `[T·B, G·H]`; 0 past a sequence's end. */
  readonly dInputSums: Float64Array;
  /** `[T·B, G·H]` */
  readonly dRecurrentSums: Float64Array;
  /** One `[T·B, H]` per vector of the cell. */
  readonly dVectors: readonly Float64Array[];
}

export interface LayerBackward {
  readonly terms: GradientTerms;
  /** `[T, B, H]` ∂L/∂h(t), all that reaches it; 0 past a sequence's end. */
  readonly dHidden: Float64Array;
  /** One `[B, H]` per state. */
  readonly dInitialStates: readonly Gradient[];
}

/** The gradients of the states on their way back. */
interface Sweep {
  /** One `[B, H]` per state. */
  readonly dStates: readonly Float64Array[];
  /** The same of the last live step, without what came through W. */
  readonly direct: readonly Float64Array[];
}

/**
 * @param dHidden `[T, B, H]` gradient of each h(t) from above the layer; zeros where left out.
 * @param dFinalStates one `[B, H]` per state, from whatever reads the last states; zeros where left out.
 */
export function recurrentBackward(
  layer: RecurrentLayer,
  trace: LayerTrace,
  dHidden?: Float64Array,
  dFinalStates?: readonly Float64Array[],
): LayerBackward {
  const { cell, hiddenSize, b } = layer;
  const { steps, batch, recurrentScales } = trace.use;
  const slot = batch * hiddenSize;
  const terms: GradientTerms = {
    inputs: trace.inputs,
    readHidden: trace.readHidden,
    dInputSums: new Float64Array(steps * batch * b.length),
    dRecurrentSums: new Float64Array(steps * batch * b.length),
    dVectors: cell.vectors.map(() => new Float64Array(steps * slot)),
  };
  const backward: LayerBackward = {
    terms,
    dHidden: dHidden?.slice() ?? new Float64Array(steps * slot),
    dInitialStates: [],
  };
  const dStates = cell.states.map((_, s) => dFinalStates?.[s]?.slice() ?? new Float64Array(slot));
  const sweep: Sweep = { dStates, direct: dStates.map((state) => state.slice()) };
  const back = transposed(recurrentRows(layer), hiddenSize, b.length);
  for (const t of timeSteps(layer, steps).toReversed()) {
    backwardStep(layer, trace, backward, sweep, t);
    const dSums = stepOf(terms.dRecurrentSums, t, steps);
    if (!recurrentScales) {
      addProduct(dStates[0]!, dSums, back, batch, b.length, hiddenSize);
      continue;
    }
    const dRead = new Float64Array(slot);
    addProduct(dRead, dSums, back, batch, b.length, hiddenSize);
    scale(dRead, stepOf(recurrentScales, t, steps));
    add(dStates[0]!, dRead);
  }
  const dInitialStates = dStates.map((values, s) => ({
    values,
    // Training does not ask for it.
    get magnitude() {
      const direct = absolute(sweep.direct[s]!);
      if (s === 0) add(direct, magnitudeThroughWeights(layer, trace, terms));
      return direct;
    },
  }));
  return { ...backward, dInitialStates };
}

/** Writes step t of the terms and of dHidden, and the direct part of the gradients of the states before it. */
function backwardStep(
  layer: RecurrentLayer,
  trace: LayerTrace,
  { terms, dHidden }: LayerBackward,
  { dStates, direct }: Sweep,
  t: number,
): void {
  const { cell, hiddenSize: H, b } = layer;
  const { use, states, saved } = trace;
  const { lengths, held } = use;
  const slot = use.batch * H;
  const { from, to } = slotsOf(layer, t);
  for (let index = 0; index < slot; index++) {
    const unit = index % H;
    const row = (index - unit) / H;
    if (lengths && !isLive(use, t, row)) {
      dHidden[t * slot + index] = 0;
      continue;
    }
    const dStateOut = valuesAt(dStates, index);
    dStateOut[0]! += dHidden[t * slot + index]!;
    dHidden[t * slot + index] = dStateOut[0]!;
    if (held) clearHeld(dStateOut, held.states[unit]!);
    const gradient = cell.backward({
      dStateOut,
      stateIn: valuesAt(states, from * slot + index),
      stateOut: valuesAt(states, to * slot + index),
      saved: valuesAt(saved, t * slot + index),
      vectors: valuesAt(layer.vectors, unit),
      held: held ? held.gates[unit]! : FREE,
    });
    const gates = (t * use.batch + row) * b.length + unit;
    setGatesOf(terms.dInputSums, gates, H, gradient.dInputSum);
    setGatesOf(terms.dRecurrentSums, gates, H, gradient.dRecurrentSum);
    setValuesAt(direct, index, gradient.dStateIn);
    setValuesAt(dStates, index, gradient.dStateIn);
    setValuesAt(terms.dVectors, t * slot + index, gradient.dVectors);
  }
}

/** What is held depends on nothing. */
function clearHeld(dStates: number[], held: Held): void {
  held.forEach((value, s) => {
    if (value !== undefined) dStates[s] = 0;
  });
}

/** scales ∘ |dRecurrentSum|·|Wh|ᵀ of the first step that each sequence has read, `[B, H]`. */
function magnitudeThroughWeights(
  layer: RecurrentLayer,
  { use }: LayerTrace,
  { dRecurrentSums }: GradientTerms,
): Float64Array {
  const { hiddenSize: H, b, reverse } = layer;
  const G = b.length;
  const magnitude = new Float64Array(use.batch * H);
  const back = transposed(absolute(recurrentRows(layer)), H, G);
  for (let row = 0; row < use.batch; row++) {
    const t = reverse ? (use.lengths?.[row] ?? use.steps) - 1 : 0;
    const at = t * use.batch + row;
    const part = magnitude.subarray(row * H, (row + 1) * H);
    addProduct(part, absolute(dRecurrentSums.subarray(at * G, (at + 1) * G)), back, 1, G, H);
    scale(part, use.recurrentScales?.subarray(at * H, (at + 1) * H));
  }
  return magnitude;
}

/** dx = dInputSum·Wxᵀ. @returns `[T, B, I]` */
export function recurrentInputGradient(layer: RecurrentLayer, dInputSums: Float64Array): Float64Array {
  const { inputSize, b } = layer;
  const rows = dInputSums.length / b.length;
  const dInputs = new Float64Array(rows * inputSize);
  addProduct(
    dInputs,
    dInputSums,
    transposed(inputRows(layer), inputSize, b.length),
    rows,
    b.length,
    inputSize,
  );
  return dInputs;
}

/** Adds the gradients of W, b and the vectors onto `gradient`: dW = [x ‖ h(t−1)]ᵀ·dSum over all T·B rows. */
export function addRecurrentGradient(gradient: RecurrentLayer, terms: GradientTerms): void {
  const { hiddenSize, b } = gradient;
  const rows = terms.dInputSums.length / b.length;
  addInputGradient(gradient, terms);
  addTransposedProduct(
    recurrentRows(gradient),
    terms.readHidden,
    terms.dRecurrentSums,
    rows,
    hiddenSize,
    b.length,
  );
  addColumnSums(b, terms.dInputSums);
  gradient.vectors.forEach((vector, v) => addColumnSums(vector, terms.dVectors[v]!));
}

/** dWx += xᵀ·dInputSum; of tokens, each dInputSum is added to its token's row. */
function addInputGradient(gradient: RecurrentLayer, { inputs, dInputSums }: GradientTerms): void {
  const { inputSize, b } = gradient;
  if (inputs instanceof Float64Array) {
    const rows = dInputSums.length / b.length;
    addTransposedProduct(inputRows(gradient), inputs, dInputSums, rows, inputSize, b.length);
  } else {
    addRowsByToken(gradient.W, inputs, dInputSums, b.length);
  }
}

/** table[token of row r] += rows[r], for tables and rows of one width. */
export function addRowsByToken(
  table: Float64Array,
  tokens: Uint32Array,
  rows: Float64Array,
  width: number,
): void {
  tokens.forEach((token, row) => {
    for (let c = 0; c < width; c++) table[token * width + c]! += rows[row * width + c]!;
  });
}

/** The terms, or their absolute values: the same sums of those are what rounding is judged against. */
export function partOfTerms(terms: GradientTerms, part: Part): GradientTerms {
  return {
    inputs: terms.inputs instanceof Float64Array ? part(terms.inputs) : terms.inputs,
    readHidden: part(terms.readHidden),
    dInputSums: part(terms.dInputSums),
    dRecurrentSums: part(terms.dRecurrentSums),
    dVectors: terms.dVectors.map(part),
  };
}

function stepOf(sequence: Float64Array, t: number, steps: number): Float64Array {
  const size = sequence.length / steps;
  return sequence.subarray(t * size, (t + 1) * size);
}

function setGatesOf(sums: Float64Array, first: number, stride: number, values: readonly number[]): void {
  for (let gate = 0; gate < values.length; gate++) sums[first + gate * stride] = values[gate]!;
}
