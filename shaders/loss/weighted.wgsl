// As weights.wgsl leaves them: w of each row, then n.

@group(0) @binding(5) var<storage, read> weights: array<f32>; // [T′·B + 1]

fn weight_of(row: u32) -> f32 {
  return weights[loss.first_row + row];
}

// Of an element of y.
fn weight_of_output(i: u32) -> f32 {
  return weight_of(i / loss.width);
}

fn weight_sum() -> f32 {
  return weights[loss.total_rows];
}
