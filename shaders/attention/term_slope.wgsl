// The additive score backward, to a query or a key: with a the gradient of the score, b the one, held the other,
//
//   v · Σ a · (1 − tanh²(b + held))

@group(0) @binding(4) var<storage, read> parameters: array<f32>;
@group(0) @binding(5) var<storage, read> held: array<f32>;

fn inner_value(k: u32) -> f32 {
  return 0.0;
}

fn held_value(batch: u32, row: u32, column: u32) -> f32 {
  return held[pairs.held_at + batch * pairs.held_batch + row * pairs.held_row + column];
}

fn term(a: f32, b: f32, inner: f32, held: f32) -> f32 {
  let y = safe_tanh(b + held);
  return a * (1.0 - y * y);
}

fn finish(sum: f32, column: u32) -> f32 {
  return sum * parameters[pairs.vector_at + column];
}
