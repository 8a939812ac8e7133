/**
 * One recurrent layer and a linear readout in float32 and plain loops: what a page would do without a library and
 * without a GPU. Layouts as the runtime's: W `[I + H, G·H]`, time-major sequences, states with T + 1 slots.
 */
import { parameterLayout, type ParameterLayout, type RunConfiguration } from '../../../gpu/index.ts';
import { type Batch, GATES, type Job } from '../../cases.ts';
import { LOOP_CELLS, type LoopCell, type Step } from './cells.ts';
import { addProduct, addProductTransposed, addRows, addTransposedProduct, fillRows } from './matrix.ts';

/** Parameters, or their gradients, as views of one flat array. */
interface Weights {
  readonly Wx: Float32Array;
  readonly Wh: Float32Array;
  readonly b: Float32Array;
  /** Empty where the cell is no GRU. */
  readonly bn: Float32Array;
  readonly U: Float32Array;
  readonly d: Float32Array;
}

function weightsOf(flat: Float32Array, layout: ParameterLayout, inputs: number): Weights {
  const view = (end: string): Float32Array => {
    const found = layout.views.find(({ name }) => name.endsWith(end));
    return found ? flat.subarray(found.offset, found.offset + found.length) : new Float32Array(0);
  };
  const W = view('.W');
  const b = view('.b');
  return {
    Wx: W.subarray(0, inputs * b.length),
    Wh: W.subarray(inputs * b.length),
    b,
    bn: view('.bn'),
    U: view('readout.U'),
    d: view('readout.d'),
  };
}

export class LoopNetwork {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly #weights: Weights;
  readonly #gradients: Weights;
  readonly #cell: LoopCell;
  readonly #sizes: { steps: number; batch: number; I: number; H: number; S: number };
  /** Input sums, then gates, then gradients of the input sums, `[T, B, G·H]`; and the recurrent ones. */
  readonly #x: Float32Array;
  readonly #u: Float32Array;
  /** `[T + 1, B, H]` */
  readonly #h: Float32Array;
  readonly #c: Float32Array;
  /** `[T, B, I]` */
  readonly #outputs: Float32Array;
  /** `[B, H]` */
  readonly #dh: Float32Array;
  readonly #dc: Float32Array;

  /** @param batch and steps of what it is run on, at the most. */
  constructor(
    { test, cell }: Job,
    { model }: RunConfiguration,
    parameters: Float32Array,
    { batch, steps }: { batch: number; steps: number },
  ) {
    const layout = parameterLayout(model);
    const { input: I, hidden: H } = test;
    const S = GATES[cell] * H;
    this.parameters = parameters.slice();
    this.gradient = new Float32Array(parameters.length);
    this.#weights = weightsOf(this.parameters, layout, I);
    this.#gradients = weightsOf(this.gradient, layout, I);
    this.#cell = LOOP_CELLS[cell];
    this.#sizes = { steps, batch, I, H, S };
    this.#x = new Float32Array(steps * batch * S);
    this.#u = new Float32Array(steps * batch * S);
    this.#h = new Float32Array((steps + 1) * batch * H);
    this.#c = new Float32Array((steps + 1) * batch * H);
    this.#outputs = new Float32Array(steps * batch * I);
    this.#dh = new Float32Array(batch * H);
    this.#dc = new Float32Array(batch * H);
  }

  get bytes(): number {
    const held = [this.parameters, this.gradient, this.#x, this.#u, this.#h, this.#c];
    return [...held, this.#outputs, this.#dh, this.#dc].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Outputs `[T, B, I]` of a sequence that begins with the states of slot 0. */
  forward(inputs: Float32Array): Float32Array {
    const { steps, batch, I, H, S } = this.#sizes;
    const { Wx, Wh, b, U, d } = this.#weights;
    fillRows(this.#x, b, steps * batch);
    addProduct(this.#x, inputs, Wx, [steps * batch, I, S]);
    this.#u.fill(0);
    for (let t = 0; t < steps; t += 1) {
      const step = this.#step(t);
      addProduct(step.u, step.hIn, Wh, [batch, H, S]);
      this.#cell.forward(step);
    }
    fillRows(this.#outputs, d, steps * batch);
    addProduct(this.#outputs, this.#h.subarray(batch * H), U, [steps * batch, H, I]);
    return this.#outputs;
  }

  /** After `forward` from zero states: the mean squared error, and its gradient in `gradient`. */
  backward({ inputs, targets }: Batch): number {
    const { steps, batch, I, H, S } = this.#sizes;
    const { Wh, U } = this.#weights;
    const gradients = this.#gradients;
    const slot = batch * H;
    const rows = steps * batch;
    const { loss, dOutputs } = meanSquaredError(this.#outputs, targets);
    this.gradient.fill(0);
    addTransposedProduct(gradients.U, this.#h.subarray(slot), dOutputs, [H, rows, I]);
    addRows(gradients.d, dOutputs, rows);
    this.#dh.fill(0);
    this.#dc.fill(0);
    for (let t = steps - 1; t >= 0; t -= 1) {
      const step = this.#step(t);
      addProductTransposed(this.#dh, dOutputs.subarray(t * batch * I, (t + 1) * batch * I), U, [batch, I, H]);
      this.#cell.backward({ ...step, dh: this.#dh, dc: this.#dc });
      addProductTransposed(this.#dh, step.u, Wh, [batch, S, H]);
    }
    addTransposedProduct(gradients.Wx, inputs, this.#x, [I, rows, S]);
    addTransposedProduct(gradients.Wh, this.#h, this.#u, [H, rows, S]);
    addRows(gradients.b, this.#x, rows);
    if (gradients.bn.length > 0) this.#addSecondBias(gradients.bn, rows);
    return loss;
  }

  /** The states after the last time step become those before the first. */
  carryOn(): void {
    const { steps, batch, H } = this.#sizes;
    this.#h.copyWithin(0, steps * batch * H);
    this.#c.copyWithin(0, steps * batch * H);
  }

  #addSecondBias(bn: Float32Array, rows: number): void {
    const { H, S } = this.#sizes;
    for (let row = 0; row < rows; row += 1) {
      for (let unit = 0; unit < H; unit += 1) bn[unit]! += this.#u[row * S + 2 * H + unit]!;
    }
  }

  #step(t: number): Step {
    const { batch, H, S } = this.#sizes;
    const slot = batch * H;
    const sums = batch * S;
    return {
      batch,
      hidden: H,
      x: this.#x.subarray(t * sums, (t + 1) * sums),
      u: this.#u.subarray(t * sums, (t + 1) * sums),
      bn: this.#weights.bn,
      hIn: this.#h.subarray(t * slot, (t + 1) * slot),
      hOut: this.#h.subarray((t + 1) * slot, (t + 2) * slot),
      cIn: this.#c.subarray(t * slot, (t + 1) * slot),
      cOut: this.#c.subarray((t + 1) * slot, (t + 2) * slot),
    };
  }
}

/** L = Σ (y − target)² / n, and dL/dy in place of y. */
function meanSquaredError(
  outputs: Float32Array,
  targets: Float32Array,
): { loss: number; dOutputs: Float32Array } {
  let squares = 0;
  for (let index = 0; index < outputs.length; index += 1) {
    const difference = outputs[index]! - targets[index]!;
    squares += difference * difference;
    outputs[index] = (2 * difference) / outputs.length;
  }
  return { loss: squares / outputs.length, dOutputs: outputs };
}
