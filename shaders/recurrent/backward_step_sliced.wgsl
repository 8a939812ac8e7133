// The step back of backward_step.wgsl for a GPU. Beyond it: the gradients of t+1 are staged in workgroup memory, and the
// inner sum of each unit, over W's row of it, is shared by SLICES invocations (see common/slices.wgsl). Here
// neighbours are slices, so that they read neighbouring elements of a row. An invocation sums for EACH units, COLUMNS
// apart, so that a gradient read from workgroup memory serves as many.

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

  var sums: array<f32, EACH * ROWS>;
  let inner = select(length, 0u, step.is_last == 1u);
  for (var base = 0u; base < inner; base += CHUNK) {
    let count = min(CHUNK, inner - base);
    workgroupBarrier();
    for (var e = lane; e < ROWS * CHUNK; e += SLICES * COLUMNS) {
      let row = min(first_row + e / CHUNK, step.batch - 1u);
      let k = RECURRENT_BLOCK * step.hidden_size + min(base + e % CHUNK, inner - 1u);
      staged[e] = d_sums[step.d_sums_next + row * d_sums_stride() + k];
    }
    workgroupBarrier();
    for (var k = slice; k < count; k += SLICES) {
      var w: array<f32, EACH>;
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        w[e] = parameter(weights[e] + base + k);
      }
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        let d = staged[r * CHUNK + k];
        // @unroll
        for (var e = 0u; e < EACH; e++) {
          sums[e * ROWS + r] += d * w[e];
        }
      }
    }
  }

  // @unroll
  for (var e = 0u; e < EACH; e++) {
    var shares: array<f32, ROWS>;
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      shares[r] = sums[e * ROWS + r];
    }
    let through_weights = sum_over_slices(shares, slice, column, lane);
    let row = first_row + lane / COLUMNS;
    let unit = first_unit + e * COLUMNS + lane % COLUMNS;
    if (lane < ROWS * COLUMNS && row < step.batch && unit < step.hidden_size) {
      finish_unit(row, unit, through_weights);
    }
  }
}
