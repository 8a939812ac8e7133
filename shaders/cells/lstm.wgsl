// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000).
//
//   i = σ(aᵢ + pᵢ·c(t−1))   f = σ(a_f + p_f·c(t−1))   g = tanh(a_g)   o = σ(aₒ + pₒ·c(t))
//   c(t) = f·c(t−1) + i·g                                             a = input sum + recurrent sum
//   h(t) = o·tanh(c(t))
//
//   daₒ = dh·tanh(c)·o(1−o)        dc = dc(t) + dh·o·(1 − tanh²c) + daₒ·pₒ
//   daᵢ = dc·g·i(1−i)   da_f = dc·c(t−1)·f(1−f)   da_g = dc·i·(1−g²)
//   dc(t−1) = dc·f + daᵢ·pᵢ + da_f·p_f
//
// The peepholes p (Gers and Schmidhuber, 2000) are there where VECTORS is 3, and 0 where it is 0.

const GATES = 4u; // i, f, g, o
const STATES = 2u; // h, c
const SAVED = 4u; // i, f, g, o
const SPLIT_SUMS = false;

fn cell_forward(at: CellInput) -> CellOutput {
  let c_in = at.state[1];
  let i = gate(0u, safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0] + peephole(at.vectors, 0u, c_in)));
  let f = gate(1u, safe_sigmoid(at.input_sum[1] + at.recurrent_sum[1] + peephole(at.vectors, 1u, c_in)));
  let g = gate(2u, safe_tanh(at.input_sum[2] + at.recurrent_sum[2]));
  let c = f * c_in + i * g;
  let o = gate(3u, safe_sigmoid(at.input_sum[3] + at.recurrent_sum[3] + peephole(at.vectors, 2u, c)));
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
  let c_in = at.state_in[1];
  let c = f * c_in + i * g; // and not state_out, which may be held at a value
  let squashed = safe_tanh(c);
  let d_o = d_state[0] * squashed * gate_slope(3u, o * (1.0 - o));
  let d_c = d_state[1] + d_state[0] * o * (1.0 - squashed * squashed) + peephole(at.vectors, 2u, d_o);
  let d_i = d_c * g * gate_slope(0u, i * (1.0 - i));
  let d_f = d_c * c_in * gate_slope(1u, f * (1.0 - f));
  var d: CellGradient;
  d.input_sum[0] = d_i;
  d.input_sum[1] = d_f;
  d.input_sum[2] = d_c * i * gate_slope(2u, 1.0 - g * g);
  d.input_sum[3] = d_o;
  d.state[1] = d_c * f + peephole(at.vectors, 0u, d_i) + peephole(at.vectors, 1u, d_f);
  let d_peepholes = array(d_i * c_in, d_f * c_in, d_o * c);
  for (var v = 0u; v < VECTORS; v++) {
    d.vectors[v] = d_peepholes[v];
  }
  return d;
}

// p·x for the peephole v: 0 is pᵢ, 1 p_f, 2 pₒ.
fn peephole(vectors: array<f32, VECTOR_SLOTS>, v: u32, x: f32) -> f32 {
  if (VECTORS == 0u) {
    return 0.0;
  }
  return vectors[v] * x;
}
