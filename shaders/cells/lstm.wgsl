// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000).
//
//   i = σ(aᵢ)   f = σ(a_f)   g = tanh(a_g)   o = σ(aₒ)      a = input sum + recurrent sum
//   c(t) = f·c(t−1) + i·g
//   h(t) = o·tanh(c(t))
//
//   dc = dc(t) + dh·o·(1 − tanh²c)        dc(t−1) = dc·f
//   daᵢ = dc·g·i(1−i)   da_f = dc·c(t−1)·f(1−f)   da_g = dc·i·(1−g²)   daₒ = dh·tanh(c)·o(1−o)

const GATES = 4u; // i, f, g, o
const STATES = 2u; // h, c
const VECTORS = 0u;
const SAVED = 4u; // i, f, g, o
const SPLIT_SUMS = false;

fn cell_forward(at: CellInput) -> CellOutput {
  let i = safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0]);
  let f = safe_sigmoid(at.input_sum[1] + at.recurrent_sum[1]);
  let g = safe_tanh(at.input_sum[2] + at.recurrent_sum[2]);
  let o = safe_sigmoid(at.input_sum[3] + at.recurrent_sum[3]);
  let c = f * at.state[1] + i * g;
  var next: CellOutput;
  next.state[0] = o * safe_tanh(c);
  next.state[1] = c;
  next.saved[0] = i;
  next.saved[1] = f;
  next.saved[2] = g;
  next.saved[3] = o;
  return next;
}

fn cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient {
  let i = at.saved[0];
  let f = at.saved[1];
  let g = at.saved[2];
  let o = at.saved[3];
  let squashed = safe_tanh(at.state_out[1]);
  let d_c = d_state[1] + d_state[0] * o * (1.0 - squashed * squashed);
  var d: CellGradient;
  d.input_sum[0] = d_c * g * i * (1.0 - i);
  d.input_sum[1] = d_c * at.state_in[1] * f * (1.0 - f);
  d.input_sum[2] = d_c * i * (1.0 - g * g);
  d.input_sum[3] = d_state[0] * squashed * o * (1.0 - o);
  d.state[1] = d_c * f;
  return d;
}
