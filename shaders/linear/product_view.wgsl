// A matrix product over views with any strides, which is all that a linear layer needs:
//
//   out [M, N] = a [M, K] · b [K, N] (+ bias [N]) (+ out)
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
  accumulate: u32, // 1: added to what is there
}

@group(0) @binding(0) var<uniform> product: Product;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

fn write_result(row: u32, column: u32, value: f32) {
  let place = product.out_at + row * product.out_row + column;
  if (product.accumulate == 1u) {
    out[place] += value;
  } else {
    out[place] = value;
  }
}

fn bias_of(column: u32) -> f32 {
  return select(0.0, bias[product.bias_at + column], product.has_bias == 1u);
}
