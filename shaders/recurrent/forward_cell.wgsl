// The cell's equations alone, of a time step whose sums other dispatches have made: see gpu/layers/recurrent-unfused.ts.
//
//   inputs          [B, G·H] at `input_at`: x(t)·Wx + b, and where APART is 0 h(t−1)·Wh with it
//   recurrent_sums  [B, G·H], where APART is 1: h(t−1)·Wh

@group(0) @binding(10) var<storage, read> recurrent_sums: array<f32>;

@compute @workgroup_size(LANES)
fn forward_cell(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < step.batch * step.hidden_size; i += groups.x * LANES) {
    let row = i / step.hidden_size;
    let unit = i % step.hidden_size;
    finish_unit(row, unit, read_sums(row, unit));
  }
}

fn read_sums(row: u32, unit: u32) -> CellInput {
  var at: CellInput;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    let place = (row * GATES + g) * step.hidden_size + unit;
    at.input_sum[g] = inputs[step.input_at + place];
    if (APART == 1u) {
      at.recurrent_sum[g] = recurrent_sums[place];
    }
  }
  return at;
}
