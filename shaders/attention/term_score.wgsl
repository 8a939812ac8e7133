// The additive score of a query a and a key b (Bahdanau et al., 2015): Σ_k v[k] · tanh(a + b).

@group(0) @binding(4) var<storage, read> parameters: array<f32>;

fn inner_value(k: u32) -> f32 {
  return parameters[pairs.vector_at + k];
}

fn held_value(batch: u32, row: u32, column: u32) -> f32 {
  return 0.0;
}

fn term(a: f32, b: f32, inner: f32, held: f32) -> f32 {
  return inner * safe_tanh(a + b);
}

fn finish(sum: f32, column: u32) -> f32 {
  return sum;
}
