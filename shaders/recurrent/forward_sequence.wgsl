// The steps of forward_step.wgsl, all in one dispatch: see sequence.wgsl. What they read, and how they go on, is in
// given_inputs.wgsl or said_inputs.wgsl.
//
//   recurrent sum = h(t−1)·Wh       [ROWS, G·H]
//   state(t)      = cell_forward(x(t)·Wx + b, recurrent sum, state(t−1))

alias Kept = CellInput;

fn right_factor() -> Matrix {
  let columns = GATES * first.hidden_size;
  return Matrix(first.weights + first.input_size * columns, first.hidden_size, columns, columns, 1u);
}

// h(t−1) as W sees it.
fn first_factor(row: u32, k: u32) -> f32 {
  return hidden_before(row * first.hidden_size + k);
}

fn begin_unit(at: Unit) -> Kept {
  var kept: Kept;
  kept.state = state_before(at.row, at.unit);
  kept.vectors = read_vectors(at.unit);
  return kept;
}

fn finish_step(at: Unit, before: Kept) -> Kept {
  var kept = before;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    kept.recurrent_sum[g] = product_at(at.here, g * step.hidden_size + at.unit);
  }
  let next = advance_unit(at.row, at.unit, kept);
  kept.state = next.state;
  factor[at.here * INNER + at.unit] = next.seen;
  return kept;
}
