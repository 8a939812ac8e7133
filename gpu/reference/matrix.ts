/**
 * Products of row-major float64 matrices, each added onto what `out` holds. Rows are taken four at a time, which
 * saves three of four loads and stores of what is summed up.
 */

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
    for (let i = 0; i < inner; i += 4) {
      addRows(out, r * columns, left, r * inner + i, 1, right, i * columns, Math.min(4, inner - i), columns);
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
  for (let r = 0; r < rows; r += 4) {
    for (let i = 0; i < inner; i++) {
      addRows(
        out,
        i * columns,
        left,
        r * inner + i,
        inner,
        right,
        r * columns,
        Math.min(4, rows - r),
        columns,
      );
    }
  }
}

/** out[outAt + c] += Σₖ left[leftAt + k·stride]·right[rightAt + k·columns + c] over `count` ≤ 4 rows k of right. */
function addRows(
  out: Float64Array,
  outAt: number,
  left: Float64Array,
  leftAt: number,
  stride: number,
  right: Float64Array,
  rightAt: number,
  count: number,
  columns: number,
): void {
  if (count < 4) {
    for (let k = 0; k < count; k++) {
      const factor = left[leftAt + k * stride]!;
      for (let c = 0; c < columns; c++) out[outAt + c]! += factor * right[rightAt + k * columns + c]!;
    }
    return;
  }
  const a = left[leftAt]!;
  const b = left[leftAt + stride]!;
  const d = left[leftAt + 2 * stride]!;
  const e = left[leftAt + 3 * stride]!;
  const second = rightAt + columns;
  const third = second + columns;
  const fourth = third + columns;
  for (let c = 0; c < columns; c++) {
    out[outAt + c]! +=
      a * right[rightAt + c]! + b * right[second + c]! + d * right[third + c]! + e * right[fourth + c]!;
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
  addProduct(out, left, transposed(right, inner, columns), rows, columns, inner);
}

/** The transpose of `rows × columns`. */
export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!;
  }
  return result;
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

/** Of the operands of a sum: themselves, or for the sum's magnitude their absolute values. */
export type Part = (values: Float64Array) => Float64Array;

export const itself: Part = (values) => values;

export const absolute: Part = (values) => values.map(Math.abs);

/** out += addend, element by element. */
export function add(out: Float64Array, addend: Float64Array): void {
  for (let index = 0; index < out.length; index++) out[index]! += addend[index]!;
}

/** out ∘ factor, in place; as it is where there is no factor. */
export function scale(out: Float64Array, factor: Float64Array | undefined): void {
  if (!factor) return;
  for (let index = 0; index < out.length; index++) out[index]! *= factor[index]!;
}
