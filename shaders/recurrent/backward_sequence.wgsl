// All time steps of backward_step.wgsl in one dispatch, for a GPU. Beyond it: a workgroup keeps ROWS sequences from the last
// time step to the first. The gradients of the recurrent sums stay in workgroup memory for all, those of the states and Wh in
// registers (see kept_product.wgsl), and what a step reads besides is on its way while its product is made.
//
//   dh(t) = dOutput(t) + d(recurrent sum)(t+1)·Whᵀ + what reached h directly     [ROWS, H]
//   d(sums)(t), d(state)(t−1) = cell_backward(state(t−1), state(t), d(state)(t)), of PAIRS units by each invocation

@compute @workgroup_size(SLICES * COLUMNS)
fn backward_sequence(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  step = first;
  let units = first.hidden_size;
  let columns = GATES * units;
  let first_row = group.x * ROWS;
  let rows_here = min(ROWS, first.batch - first_row);
  let back = Matrix(first.weights + first.input_size * columns, columns, 1u, units, columns);
  var held: Held;
  hold_weights(&held, back, lane);
  // Nothing has come back through W yet, or what the sweep over later time steps has left.
  if (first.is_last == 0u) {
    for (var e = lane; e < rows_here * columns; e += LANES) {
      let row = first_row + e / columns;
      let k = RECURRENT_BLOCK * units + e % columns;
      factor[e / columns * INNER + e % columns] = d_sums[first.d_sums_next + row * d_sums_stride() + k];
    }
  }
  var d_state: array<array<f32, STATES>, PAIRS>;
  // @unroll
  for (var p = 0u; p < PAIRS; p++) {
    let pair = p * LANES + lane;
    if (pair < rows_here * units) {
      d_state[p] = d_state_after(first_row + pair / units, pair % units);
    }
  }
  workgroupBarrier();

  for (var n = 0u; n < first.steps; n++) {
    var tapes: array<UnitTape, PAIRS>;
    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      let pair = p * LANES + lane;
      if (pair < rows_here * units) {
        tapes[p] = read_tape(first_row + pair / units, pair % units);
      }
    }
    multiply(&held, back, lane);
    workgroupBarrier();
    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      let pair = p * LANES + lane;
      if (pair < rows_here * units) {
        let row = pair / units;
        let unit = pair % units;
        let d = sweep_unit(first_row + row, unit, tapes[p], d_state[p], product_at(row, unit));
        d_state[p] = d.state;
        // @unroll
        for (var g = 0u; g < GATES; g++) {
          factor[row * INNER + g * units + unit] = select(d.input_sum[g], d.recurrent_sum[g], SPLIT_SUMS);
        }
      }
    }
    workgroupBarrier();
    move_on();
    step.d_sums_at += first.ahead * first.batch * d_sums_stride();
  }
}
