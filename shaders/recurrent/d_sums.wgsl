// What every step back reads and writes: what reaches a state directly is kept in d_states [S][B, H], which each
// invocation reads and rewrites at its own places only; d_sums is described in step.wgsl.
@group(0) @binding(5) var<storage, read_write> d_states: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_sums: array<f32>;

const RECURRENT_BLOCK = select(0u, GATES, SPLIT_SUMS);

// Floats of d_sums for one row.
fn d_sums_stride() -> u32 {
  return (RECURRENT_BLOCK + GATES + VECTORS) * step.hidden_size;
}
