// For a GPU: a product that a workgroup makes in every time step. Its left factor [ROWS, inner] is new each time and lies in
// workgroup memory; its right one [inner, columns], Wh or Whᵀ, is the same, and stays in registers as far as they go.
//
// SLICES invocations share the inner sums of a column, and each sums for EACH columns, COLUMNS apart. Of its inner indices,
// SLICES apart, it keeps the weights of the first HELD; those of the others are read again in every step. Neighbours are
// what is next to each other in W: columns where ALONG_COLUMNS is 1, and slices where it is 0.
//
// The sizes are chosen in gpu/kernels/sequences.ts.

const LANES = SLICES * COLUMNS;

// The left factor, [ROWS][INNER]; past the inner length it stays 0, as workgroup memory begins.
var<workgroup> factor: array<f32, ROWS * INNER>;

// Shares of the product, [SLICES][ROWS][EACH · COLUMNS]; slices an odd number apart, so that neighbours meet no bank twice.
const SHARE_ROW = EACH * COLUMNS;
const SHARE_STRIDE = (ROWS * SHARE_ROW) | 1u;
var<workgroup> shares: array<f32, SLICES * SHARE_STRIDE>;

// The right factor, in the parameters.
struct Matrix {
  at: u32,
  inner: u32,
  inner_stride: u32,
  columns: u32,
  column_stride: u32,
}

alias Held = array<f32, HELD * EACH>;

fn slice_of(lane: u32) -> u32 {
  return select(lane % SLICES, lane / COLUMNS, ALONG_COLUMNS == 1u);
}

fn column_of(lane: u32) -> u32 {
  return select(lane / SLICES, lane % COLUMNS, ALONG_COLUMNS == 1u);
}

fn weight(matrix: Matrix, k: u32, column: u32) -> f32 {
  return parameter(matrix.at + k * matrix.inner_stride + min(column, matrix.columns - 1u) * matrix.column_stride);
}

// Once, before the first time step.
fn hold_weights(held: ptr<function, Held>, matrix: Matrix, lane: u32) {
  let slice = slice_of(lane);
  let column = column_of(lane);
  // @unroll
  for (var i = 0u; i < HELD; i++) {
    let k = i * SLICES + slice;
    // @unroll
    for (var e = 0u; e < EACH; e++) {
      (*held)[i * EACH + e] = weight(matrix, min(k, matrix.inner - 1u), e * COLUMNS + column);
    }
  }
}

// Leaves this invocation's shares of factor · matrix; complete after a barrier.
fn multiply(held: ptr<function, Held>, matrix: Matrix, lane: u32) {
  let slice = slice_of(lane);
  let column = column_of(lane);
  var sums: array<f32, EACH * ROWS>;
  // @unroll
  for (var i = 0u; i < HELD; i++) {
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      let x = factor[r * INNER + i * SLICES + slice];
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        sums[e * ROWS + r] += x * (*held)[i * EACH + e];
      }
    }
  }
  if (HELD * SLICES < INNER) {
    for (var k = HELD * SLICES + slice; k < matrix.inner; k += SLICES) {
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        let w = weight(matrix, k, e * COLUMNS + column);
        // @unroll
        for (var r = 0u; r < ROWS; r++) {
          sums[e * ROWS + r] += factor[r * INNER + k] * w;
        }
      }
    }
  }
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    // @unroll
    for (var e = 0u; e < EACH; e++) {
      shares[slice * SHARE_STRIDE + r * SHARE_ROW + e * COLUMNS + column] = sums[e * ROWS + r];
    }
  }
}

// An element of factor · matrix: the slices' shares, added in order.
fn product_at(row: u32, column: u32) -> f32 {
  var sum = 0.0;
  for (var s = 0u; s < SLICES; s++) {
    sum += shares[s * SHARE_STRIDE + row * SHARE_ROW + column];
  }
  return sum;
}
