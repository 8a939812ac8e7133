/**
 * One set of recurrent weights over a whole sequence, with any cell, in either direction of time. T time steps, B rows,
 * I inputs, H units, G gates. States keep T + 1 slots: slot t + 1 is after time step t and slot 0 the initial one; in
 * reverse, slot t is after time step t, and slot T the initial one. Past a sequence's end states are copied on.
 */
import { type CellStep, FREE, type Held, type ReferenceCell } from './cell.ts';
import { type Extent, isLive } from './extent.ts';
import type { HeldUnits } from './forcing.ts';
import { addProduct, repeatedRow, scale } from './matrix.ts';

export interface RecurrentLayer {
  readonly cell: ReferenceCell;
  readonly reverse: boolean;
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[I + H, G·H]`, the input's rows first, gates stacked by block. */
  readonly W: Float64Array;
  /** `[G·H]` */
  readonly b: Float64Array;
  /** The cell's own vectors, each `[H]`. */
  readonly vectors: readonly Float64Array[];
}

/** `[T, B, I]` numbers, or `[T, B]` tokens, which stand for one-hot vectors. */
export type LayerInputs = Float64Array | Uint32Array;

/** What h becomes when it is made or, initially, given: such as its rounding. @param place in `[T + 1, B, H]`. */
export type Rounding = (h: number, place: number) => number;

export interface RecurrentUse extends Extent {
  /** One `[B, H]` per state; zeros where left out. */
  readonly initialStates?: readonly Float64Array[] | undefined;
  /** `[T, B, H]` what h(t−1) is multiplied by where W reads it at time step t: dropout. */
  readonly recurrentScales?: Float64Array | undefined;
  readonly held?: HeldUnits | undefined;
  /** Left out: h is as it is made. A gradient passes it as it is. */
  readonly rounding?: Rounding | undefined;
}

/** What a forward pass leaves for the backward pass. */
export interface LayerTrace {
  readonly use: RecurrentUse;
  readonly inputs: LayerInputs;
  /** One `[T + 1, B, H]` per state; the first is h. */
  readonly states: readonly Float64Array[];
  /** `[T, B, H]`, h(t−1) as W reads it. */
  readonly readHidden: Float64Array;
  /** One `[T, B, H]` per saved value of the cell; 0 past a sequence's end. */
  readonly saved: readonly Float64Array[];
}

export function recurrentForward(layer: RecurrentLayer, inputs: LayerInputs, use: RecurrentUse): LayerTrace {
  const { cell, hiddenSize, reverse, b } = layer;
  const { steps, batch } = use;
  const slot = batch * hiddenSize;
  const states = cell.states.map(() => new Float64Array((steps + 1) * slot));
  use.initialStates?.forEach((state, s) => states[s]!.set(state, reverse ? steps * slot : 0));
  roundHidden(states, use, reverse ? steps : 0, slot);
  const before = reverse ? slot : 0;
  const trace: LayerTrace = {
    use,
    inputs,
    states,
    readHidden: use.recurrentScales
      ? new Float64Array(steps * slot)
      : states[0]!.subarray(before, before + steps * slot),
    saved: Array.from({ length: cell.saved }, () => new Float64Array(steps * slot)),
  };
  const sums = repeatedRow(b, steps * batch);
  addInputSums(sums, layer, inputs);
  for (const t of timeSteps(layer, steps)) forwardStep(layer, trace, sums, t);
  return trace;
}

/** The time steps in the order in which the layer reads them. */
export function timeSteps({ reverse }: RecurrentLayer, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => (reverse ? steps - 1 - index : index));
}

/** The slots of the states that time step t reads and writes. */
export function slotsOf({ reverse }: RecurrentLayer, t: number): { from: number; to: number } {
  return reverse ? { from: t + 1, to: t } : { from: t, to: t + 1 };
}

/** sums += x·Wx; a token's part is its row of Wx. */
function addInputSums(sums: Float64Array, layer: RecurrentLayer, inputs: LayerInputs): void {
  const { inputSize, b } = layer;
  const width = b.length;
  if (inputs instanceof Float64Array) {
    addProduct(sums, inputs, inputRows(layer), sums.length / width, inputSize, width);
    return;
  }
  inputs.forEach((token, row) => {
    for (let c = 0; c < width; c++) sums[row * width + c]! += layer.W[token * width + c]!;
  });
}

function forwardStep(layer: RecurrentLayer, trace: LayerTrace, inputSums: Float64Array, t: number): void {
  const { cell, hiddenSize: H, b } = layer;
  const { use, states, saved } = trace;
  const { batch, lengths, held } = use;
  const slot = batch * H;
  const { from, to } = slotsOf(layer, t);
  const recurrentSums = new Float64Array(batch * b.length);
  addProduct(recurrentSums, hiddenAsRead(layer, trace, t), recurrentRows(layer), batch, H, b.length);

  for (let index = 0; index < slot; index++) {
    const unit = index % H;
    const row = (index - unit) / H;
    const stateIn = valuesAt(states, from * slot + index);
    if (lengths && !isLive(use, t, row)) {
      setValuesAt(states, to * slot + index, stateIn);
      continue;
    }
    const step: CellStep = {
      inputSum: gatesOf(inputSums, (t * batch + row) * b.length + unit, H, cell.gates),
      recurrentSum: gatesOf(recurrentSums, row * b.length + unit, H, cell.gates),
      stateIn,
      vectors: valuesAt(layer.vectors, unit),
      held: held ? held.gates[unit]! : FREE,
    };
    const result = cell.forward(step);
    setValuesAt(states, to * slot + index, result.stateOut);
    if (held) holdStates(states, to * slot + index, held.states[unit]!);
    setValuesAt(saved, t * slot + index, result.saved);
  }
  roundHidden(states, use, to, slot);
}

/** Of the states' slot with that number, `length` = B·H. Of what is rounded nothing changes. */
function roundHidden(
  [hidden]: readonly Float64Array[],
  { rounding, firstTime = 0 }: RecurrentUse,
  number: number,
  length: number,
): void {
  if (!rounding) return;
  for (let index = 0; index < length; index++) {
    const at = number * length + index;
    hidden![at] = rounding(hidden![at]!, firstTime * length + at);
  }
}

function holdStates(states: readonly Float64Array[], index: number, held: Held): void {
  held.forEach((value, s) => {
    if (value !== undefined) states[s]![index] = value;
  });
}

/** h(t−1) as W reads it at time step t, `[B, H]`: with what is dropped of it. */
function hiddenAsRead(
  layer: RecurrentLayer,
  { use, states, readHidden }: LayerTrace,
  t: number,
): Float64Array {
  const slot = use.batch * layer.hiddenSize;
  const read = readHidden.subarray(t * slot, (t + 1) * slot);
  if (use.recurrentScales) {
    const { from } = slotsOf(layer, t);
    read.set(states[0]!.subarray(from * slot, (from + 1) * slot));
    scale(read, use.recurrentScales.subarray(t * slot, (t + 1) * slot));
  }
  return read;
}

/** `[T, B, H]`: h after each time step, without the initial slot. */
export function hiddenSequence({ reverse, hiddenSize }: RecurrentLayer, trace: LayerTrace): Float64Array {
  const slot = trace.use.batch * hiddenSize;
  const first = reverse ? 0 : slot;
  return trace.states[0]!.subarray(first, first + trace.use.steps * slot);
}

/** One `[B, H]` per state: after the last time step that the layer has read. */
export function finalStatesOf({ reverse, hiddenSize }: RecurrentLayer, trace: LayerTrace): Float64Array[] {
  const slot = trace.use.batch * hiddenSize;
  const first = reverse ? 0 : trace.use.steps * slot;
  return trace.states.map((state) => state.slice(first, first + slot));
}

export function inputRows({ W, inputSize, b }: RecurrentLayer): Float64Array {
  return W.subarray(0, inputSize * b.length);
}

export function recurrentRows({ W, inputSize, b }: RecurrentLayer): Float64Array {
  return W.subarray(inputSize * b.length);
}

function gatesOf(sums: Float64Array, first: number, stride: number, gates: number): number[] {
  const values: number[] = [];
  for (let gate = 0; gate < gates; gate++) values.push(sums[first + gate * stride]!);
  return values;
}

/** One number of each array. */
export function valuesAt(arrays: readonly Float64Array[], index: number): number[] {
  const values: number[] = [];
  for (let array = 0; array < arrays.length; array++) values.push(arrays[array]![index]!);
  return values;
}

export function setValuesAt(arrays: readonly Float64Array[], index: number, values: readonly number[]): void {
  for (let array = 0; array < arrays.length; array++) arrays[array]![index] = values[array]!;
}
