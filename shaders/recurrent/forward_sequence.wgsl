// All time steps of forward_step.wgsl in one dispatch, for a GPU. Beyond it: a workgroup keeps ROWS sequences from the first
// time step to the last, so that none needs another's results. h stays in workgroup memory for all, states and Wh in
// registers (see kept_product.wgsl), and what a step reads besides is on its way while its product is made.
//
//   recurrent sum = h(t−1)·Wh       [ROWS, G·H], by all invocations
//   state(t)      = cell_forward(x(t)·Wx + b, recurrent sum, state(t−1)), of PAIRS units by each

@compute @workgroup_size(SLICES * COLUMNS)
fn forward_sequence(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  step = first;
  let units = first.hidden_size;
  let columns = GATES * units;
  let first_row = group.x * ROWS;
  let rows_here = min(ROWS, first.batch - first_row);
  let recurrent = Matrix(first.weights + first.input_size * columns, units, columns, columns, 1u);
  var held: Held;
  hold_weights(&held, recurrent, lane);
  for (var e = lane; e < rows_here * units; e += LANES) {
    factor[e / units * INNER + e % units] = states[first.recurrent_in + first_row * units + e];
  }
  var at: array<CellInput, PAIRS>;
  // @unroll
  for (var p = 0u; p < PAIRS; p++) {
    let pair = p * LANES + lane;
    if (pair < rows_here * units) {
      at[p].state = state_before(first_row + pair / units, pair % units);
      at[p].vectors = read_vectors(pair % units);
    }
  }
  workgroupBarrier();

  for (var n = 0u; n < first.steps; n++) {
    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      let pair = p * LANES + lane;
      if (pair < rows_here * units) {
        at[p].input_sum = input_sums(first_row + pair / units, pair % units);
      }
    }
    multiply(&held, recurrent, lane);
    workgroupBarrier();
    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      let pair = p * LANES + lane;
      if (pair < rows_here * units) {
        let row = pair / units;
        let unit = pair % units;
        // @unroll
        for (var g = 0u; g < GATES; g++) {
          at[p].recurrent_sum[g] = product_at(row, g * units + unit);
        }
        let next = advance_unit(first_row + row, unit, at[p]);
        at[p].state = next.state;
        factor[row * INNER + unit] = next.seen;
      }
    }
    workgroupBarrier();
    move_on();
    step.input_at += first.ahead * first.batch * select(first.input_size, columns, HOISTED == 1u);
  }
}

// x(t)·Wx + b of a unit's gates.
fn input_sums(row: u32, unit: u32) -> array<f32, GATES> {
  let columns = GATES * step.hidden_size;
  var sums: array<f32, GATES>;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    let column = g * step.hidden_size + unit;
    if (HOISTED == 1u) {
      sums[g] = inputs[step.input_at + row * columns + column];
    } else {
      sums[g] = parameter(step.bias + column);
    }
  }
  let inputs_to_add = select(step.input_size, 0u, HOISTED == 1u);
  for (var k = 0u; k < inputs_to_add; k++) {
    let x = inputs[step.input_at + row * step.input_size + k];
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      sums[g] += x * parameter(step.weights + k * columns + g * step.hidden_size + unit);
    }
  }
  return sums;
}
