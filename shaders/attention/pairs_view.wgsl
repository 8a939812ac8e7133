// Sums over pairs of time steps, one of the main sequence and one of the source, in each row of the batch by itself: a
// matrix product for each row of the batch, in which the term need not be a product:
//
//   out[b][m, n] = finish(Σ_k term(a[b][m, k], b[b][k, n]))
//
// An element of `a` lies at a_at + batch·a_batch + m·a_row + k·a_inner, and so on. A file term_….wgsl gives the term; it
// may also read a value of the inner index k, and one `held` by the result, each loaded once:
//
//   fn inner_value(k: u32) -> f32
//   fn held_value(batch: u32, row: u32, column: u32) -> f32
//   fn term(a: f32, b: f32, inner: f32, held: f32) -> f32
//   fn finish(sum: f32, column: u32) -> f32

struct Pairs {
  rows: u32,    // M
  inner: u32,   // K
  columns: u32, // N
  a_at: u32,
  a_batch: u32,
  a_row: u32,
  a_inner: u32,
  b_at: u32,
  b_batch: u32,
  b_inner: u32,
  b_column: u32,
  out_at: u32,
  out_batch: u32,
  out_row: u32,
  adds: u32, // 1: to what is in `out`
  vector_at: u32, // v in the parameters
  held_at: u32,
  held_batch: u32,
  held_row: u32,
}

@group(0) @binding(0) var<uniform> pairs: Pairs;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

fn write_result(batch: u32, row: u32, column: u32, sum: f32) {
  if (row < pairs.rows && column < pairs.columns) {
    let place = pairs.out_at + batch * pairs.out_batch + row * pairs.out_row + column;
    out[place] = select(0.0, out[place], pairs.adds == 1u) + finish(sum, column);
  }
}
