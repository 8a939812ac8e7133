// What the kernels of a loss share. They give its gradient, and the loss in PARTIALS parts that settle.wgsl adds up.
// A row is the output of one sequence at one time step; what it weighs comes from weighted.wgsl or unweighted.wgsl.

struct Loss {
  rows: u32,       // of this dispatch
  first_row: u32,  // of these, in targets and weights
  total_rows: u32, // T′·B
  width: u32,      // O
  outputs_at: u32,
  targets_at: u32,
  d_outputs_at: u32,
  accumulate: u32, // 1: partials are added to
}

@group(0) @binding(0) var<uniform> loss: Loss;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;         // y [rows, O]
@group(0) @binding(3) var<storage, read_write> d_outputs: array<f32>; // [rows, O]
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;  // [3][PARTIALS], the loss first

// A part of the loss, Σ / n; where n is 0 no row has been counted.
fn write_part(i: u32, sum: f32, n: f32) {
  let before = select(0.0, partials[i], loss.accumulate == 1u);
  partials[i] = before + select(0.0, sum / n, n > 0.0);
}
