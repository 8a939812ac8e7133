// What every forward driver does for one unit of one sequence once its sums are complete: read the state of t−1, ask the
// cell, write the state of t and, where it is saved, what backward will need. Past the sequence's end the state is copied.

@group(0) @binding(3) var<storage, read_write> states: array<f32>;

fn finish_unit(row: u32, unit: u32, sums: CellInput) {
  var at = sums;
  at.state = state_before(row, unit);
  at.vectors = read_vectors(unit);
  advance_unit(row, unit, at);
}

fn state_before(row: u32, unit: u32) -> array<f32, STATES> {
  let place = row * step.hidden_size + unit;
  var state: array<f32, STATES>;
  // @unroll
  for (var s = 0u; s < STATES; s++) {
    state[s] = states[step.state_in + s * step.state_stride + place];
  }
  return state;
}

struct Advanced {
  state: array<f32, STATES>, // of t
  seen: f32,                 // h(t) as W will see it
}

fn advance_unit(row: u32, unit: u32, at: CellInput) -> Advanced {
  let place = row * step.hidden_size + unit;
  var next: CellOutput;
  next.state = at.state;
  if (is_live(row)) {
    hold_gates_of(unit);
    next = cell_forward(at);
    // @unroll
    for (var s = 0u; s < STATES; s++) {
      next.state[s] = state_of(s, unit, next.state[s]);
    }
  }
  next.state[0] = rounded(next.state[0]);
  // @unroll
  for (var s = 0u; s < STATES; s++) {
    states[step.state_out + s * step.state_stride + place] = next.state[s];
  }
  let seen = dropped(row, unit, next.state[0]);
  leave_hidden(place, seen);
  if (DROPS) {
    states[step.state_out + STATES * step.state_stride + place] = seen;
  }
  save(row, unit, next.saved);
  return Advanced(next.state, seen);
}
