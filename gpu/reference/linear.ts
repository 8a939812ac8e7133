/** The readout y = h·U + d, over all R = T·B rows at once. */
import {
  addColumnSums,
  addProduct,
  addProductWithTransposed,
  addTransposedProduct,
  repeatedRow,
} from './matrix.ts';

export interface LinearLayer {
  /** `[H, O]` */
  readonly U: Float64Array;
  /** `[O]` */
  readonly d: Float64Array;
}

/** @param inputs `[R, H]` @returns outputs `[R, O]` */
export function linearForward({ U, d }: LinearLayer, inputs: Float64Array): Float64Array {
  const inner = U.length / d.length;
  const rows = inputs.length / inner;
  const outputs = repeatedRow(d, rows);
  addProduct(outputs, inputs, U, rows, inner, d.length);
  return outputs;
}

/** dh = dy·Uᵀ. @param dOutputs `[R, O]` @returns `[R, H]` */
export function linearInputGradient({ U, d }: LinearLayer, dOutputs: Float64Array): Float64Array {
  const inner = U.length / d.length;
  const rows = dOutputs.length / d.length;
  const dInputs = new Float64Array(rows * inner);
  addProductWithTransposed(dInputs, dOutputs, U, rows, inner, d.length);
  return dInputs;
}

/** Adds dU = hᵀ·dy and dd = Σ dy onto `gradient`. @param inputs `[R, H]` @param dOutputs `[R, O]` */
export function addLinearGradient(gradient: LinearLayer, inputs: Float64Array, dOutputs: Float64Array): void {
  const { U, d } = gradient;
  const rows = dOutputs.length / d.length;
  addTransposedProduct(U, inputs, dOutputs, rows, U.length / d.length, d.length);
  addColumnSums(d, dOutputs);
}
