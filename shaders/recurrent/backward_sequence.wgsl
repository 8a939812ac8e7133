// The steps of backward_step.wgsl, all in one dispatch: see sequence.wgsl.
//
//   dh(t) = dOutput(t) + d(recurrent sum)(t+1)·Whᵀ + what reached h directly     [ROWS, H]
//   d(sums)(t), d(state)(t−1) = cell_backward(state(t−1), state(t), d(state)(t))

struct Kept {
  tape: UnitTape,
  d_state: array<f32, STATES>, // what reached the state of t directly
}

fn right_factor() -> Matrix {
  let columns = GATES * first.hidden_size;
  return Matrix(first.weights + first.input_size * columns, columns, 1u, first.hidden_size, columns);
}

// The gradients of the recurrent sums of t+1: what the sweep over later time steps has left, where there was one.
fn first_factor(row: u32, k: u32) -> f32 {
  if (first.is_last == 1u) {
    return 0.0;
  }
  return d_sums[first.d_sums_next + row * d_sums_stride() + RECURRENT_BLOCK * first.hidden_size + k];
}

fn begin_unit(at: Unit) -> Kept {
  var kept: Kept;
  kept.d_state = d_state_after(at.row, at.unit);
  return kept;
}

fn read_unit(at: Unit, before: Kept) -> Kept {
  return Kept(read_tape(at.row, at.unit), before.d_state);
}

fn finish_step(at: Unit, kept: Kept) -> Kept {
  let d = sweep_unit(at.row, at.unit, kept.tape, kept.d_state, product_at(at.here, at.unit));
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    let d_sum = select(d.input_sum[g], d.recurrent_sum[g], SPLIT_SUMS);
    factor[at.here * INNER + g * step.hidden_size + at.unit] = d_sum;
  }
  return Kept(kept.tape, d.state);
}

fn move_on(n: u32, lane: u32, first_row: u32, rows: u32) {
  next_step();
  step.d_sums_at += first.ahead * step.batch * d_sums_stride();
}
