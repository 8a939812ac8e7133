/** Products of row-major matrices in plain loops over typed arrays, each added to what is there. */

/** C `[m, n]` += A `[m, k]` · B `[k, n]`: row by row, along the columns of B. */
export function addProduct(
  C: Float32Array,
  A: Float32Array,
  B: Float32Array,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let row = 0; row < m; row += 1) {
    for (let inner = 0; inner < k; inner += 1) {
      const a = A[row * k + inner]!;
      const from = inner * n;
      const to = row * n;
      for (let column = 0; column < n; column += 1) C[to + column]! += a * B[from + column]!;
    }
  }
}

/** C `[m, n]` += A `[m, k]` · Bᵀ, B being `[n, k]`: both are read along their rows. */
export function addProductTransposed(
  C: Float32Array,
  A: Float32Array,
  B: Float32Array,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column < n; column += 1) {
      let sum = 0;
      for (let inner = 0; inner < k; inner += 1) sum += A[row * k + inner]! * B[column * k + inner]!;
      C[row * n + column]! += sum;
    }
  }
}

/** C `[m, n]` += Aᵀ · B, A being `[k, m]` and B `[k, n]`: the gradient of weights, summed over k rows. */
export function addTransposedProduct(
  C: Float32Array,
  A: Float32Array,
  B: Float32Array,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let inner = 0; inner < k; inner += 1) {
    for (let row = 0; row < m; row += 1) {
      const a = A[inner * m + row]!;
      const from = inner * n;
      const to = row * n;
      for (let column = 0; column < n; column += 1) C[to + column]! += a * B[from + column]!;
    }
  }
}

/** sums `[n]` += the rows of B `[k, n]`. */
export function addRows(sums: Float32Array, B: Float32Array, k: number): void {
  const n = sums.length;
  for (let row = 0; row < k; row += 1) {
    for (let column = 0; column < n; column += 1) sums[column]! += B[row * n + column]!;
  }
}

/** Each of k rows of B `[k, n]` becomes `row`. */
export function fillRows(B: Float32Array, row: Float32Array, k: number): void {
  for (let index = 0; index < k; index += 1) B.set(row, index * row.length);
}
