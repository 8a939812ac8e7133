// The additive score backward, to v: one row's share of Σ a · tanh(b + held), with a the gradient of the score, b the
// key and held the query.

@group(0) @binding(4) var<storage, read> held: array<f32>;

fn inner_value(k: u32) -> f32 {
  return 0.0;
}

fn held_value(batch: u32, row: u32, column: u32) -> f32 {
  return held[pairs.held_at + batch * pairs.held_batch + row * pairs.held_row + column];
}

fn term(a: f32, b: f32, inner: f32, held: f32) -> f32 {
  return a * safe_tanh(b + held);
}

fn finish(sum: f32, column: u32) -> f32 {
  return sum;
}
