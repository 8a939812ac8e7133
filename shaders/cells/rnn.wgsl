// The simple recurrent cell. φ is tanh or, where RELU is 1, max(0, ·).
//
//   h(t) = φ(a(t)),  a(t) = input sum + recurrent sum
//   da(t) = dh(t) · φ′(a(t))

const GATES = 1u;
const STATES = 1u; // h
const VECTORS = 0u;
const SAVED = 0u;
const SPLIT_SUMS = false;

fn cell_forward(at: CellInput) -> CellOutput {
  var next: CellOutput;
  next.state[0] = phi(at.input_sum[0] + at.recurrent_sum[0]);
  return next;
}

fn cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient {
  var d: CellGradient;
  d.input_sum[0] = d_state[0] * phi_slope(at.state_out[0]);
  return d;
}

// A NaN stays one, which max would make 0.
fn phi(a: f32) -> f32 {
  if (RELU == 1u) {
    return select(a, 0.0, a < 0.0);
  }
  return safe_tanh(a);
}

// φ′ where φ is h.
fn phi_slope(h: f32) -> f32 {
  if (RELU == 1u) {
    return select(0.0, 1.0, h > 0.0);
  }
  return 1.0 - h * h;
}
