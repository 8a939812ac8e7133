// One step back in time, of any cell.
//
//   dh(t)     = dOutput(t) + d(recurrent sum)(t+1)·Whᵀ + what reached h directly     [B, H]
//   d(sums)(t), d(state)(t−1) = cell_backward(state(t−1), state(t), d(state)(t))
//
// A register tile to an invocation, as in forward_step.wgsl.

@compute @workgroup_size(LANES)
fn backward_step(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = tile_of(group, lane);
  let columns = GATES * step.hidden_size;

  // W's row of each unit, and where each sequence's gradients of the recurrent sums of t+1 begin.
  var weights: array<u32, COLUMNS>;
  // @unroll
  for (var c = 0u; c < COLUMNS; c++) {
    weights[c] = step.weights + (step.input_size + min(tile_column(tile, c), step.hidden_size - 1u)) * columns;
  }
  var rows: array<u32, ROWS>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = step.d_sums_next + min(tile_row(tile, r), step.batch - 1u) * d_sums_stride()
            + RECURRENT_BLOCK * step.hidden_size;
  }

  var sums: array<f32, COLUMNS * ROWS>;
  let place = own_place();
  let last = columns - 1u;
  var d: Taken;
  var w: array<f32, TOGETHER>;
  let inner = select(columns, 0u, step.is_last == 1u);
  for (var k = 0u; k < inner; k += TOGETHER) {
    let own = own_element(place, k, last);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      take_row(&d, r, select(0.0, d_sums[rows[r] + own.index], own.counts));
    }
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      // @unroll
      for (var i = 0u; i < TOGETHER; i++) {
        w[i] = parameter(weights[c] + min(k + i, last));
      }
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        // @unroll
        for (var i = 0u; i < TOGETHER; i++) {
          sums[c * ROWS + r] += d[r * TOGETHER + i] * w[i];
        }
      }
    }
  }

  // A copy to index by variables, so that the loop above keeps its sums in registers.
  var through_weights = sums;
  for (var c = 0u; c < COLUMNS; c++) {
    for (var r = 0u; r < ROWS; r++) {
      let unit = tile_column(tile, c);
      let row = tile_row(tile, r);
      if (unit < step.hidden_size && row < step.batch) {
        finish_unit(row, unit, through_weights[c * ROWS + r]);
      }
    }
  }
}
