/** Products of row-major float64 matrices, each added onto what `out` holds. */

/** out[r,c] += Σᵢ left[r,i]·right[i,c], for `rows × inner` times `inner × columns`. */
export function addProduct(
  out: Float64Array,
  left: Float64Array,
  right: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < inner; i++) {
      const factor = left[r * inner + i]!;
      for (let c = 0; c < columns; c++) out[r * columns + c]! += factor * right[i * columns + c]!;
    }
  }
}

/** out[r,i] += Σ꜀ left[r,c]·right[i,c]: left times the transpose of right, `rows × columns` by `inner × columns`. */
export function addProductWithTransposed(
  out: Float64Array,
  left: Float64Array,
  right: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += left[r * columns + c]! * right[i * columns + c]!;
      out[r * inner + i]! += sum;
    }
  }
}

/** out[i,c] += Σᵣ left[r,i]·right[r,c]: the transpose of left times right, `rows × inner` by `rows × columns`. */
export function addTransposedProduct(
  out: Float64Array,
  left: Float64Array,
  right: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < inner; i++) {
      const factor = left[r * inner + i]!;
      for (let c = 0; c < columns; c++) out[i * columns + c]! += factor * right[r * columns + c]!;
    }
  }
}

/** out[c] += Σᵣ matrix[r,c]. */
export function addColumnSums(out: Float64Array, matrix: Float64Array): void {
  for (let index = 0; index < matrix.length; index++) out[index % out.length]! += matrix[index]!;
}

/** A matrix whose every row is `row`. */
export function repeatedRow(row: Float64Array, rows: number): Float64Array {
  const matrix = new Float64Array(rows * row.length);
  for (let r = 0; r < rows; r++) matrix.set(row, r * row.length);
  return matrix;
}

export function absolute(values: Float64Array): Float64Array {
  return values.map(Math.abs);
}
