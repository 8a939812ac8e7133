/** A linear layer y = x·U + d, over R rows at once. */
import {
  addColumnSums,
  addProduct,
  addProductWithTransposed,
  addTransposedProduct,
  repeatedRow,
} from './matrix.ts';

export interface LinearLayer {
  /** `[I, O]` */
  readonly U: Float64Array;
  /** `[O]` */
  readonly d: Float64Array;
}

/** The operands of the sums over R that make the gradients of U and d. */
export interface LinearTerms {
  /** `[R, I]` */
  readonly inputs: Float64Array;
  /** `[R, O]` */
  readonly dOutputs: Float64Array;
}

/** @param inputs `[R, I]` @returns outputs `[R, O]` */
export function linearForward({ U, d }: LinearLayer, inputs: Float64Array): Float64Array {
  const inner = U.length / d.length;
  const rows = inputs.length / inner;
  const outputs = repeatedRow(d, rows);
  addProduct(outputs, inputs, U, rows, inner, d.length);
  return outputs;
}

/** dx = dy·Uᵀ. @param dOutputs `[R, O]` @returns `[R, I]` */
export function linearInputGradient({ U, d }: LinearLayer, dOutputs: Float64Array): Float64Array {
  const inner = U.length / d.length;
  const rows = dOutputs.length / d.length;
  const dInputs = new Float64Array(rows * inner);
  addProductWithTransposed(dInputs, dOutputs, U, rows, inner, d.length);
  return dInputs;
}

/** Adds dU = xᵀ·dy and dd = Σ dy onto `gradient`. */
export function addLinearGradient(gradient: LinearLayer, { inputs, dOutputs }: LinearTerms): void {
  const { U, d } = gradient;
  const rows = dOutputs.length / d.length;
  addTransposedProduct(U, inputs, dOutputs, rows, U.length / d.length, d.length);
  addColumnSums(d, dOutputs);
}
