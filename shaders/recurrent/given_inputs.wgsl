// The inputs of all time steps, or where HOISTED is 1 their input sums, are there. Its other is said_inputs.wgsl.

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

fn move_on(n: u32, lane: u32, first_row: u32, rows: u32) {
  next_step();
  let width = select(step.input_size, GATES * step.hidden_size, HOISTED == 1u);
  step.input_at += first.ahead * step.batch * width;
}
