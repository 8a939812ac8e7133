// The gated recurrent unit (Cho et al., 2014), its reset gate applied after the product, as in cuDNN and PyTorch, so
// that the new value has a second bias b_n in the recurrent sum. x is the input sum, u the recurrent sum:
//
//   r = σ(x_r + u_r)   z = σ(x_z + u_z)   n = tanh(x_n + r·(u_n + b_n))
//   h(t) = (1 − z)·n + z·h(t−1)
//
//   dn = dh·(1−z)·(1−n²)   dz = dh·(h(t−1) − n)·z(1−z)   dr = dn·(u_n + b_n)·r(1−r)      the input sums' gradients
//   du_n = db_n = dn·r                                  h(t−1) gets dh·z directly

const GATES = 3u; // r, z, n
const STATES = 1u; // h
const VECTORS = 1u; // b_n
const SAVED = 4u; // r, z, n, u_n + b_n
const SPLIT_SUMS = true;

fn cell_forward(at: CellInput) -> CellOutput {
  let recurrent = at.recurrent_sum[2] + at.vectors[0];
  let r = gate(0u, safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0]));
  let z = gate(1u, safe_sigmoid(at.input_sum[1] + at.recurrent_sum[1]));
  let n = gate(2u, safe_tanh(at.input_sum[2] + r * recurrent));
  var next: CellOutput;
  next.state[0] = (1.0 - z) * n + z * at.state[0];
  next.saved[0] = r;
  next.saved[1] = z;
  next.saved[2] = n;
  next.saved[3] = recurrent;
  return next;
}

fn cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient {
  let r = at.saved[0];
  let z = at.saved[1];
  let n = at.saved[2];
  let d_h = d_state[0];
  let d_n = d_h * (1.0 - z) * gate_slope(2u, 1.0 - n * n);
  let d_z = d_h * (at.state_in[0] - n) * gate_slope(1u, z * (1.0 - z));
  let d_r = d_n * at.saved[3] * gate_slope(0u, r * (1.0 - r));
  var d: CellGradient;
  d.input_sum[0] = d_r;
  d.input_sum[1] = d_z;
  d.input_sum[2] = d_n;
  d.recurrent_sum[0] = d_r;
  d.recurrent_sum[1] = d_z;
  d.recurrent_sum[2] = d_n * r;
  d.vectors[0] = d_n * r;
  d.state[0] = d_h * z;
  return d;
}
