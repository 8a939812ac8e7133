// The steps of forward_step.wgsl, all in one dispatch: see sequence.wgsl.
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
  return states[first.recurrent_in + row * first.hidden_size + k];
}

fn begin_unit(at: Unit) -> Kept {
  var kept: Kept;
  kept.state = state_before(at.row, at.unit);
  kept.vectors = read_vectors(at.unit);
  return kept;
}

// x(t)·Wx + b of the unit's gates.
fn read_unit(at: Unit, before: Kept) -> Kept {
  let columns = GATES * step.hidden_size;
  var kept = before;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    let column = g * step.hidden_size + at.unit;
    if (HOISTED == 1u) {
      kept.input_sum[g] = inputs[step.input_at + at.row * columns + column];
    } else {
      kept.input_sum[g] = parameter(step.bias + column);
    }
  }
  let inputs_to_add = select(step.input_size, 0u, HOISTED == 1u);
  for (var k = 0u; k < inputs_to_add; k++) {
    let x = inputs[step.input_at + at.row * step.input_size + k];
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      kept.input_sum[g] += x * parameter(step.weights + k * columns + g * step.hidden_size + at.unit);
    }
  }
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

fn move_on() {
  next_step();
  let width = select(step.input_size, GATES * step.hidden_size, HOISTED == 1u);
  step.input_at += first.ahead * step.batch * width;
}
