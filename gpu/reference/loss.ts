export interface Loss {
  readonly loss: number;
  /** ∂loss/∂outputs, of the outputs' shape. */
  readonly dOutputs: Float64Array;
}

/** L = Σ (y − target)² / N over all N = T·B·O outputs, and dL/dy = 2·(y − target) / N. */
export function meanSquaredError(outputs: Float64Array, targets: Float64Array): Loss {
  const difference = outputs.map((output, index) => output - targets[index]!);
  const loss = difference.reduce((sum, value) => sum + value * value, 0) / outputs.length;
  return { loss, dOutputs: difference.map((value) => (2 * value) / outputs.length) };
}
