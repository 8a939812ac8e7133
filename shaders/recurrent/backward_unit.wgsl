// What every backward driver does for one unit of one sequence once it knows what came back through W. Past the
// sequence's end no gradient arises, and what has reached the state passes on.

@group(0) @binding(2) var<storage, read> states: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;

struct UnitTape {
  at: CellTape,
  d_output: f32,
}

fn finish_unit(row: u32, unit: u32, through_weights: f32) {
  sweep_unit(row, unit, read_tape(row, unit), d_state_after(row, unit), through_weights);
}

// What reached the state of t directly.
fn d_state_after(row: u32, unit: u32) -> array<f32, STATES> {
  let place = row * step.hidden_size + unit;
  let plane = step.batch * step.hidden_size;
  var d_state: array<f32, STATES>;
  // @unroll
  for (var s = 0u; s < STATES; s++) {
    d_state[s] = select(d_states[s * plane + place], 0.0, step.starts_at_zero == 1u);
  }
  return d_state;
}

fn read_tape(row: u32, unit: u32) -> UnitTape {
  let place = row * step.hidden_size + unit;
  var tape: UnitTape;
  // @unroll
  for (var s = 0u; s < STATES; s++) {
    tape.at.state_in[s] = states[step.state_in + s * step.state_stride + place];
    tape.at.state_out[s] = states[step.state_out + s * step.state_stride + place];
  }
  // @unroll
  for (var s = 0u; s < SAVED; s++) {
    tape.at.saved[s] = saved[step.saved_at + (row * SAVED + s) * step.hidden_size + unit];
  }
  tape.at.vectors = read_vectors(unit);
  tape.d_output = d_outputs[step.d_output_at + place];
  return tape;
}

fn sweep_unit(
  row: u32,
  unit: u32,
  tape: UnitTape,
  d_direct: array<f32, STATES>,
  through_weights: f32,
) -> CellGradient {
  let place = row * step.hidden_size + unit;
  let plane = step.batch * step.hidden_size;
  let at = tape.at;
  var d_state = d_direct;
  let live = is_live(row);
  let from_above = select(0.0, tape.d_output, live);
  d_state[0] += from_above + dropped(row, unit, through_weights);
  keep_gradient(step.d_output_at + place, select(0.0, d_state[0], live));

  var d: CellGradient;
  d.state = d_state;
  if (live) {
    // @unroll
    for (var s = 0u; s < STATES; s++) {
      d_state[s] = through_state(s, unit, d_state[s]);
    }
    hold_gates_of(unit);
    d = cell_backward(at, d_state);
  }
  let first = step.d_sums_at + row * d_sums_stride() + unit;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    d_sums[first + g * step.hidden_size] = d.input_sum[g];
  }
  if (SPLIT_SUMS) {
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      d_sums[first + (GATES + g) * step.hidden_size] = d.recurrent_sum[g];
    }
  }
  // @unroll
  for (var v = 0u; v < VECTORS; v++) {
    d_sums[first + (RECURRENT_BLOCK + GATES + v) * step.hidden_size] = d.vectors[v];
  }
  // @unroll
  for (var s = 0u; s < STATES; s++) {
    d_states[s * plane + place] = d.state[s];
  }
  return d;
}
