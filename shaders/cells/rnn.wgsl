// The simple recurrent cell.
//
//   h(t) = tanh(a(t)),  a(t) = input sum + recurrent sum
//   da(t) = dh(t) · (1 − h(t)²)

const GATES = 1u;
const STATES = 1u; // h
const VECTORS = 0u;
const SAVED = 0u;
const SPLIT_SUMS = false;

fn cell_forward(at: CellInput) -> CellOutput {
  var next: CellOutput;
  next.state[0] = safe_tanh(at.input_sum[0] + at.recurrent_sum[0]);
  return next;
}

fn cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient {
  var d: CellGradient;
  let h = at.state_out[0];
  d.input_sum[0] = d_state[0] * (1.0 - h * h);
  return d;
}
