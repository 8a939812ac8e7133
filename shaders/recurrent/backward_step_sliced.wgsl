// The step back of backward_step.wgsl for a GPU. Beyond it: the gradients of t+1 are staged in workgroup memory, and the
// inner sum of each unit, over W's row of it, is shared by SLICES invocations (see common/slices.wgsl). Here
// neighbours are slices, so that they read neighbouring elements of a row. An invocation sums for EACH units, COLUMNS
// apart, so that a gradient read from workgroup memory serves as many: with four, and four quads of rows, 64
// multiply-adds take 4 loads of W and 4 of quads, where the gradients value by value would take 16.

@compute @workgroup_size(SLICES * COLUMNS)
fn backward_step_sliced(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slice = lane % SLICES;
  let column = lane / SLICES;
  let first_row = group.y * ROWS;
  let first_unit = group.x * COLUMNS * EACH;
  let length = GATES * step.hidden_size;

  var weights: array<u32, EACH>;
  // @unroll
  for (var e = 0u; e < EACH; e++) {
    let unit = min(first_unit + e * COLUMNS + column, step.hidden_size - 1u);
    weights[e] = step.weights + (step.input_size + unit) * length;
  }

  // Indexed [unit][quad of rows].
  var sums: array<vec4f, EACH * QUADS>;
  let inner = select(length, 0u, step.is_last == 1u);
  let d_sums_at = step.d_sums_next + RECURRENT_BLOCK * step.hidden_size;
  for (var base = 0u; base < inner; base += CHUNK) {
    let count = min(CHUNK, inner - base);
    workgroupBarrier();
    for (var k = lane; k < count; k += SLICES * COLUMNS) {
      for (var q = 0u; q < QUADS; q++) {
        let rows = rows_of_quad(first_row + 4u * q, step.batch - 1u);
        let at = d_sums_at + rows * d_sums_stride() + base + k;
        staged[q * CHUNK + k] = vec4f(d_sums[at.x], d_sums[at.y], d_sums[at.z], d_sums[at.w]);
      }
    }
    workgroupBarrier();
    for (var k = slice; k < count; k += SLICES) {
      var w: array<f32, EACH>;
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        w[e] = parameter(weights[e] + base + k);
      }
      // @unroll
      for (var q = 0u; q < QUADS; q++) {
        let d = staged[q * CHUNK + k];
        // @unroll
        for (var e = 0u; e < EACH; e++) {
          sums[e * QUADS + q] += d * w[e];
        }
      }
    }
  }

  // @unroll
  for (var e = 0u; e < EACH; e++) {
    var shares: array<vec4f, QUADS>;
    // @unroll
    for (var q = 0u; q < QUADS; q++) {
      shares[q] = sums[e * QUADS + q];
    }
    let through_weights = sum_over_slices(shares, slice, column, lane);
    let row = first_row + lane / COLUMNS;
    let unit = first_unit + e * COLUMNS + lane % COLUMNS;
    if (lane < ROWS * COLUMNS && row < step.batch && unit < step.hidden_size) {
      finish_unit(row, unit, through_weights);
    }
  }
}
