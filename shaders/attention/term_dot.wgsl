// A product: Σ a·b.

fn inner_value(k: u32) -> f32 {
  return 0.0;
}

fn held_value(batch: u32, row: u32, column: u32) -> f32 {
  return 0.0;
}

fn term(a: f32, b: f32, inner: f32, held: f32) -> f32 {
  return a * b;
}

fn finish(sum: f32, column: u32) -> f32 {
  return sum;
}
