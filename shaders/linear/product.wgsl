// A matrix product over views with any strides, which is all that a linear layer needs:
//
//   out [M, N] = a [M, K] · b [K, N] (+ bias [N])
//
//   forward          y  = h · U + d      b's rows are U's rows
//   to the input     dh = dy · Uᵀ        b read across: inner and column strides change places
//   to the weights   dU = hᵀ · dy        a read across; K runs over all time steps and sequences, in order
//
// An element of `a` at (m, k) lies at a_at + m·a_row + k·a_inner; one of `b` at (k, n) at b_at + k·b_inner + n·b_column.

struct Product {
  rows: u32,      // M
  inner: u32,     // K
  columns: u32,   // N
  a_at: u32,
  a_row: u32,
  a_inner: u32,
  b_at: u32,
  b_inner: u32,
  b_column: u32,
  out_at: u32,
  out_row: u32,
  has_bias: u32,
  bias_at: u32,
}

@group(0) @binding(0) var<uniform> product: Product;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn multiply(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = tile_of(group, lane);

  var columns: array<u32, COLUMNS>;
  var sums: array<f32, COLUMNS * ROWS>;
  // @unroll
  for (var c = 0u; c < COLUMNS; c++) {
    let column = min(tile_column(tile, c), product.columns - 1u);
    columns[c] = product.b_at + column * product.b_column;
    let start = select(0.0, bias[product.bias_at + column], product.has_bias == 1u);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      sums[c * ROWS + r] = start;
    }
  }
  var rows: array<u32, ROWS>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = product.a_at + min(tile_row(tile, r), product.rows - 1u) * product.a_row;
  }

  var x: array<f32, ROWS>;
  for (var k = 0u; k < product.inner; k++) {
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      x[r] = a[rows[r] + k * product.a_inner];
    }
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      let w = b[columns[c] + k * product.b_inner];
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        sums[c * ROWS + r] += x[r] * w;
      }
    }
  }

  // A copy to index by variables, so that the loop above keeps its sums in registers.
  var results = sums;
  for (var c = 0u; c < COLUMNS; c++) {
    for (var r = 0u; r < ROWS; r++) {
      let row = tile_row(tile, r);
      let column = tile_column(tile, c);
      if (row < product.rows && column < product.columns) {
        out[product.out_at + row * product.out_row + column] = results[c * ROWS + r];
      }
    }
  }
}
