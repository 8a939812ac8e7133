/**
 * A time step as a library does it that has no fused kernel: each operation a dispatch, which reads its operands from
 * memory and writes its result there. Only to compare with: it shows what fusion saves.
 *
 *     z(t) = [x(t) ‖ h(t−1)]      joined, and kept for dW          dh(t) += columns of dz(t+1)
 *     a(t) = z(t)·W                                                da(t) = the cell's equations back
 *     a(t) = a(t) + b                                              dz(t) = da(t)·Wᵀ, of which dx(t) += columns
 *     state(t) = the cell's equations, of a(t) and state(t−1)      dW += z(t)ᵀ·da(t), db += Σ da(t)
 *
 * A cell that needs the sums apart takes x·Wx + b and h·Wh as two products, and joins nothing; so does every cell whose
 * input sums are made before the steps. A gradient of W is added up step by step, as automatic differentiation does of a
 * weight that is used at each step. A cell's equations are one dispatch here, of which such a library makes one for each
 * activation, product and sum: what is compared with is rather better than that.
 */
import type { BufferSizes } from '../device/buffers.ts';
import * as library from '../kernels/library-unfused.ts';
import type { Recording } from '../kernels/plan.ts';
import { touching } from '../kernels/work.ts';
import { recordCopyColumns, recordJoinColumns } from './columns.ts';
import type { LayerContext, NamedBuffers, Place } from './context.ts';
import { recordProduct } from './linear.ts';
import { columnsOf, type ForwardBuffers, recurrentInputAt, type RecurrentLayer } from './recurrent-layer.ts';
import { forwardStep, variantOf } from './recurrent-step.ts';

/**
 * What the steps of a layer take besides, in floats: `joined` z [held, B, I + H] or, where the sums are apart,
 * `recurrentSums` [B, G·H] of a step; `stepSums` [B, G·H], a of a step or the input sums of it, unless they are made before.
 */
export function unfusedSizes(
  layer: RecurrentLayer,
  { batch, held, hoisted }: { readonly batch: number; readonly held: number; readonly hoisted: boolean },
): BufferSizes {
  const { cell, inputSize, hiddenSize } = layer;
  const sums = batch * columnsOf(layer);
  return {
    ...(hoisted || cell.splitsSums
      ? { recurrentSums: sums }
      : { joined: held * batch * (inputSize + hiddenSize) }),
    ...(hoisted ? {} : { stepSums: sums }),
  };
}

/** And backward: `dJoined`, dz [B, I + H] of a step, or where the sums are apart ∂L/∂h [B, H] alone. */
export function unfusedGradientSizes(
  { cell, inputSize, hiddenSize }: RecurrentLayer,
  { batch, hoisted }: { readonly batch: number; readonly hoisted: boolean },
): BufferSizes {
  return { dJoined: batch * ((hoisted || cell.splitsSums ? 0 : inputSize) + hiddenSize) };
}

/** Those buffers of a layer among all. @param key what their names begin with. */
export function unfusedBuffers(buffers: NamedBuffers, key: string): NamedBuffers {
  const names = ['joined', 'recurrentSums', 'stepSums', 'dJoined'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const buffer = buffers[`${key}.${name}`];
      return buffer ? [[name, buffer] as const] : [];
    }),
  );
}

export function isApart({ cell }: RecurrentLayer, { sums }: ForwardBuffers): boolean {
  return cell.splitsSums || sums !== undefined;
}

/** As `forwardStep`. */
export function forwardUnfused(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording[] {
  const { cell, hiddenSize } = layer;
  const { stepSums, recurrentSums } = at.unfused!;
  const units = at.batch * hiddenSize;
  const apart = isApart(layer, at);
  const { buffers, uniform } = forwardStep(context, layer, at, step, slot);
  const ofUnit = (apart ? 2 : 1) * cell.gates.length + 2 * cell.states.length + cell.saved;
  return [
    ...(apart ? apartSums(context, layer, at, step, slot) : joinedSums(context, layer, at, step, slot)),
    {
      ...library.forwardCell(
        context.family,
        cell,
        { ...variantOf(context, at), hoisted: false },
        apart,
        units,
      ),
      buffers: {
        ...buffers,
        ...(stepSums ? { inputs: stepSums } : {}),
        recurrent_sums: (recurrentSums ?? stepSums)!,
      },
      uniform: { ...uniform, ...(stepSums ? { input_at: 0 } : {}) },
      work: touching(ofUnit * units + cell.vectors.length * hiddenSize),
    },
  ];
}

/** z = [x ‖ h], a = z·W + b. */
function joinedSums(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording[] {
  const { inputSize, hiddenSize } = layer;
  const width = inputSize + hiddenSize;
  const z = joinedAt(layer, at, step);
  const a = { buffer: at.unfused!['stepSums']!, at: 0 };
  const h = { buffer: at.states, at: recurrentInputAt(layer, at, slot) };
  return [
    recordJoinColumns(context.family, at.batch, [inputSize, hiddenSize], [inputAt(layer, at, step), h], z),
    throughRows(context, layer, at.batch, [0, width], z, a),
    addBias(context, layer, at.batch, a),
  ];
}

/** x·Wx + b, unless it is there, and h·Wh. */
function apartSums(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  step: number,
  slot: number,
): Recording[] {
  const { inputSize, hiddenSize } = layer;
  const { stepSums, recurrentSums } = at.unfused!;
  const h = { buffer: at.states, at: recurrentInputAt(layer, at, slot) };
  const ofInput = (a: Place): Recording[] => [
    throughRows(context, layer, at.batch, [0, inputSize], inputAt(layer, at, step), a),
    addBias(context, layer, at.batch, a),
  ];
  return [
    ...(stepSums ? ofInput({ buffer: stepSums, at: 0 }) : []),
    throughRows(context, layer, at.batch, [inputSize, hiddenSize], h, {
      buffer: recurrentSums!,
      at: 0,
    }),
  ];
}

/** x(t), or its gradient, of a local time step, [B, I]. */
export function inputAt(
  { inputSize }: RecurrentLayer,
  { input, batch }: Pick<ForwardBuffers, 'input' | 'batch'>,
  step: number,
): Place {
  return { buffer: input.buffer, at: input.at + step * batch * inputSize };
}

/** z(t), [B, I + H]. */
export function joinedAt({ inputSize, hiddenSize }: RecurrentLayer, at: ForwardBuffers, step: number): Place {
  return { buffer: at.unfused!['joined']!, at: step * at.batch * (inputSize + hiddenSize) };
}

/** a [B, G·H] = z · some rows of W. */
function throughRows(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  batch: number,
  [first, rows]: readonly [number, number],
  z: Place,
  a: Place,
): Recording {
  const columns = columnsOf(layer);
  return recordProduct(
    family,
    [batch, rows, columns],
    { ...z, rowStride: rows, innerStride: 1 },
    { buffer: parameters, at: layer.weights + first * columns, innerStride: columns, columnStride: 1 },
    { ...a, rowStride: columns },
  );
}

/** a += b. */
function addBias(
  { family, parameters }: LayerContext,
  layer: RecurrentLayer,
  batch: number,
  a: Place,
): Recording {
  const columns = columnsOf(layer);
  const bias = { buffer: parameters, at: layer.bias, rowWidth: 0 };
  return recordCopyColumns(family, [batch, columns], bias, { ...a, rowWidth: columns }, true);
}
