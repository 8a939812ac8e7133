/**
 * A layer of a stack: its directions over the sequence, and its output made of theirs, `[T, B, W]`:
 *
 *   o(t) = live · (scales ∘ [h_forward ‖ h_reverse] + x(t) where it is residual)
 */
import { clearEnds, type Extent } from './extent.ts';
import { add, itself, type Part, scale } from './matrix.ts';
import { hiddenSequence, type LayerInputs, type LayerTrace, type RecurrentLayer } from './recurrent.ts';
import { type LayerBackward, recurrentBackward, recurrentInputGradient } from './recurrent-backward.ts';

export interface StackLayer {
  /** Forward, then reverse where there is one. */
  readonly directions: readonly RecurrentLayer[];
  readonly residual: boolean;
  /** W */
  readonly width: number;
}

/** States of a layer, one `[B, H]` each: the forward direction's, then the reverse one's. */
export type LayerStates = readonly Float64Array[];

export interface StackLayerTrace {
  readonly extent: Extent;
  readonly inputs: LayerInputs;
  readonly directions: readonly LayerTrace[];
  /** `[T, B, W]` dropout. */
  readonly scales: Float64Array | undefined;
  readonly outputs: Float64Array;
}

export interface StackLayerBackward {
  readonly directions: readonly LayerBackward[];
  /** `[T, B, W]` where the layer is residual: what goes past it to its input. */
  readonly dResidual: Float64Array | undefined;
}

export function joinOutputs(layer: StackLayer, trace: Omit<StackLayerTrace, 'outputs'>): Float64Array {
  const { extent, directions, scales, inputs } = trace;
  const parts = layer.directions.map((direction, index) => hiddenSequence(direction, directions[index]!));
  if (parts.length === 1 && !scales && !layer.residual && !extent.lengths) return parts[0]!;
  const outputs = sideBySide(parts, extent.steps * extent.batch);
  scale(outputs, scales);
  if (layer.residual) add(outputs, inputs as Float64Array);
  clearEnds(outputs, extent, layer.width);
  return outputs;
}

/** @param dOutputs `[T, B, W]` @param dFinalStates zeros where left out, as are the outputs' gradients. */
export function stackLayerBackward(
  layer: StackLayer,
  trace: StackLayerTrace,
  dOutputs?: Float64Array,
  dFinalStates?: LayerStates,
): StackLayerBackward {
  const { extent, scales } = trace;
  const states = layer.directions[0]!.cell.states.length;
  const live = dOutputs && changed(dOutputs, extent.lengths, (d) => clearEnds(d, extent, layer.width));
  const joined = live && changed(live, scales, (d) => scale(d, scales));
  const directions = layer.directions.map((direction, index) => {
    const { hiddenSize: H } = direction;
    const dHidden = joined && (H === layer.width ? joined : columnsOf(joined, layer.width, index * H, H));
    const dFinal = dFinalStates?.slice(index * states, (index + 1) * states);
    return recurrentBackward(direction, trace.directions[index]!, dHidden, dFinal);
  });
  return { directions, dResidual: layer.residual ? live : undefined };
}

/** The values themselves, or where there is a reason a copy to which the change is made. */
function changed(values: Float64Array, reason: unknown, change: (copy: Float64Array) => void): Float64Array {
  if (!reason) return values;
  const copy = values.slice();
  change(copy);
  return copy;
}

/** The gradient of what the layer reads, `[T, B, I]`. @param part of the operands of its sums. */
export function layerInputGradient(
  layer: StackLayer,
  { directions, dResidual }: StackLayerBackward,
  part: Part = itself,
): Float64Array {
  const parts = layer.directions.map((direction, index) =>
    recurrentInputGradient({ ...direction, W: part(direction.W) }, part(directions[index]!.terms.dInputSums)),
  );
  const [sum, ...others] = dResidual ? [...parts, part(dResidual)] : parts;
  for (const other of others) add(sum!, other);
  return sum!;
}

/** Matrices of the same number of rows beside each other; one alone is copied. */
export function sideBySide(parts: readonly Float64Array[], rows: number): Float64Array {
  const width = parts.reduce((sum, part) => sum + part.length, 0) / rows;
  const joined = new Float64Array(rows * width);
  let column = 0;
  for (const part of parts) {
    const own = part.length / rows;
    for (let row = 0; row < rows; row++) {
      joined.set(part.subarray(row * own, (row + 1) * own), row * width + column);
    }
    column += own;
  }
  return joined;
}

/** Some columns of a matrix, as one of their own. */
export function columnsOf(matrix: Float64Array, width: number, first: number, count: number): Float64Array {
  const rows = matrix.length / width;
  const columns = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const from = row * width + first;
    columns.set(matrix.subarray(from, from + count), row * count);
  }
  return columns;
}
