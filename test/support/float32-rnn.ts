/**
 * A second, independent account of the simple recurrent network, forward and backward, rounded to float32 after
 * every operation, as a GPU computes it; and ways to get it wrong. It judges the comparisons: correct float32 code
 * must pass them and every mutant must fail.
 */
import { parameterLayout, parameterView } from '../../gpu/model/parameters.ts';
import type { Problem } from './problem.ts';

export const forwardMutants = [
  'bias dropped',
  'readout bias dropped',
  'recurrence dropped',
  'recurrent rows transposed',
  'input read one step late',
  'initial state ignored',
  'state two steps old',
  'states of neighbouring rows swapped',
  'tanh good to 1e-5',
  'identity for tanh',
] as const;

export const backwardMutants = [
  'derivative 1',
  'derivative 1 − h',
  'derivative at the state before',
  'no gradient through time',
  'gradient through time not transposed',
  'gradient of the last states ignored',
  'dW with the state after',
  'dW with the input one step late',
  'db without the first step',
  'dW without the last row',
  'dU with the state before',
  'dd dropped',
  'dW scaled by 1.0001',
  'gradient of the layer above ignored',
] as const;

export type Mutant = (typeof forwardMutants)[number] | (typeof backwardMutants)[number];

export interface Float32Result {
  readonly outputs: Float32Array;
  readonly parameters: Float32Array;
  readonly inputs: Float32Array;
}

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  at(row: number, column: number): number;
}

/** One layer's `[T + 1, B, H]` states and `[T, B, I]` inputs. */
interface Trace {
  readonly inputs: Float32Array;
  readonly states: Float32Array;
}

const round = Math.fround;

export function float32Rnn(problem: Problem, mutant?: Mutant): Float32Result {
  const traces: Trace[] = [];
  let sequence = problem.inputs;
  problem.model.layers.forEach(({ hiddenSize }, layer) => {
    const states = forwardLayer(problem, layer, sequence, mutant);
    traces.push({ inputs: sequence, states });
    sequence = states.subarray(problem.batch * hiddenSize);
  });
  const gradient = new Float32Array(problem.parameters.length);
  let dSequence = backwardReadout(problem, traces.at(-1)!.states, gradient, mutant);
  for (let layer = traces.length - 1; layer >= 0; layer--) {
    const last = layer === traces.length - 1;
    if (!last && mutant === 'gradient of the layer above ignored') dSequence = dSequence.map(() => 0);
    dSequence = backwardLayer(problem, layer, traces[layer]!, dSequence, gradient, mutant);
  }
  return { outputs: forwardReadout(problem, sequence, mutant), parameters: gradient, inputs: dSequence };
}

function forwardLayer(problem: Problem, layer: number, inputs: Float32Array, mutant?: Mutant): Float32Array {
  const { steps, batch, initialStates } = problem;
  const { Wx, Wh, b } = layerWeights(problem, layer);
  const H = Wh.rows;
  const states = new Float32Array((steps + 1) * batch * H);
  if (mutant !== 'initial state ignored') states.set(initialStates[layer]![0]!);
  const recurrentSize = mutant === 'recurrence dropped' ? 0 : H;
  const age = mutant === 'state two steps old' ? 1 : 0;
  for (let t = 0; t < steps; t++) {
    for (let row = 0; row < batch; row++) {
      const from = mutant === 'input read one step late' ? Math.max(t - 1, 0) : t;
      const x = inputs.subarray((from * batch + row) * Wx.rows, (from * batch + row + 1) * Wx.rows);
      const neighbour = mutant === 'states of neighbouring rows swapped' ? (row + 1) % batch : row;
      const previous = (Math.max(t - age, 0) * batch + neighbour) * H;
      for (let unit = 0; unit < H; unit++) {
        let sum = mutant === 'bias dropped' ? 0 : b[unit]!;
        x.forEach((value, i) => (sum = round(sum + round(value * Wx.at(i, unit)))));
        for (let i = 0; i < recurrentSize; i++) {
          const weight = mutant === 'recurrent rows transposed' ? Wh.at(unit, i) : Wh.at(i, unit);
          sum = round(sum + round(states[previous + i]! * weight));
        }
        states[((t + 1) * batch + row) * H + unit] = activation(sum, mutant);
      }
    }
  }
  return states;
}

function activation(sum: number, mutant?: Mutant): number {
  if (mutant === 'identity for tanh') return sum;
  const error = mutant === 'tanh good to 1e-5' ? 1e-5 * Math.sin(1e4 * sum) : 0;
  return round(Math.tanh(sum) + error);
}

function forwardReadout(problem: Problem, hidden: Float32Array, mutant?: Mutant): Float32Array {
  const { U, d } = readout(problem);
  return Float32Array.from({ length: problem.steps * problem.batch * U.columns }, (_, index) => {
    const output = index % U.columns;
    const row = (index - output) / U.columns;
    let sum = mutant === 'readout bias dropped' ? 0 : d[output]!;
    for (let i = 0; i < U.rows; i++) sum = round(sum + round(hidden[row * U.rows + i]! * U.at(i, output)));
    return sum;
  });
}

/** Writes dU and dd. @returns dh `[T, B, H]` */
function backwardReadout(
  problem: Problem,
  states: Float32Array,
  gradient: Float32Array,
  mutant?: Mutant,
): Float32Array {
  const { dOutputs, batch, steps } = problem;
  const { U, d, at } = readout(problem);
  const hidden = mutant === 'dU with the state before' ? states : states.subarray(batch * U.rows);
  for (let index = 0; index < dOutputs.length; index++) {
    const output = index % U.columns;
    const row = (index - output) / U.columns;
    for (let i = 0; i < U.rows; i++) {
      add(gradient, at.U + i * U.columns + output, hidden[row * U.rows + i]! * dOutputs[index]!);
    }
    if (mutant !== 'dd dropped') add(gradient, at.d + (index % d.length), dOutputs[index]!);
  }
  return Float32Array.from({ length: steps * batch * U.rows }, (_, index) => {
    const unit = index % U.rows;
    const row = (index - unit) / U.rows;
    let sum = 0;
    for (let o = 0; o < U.columns; o++) {
      sum = round(sum + round(dOutputs[row * U.columns + o]! * U.at(unit, o)));
    }
    return sum;
  });
}

/** Writes dW and db of a layer. @returns dx `[T, B, I]` */
function backwardLayer(
  problem: Problem,
  layer: number,
  { inputs, states }: Trace,
  dHidden: Float32Array,
  gradient: Float32Array,
  mutant?: Mutant,
): Float32Array {
  const { steps, batch, dFinalStates } = problem;
  const { Wx, Wh } = layerWeights(problem, layer);
  const H = Wh.rows;
  const slot = batch * H;
  const recurrentSize = mutant === 'no gradient through time' ? 0 : H;
  const dInputs = new Float32Array(inputs.length);
  let carried = new Float32Array(slot);
  if (mutant !== 'gradient of the last states ignored') carried.set(dFinalStates[layer]![0]!);
  for (let t = steps - 1; t >= 0; t--) {
    const dSum = carried.map((value, index) => {
      const dh = round(value + dHidden[t * slot + index]!);
      return round(dh * derivative(states, (t + 1) * slot + index, slot, mutant));
    });
    carried = new Float32Array(slot);
    for (let index = 0; index < slot; index++) {
      const unit = index % H;
      const row = (index - unit) / H;
      for (let i = 0; i < recurrentSize; i++) {
        const weight = mutant === 'gradient through time not transposed' ? Wh.at(unit, i) : Wh.at(i, unit);
        add(carried, row * H + i, dSum[index]! * weight);
      }
      for (let i = 0; i < Wx.rows; i++) {
        add(dInputs, (t * batch + row) * Wx.rows + i, dSum[index]! * Wx.at(i, unit));
      }
    }
    addWeightGradient(problem, layer, { inputs, states }, dSum, t, gradient, mutant);
  }
  return dInputs;
}

function derivative(states: Float32Array, index: number, slot: number, mutant?: Mutant): number {
  if (mutant === 'derivative 1') return 1;
  const h = mutant === 'derivative at the state before' ? states[index - slot]! : states[index]!;
  return mutant === 'derivative 1 − h' ? round(1 - h) : round(1 - round(h * h));
}

/** Adds time step t's part of dW = [x ‖ h(t−1)]ᵀ·dSum and db = Σ dSum. */
function addWeightGradient(
  problem: Problem,
  layer: number,
  { inputs, states }: Trace,
  dSum: Float32Array,
  t: number,
  gradient: Float32Array,
  mutant?: Mutant,
): void {
  const { batch, steps } = problem;
  const { Wx, Wh, at } = layerWeights(problem, layer);
  const H = Wh.rows;
  const rows = mutant === 'dW without the last row' ? batch - 1 : batch;
  const scale = mutant === 'dW scaled by 1.0001' ? 1.0001 : 1;
  const inputStep = mutant === 'dW with the input one step late' ? Math.max(t - 1, 0) : t;
  const stateSlot = mutant === 'dW with the state after' ? Math.min(t + 1, steps) : t;
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < H; unit++) {
      const delta = dSum[row * H + unit]! * scale;
      for (let i = 0; i < Wx.rows; i++) {
        const x = inputs[(inputStep * batch + row) * Wx.rows + i]!;
        add(gradient, at.W + i * H + unit, x * delta);
      }
      for (let i = 0; i < H; i++) {
        const h = states[(stateSlot * batch + row) * H + i]!;
        add(gradient, at.W + (Wx.rows + i) * H + unit, h * delta);
      }
    }
  }
  for (let index = 0; index < dSum.length; index++) {
    if (t > 0 || mutant !== 'db without the first step') add(gradient, at.b + (index % H), dSum[index]!);
  }
}

/** values[index] += term, each step rounded. */
function add(values: Float32Array, index: number, term: number): void {
  values[index] = round(values[index]! + round(term));
}

function layerWeights(
  { model, parameters }: Problem,
  layer: number,
): { Wx: Matrix; Wh: Matrix; b: Float32Array; at: { W: number; b: number } } {
  const layout = parameterLayout(model);
  const { cell, hiddenSize: H } = model.layers[layer]!;
  const W = parameterView(layout, `${cell}.l${layer}.W`).offset;
  const b = parameterView(layout, `${cell}.l${layer}.b`).offset;
  const I = layer === 0 ? model.inputSize : model.layers[layer - 1]!.hiddenSize;
  return {
    Wx: matrixAt(parameters, W, I, H),
    Wh: matrixAt(parameters, W + I * H, H, H),
    b: parameters.subarray(b, b + H),
    at: { W, b },
  };
}

function readout({ model, parameters }: Problem): {
  U: Matrix;
  d: Float32Array;
  at: { U: number; d: number };
} {
  const layout = parameterLayout(model);
  const U = parameterView(layout, 'readout.U').offset;
  const d = parameterView(layout, 'readout.d').offset;
  const H = model.layers.at(-1)!.hiddenSize;
  return {
    U: matrixAt(parameters, U, H, model.outputSize),
    d: parameters.subarray(d, d + model.outputSize),
    at: { U, d },
  };
}

function matrixAt(values: Float32Array, offset: number, rows: number, columns: number): Matrix {
  return { rows, columns, at: (row, column) => values[offset + row * columns + column]! };
}
