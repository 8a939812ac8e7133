// What backward will need of a unit is kept. Its other is unsaved.wgsl.

@group(0) @binding(4) var<storage, read_write> saved: array<f32>;

fn save(row: u32, unit: u32, values: array<f32, SAVED_SLOTS>) {
  // @unroll
  for (var s = 0u; s < SAVED; s++) {
    saved[step.saved_at + (row * SAVED + s) * step.hidden_size + unit] = values[s];
  }
}
