/** The test cell of peephole-cell.ts as the WebGPU engine takes it: a description and its equations in WGSL. */
import type { CellDescription } from '../../gpu/cells/cell.ts';

const shader = /* wgsl */ `
const GATES = 3u;
const STATES = 2u;
const VECTORS = 3u;
const SAVED = 4u;
const SPLIT_SUMS = true;

fn cell_forward(at: CellInput) -> CellOutput {
  let c = at.state[1];
  let reset_sum = at.recurrent_sum[1] + at.vectors[1];
  let i = gate(0u, safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0] + at.vectors[0] * c));
  let n = gate(1u, safe_tanh(at.input_sum[1] + i * reset_sum));
  let c_out = (1.0 - i) * c + i * n;
  let o = gate(2u, safe_sigmoid(at.input_sum[2] + at.recurrent_sum[2] + at.vectors[2] * c_out));
  var next: CellOutput;
  next.state[0] = o * safe_tanh(c_out);
  next.state[1] = c_out;
  next.saved[0] = i;
  next.saved[1] = n;
  next.saved[2] = o;
  next.saved[3] = reset_sum;
  return next;
}

fn cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient {
  let i = at.saved[0];
  let n = at.saved[1];
  let o = at.saved[2];
  let c = at.state_in[1];
  let c_out = (1.0 - i) * c + i * n;
  let squashed = safe_tanh(c_out);
  let d_o = d_state[0] * squashed * gate_slope(2u, o * (1.0 - o));
  let d_c = d_state[1] + d_state[0] * o * (1.0 - squashed * squashed) + d_o * at.vectors[2];
  let d_n = d_c * i * gate_slope(1u, 1.0 - n * n);
  let d_i = (d_c * (n - c) + d_n * at.saved[3]) * gate_slope(0u, i * (1.0 - i));
  var d: CellGradient;
  d.input_sum[0] = d_i;
  d.input_sum[1] = d_n;
  d.input_sum[2] = d_o;
  d.recurrent_sum[0] = d_i;
  d.recurrent_sum[1] = d_n * i;
  d.recurrent_sum[2] = d_o;
  d.state[1] = d_c * (1.0 - i) + d_i * at.vectors[0];
  d.vectors[0] = d_i * c;
  d.vectors[1] = d_n * i;
  d.vectors[2] = d_o * c_out;
  return d;
}
`;

export const peepholeDescription: CellDescription = {
  name: 'peephole',
  gates: ['i', 'n', 'o'],
  states: ['h', 'c'],
  vectors: ['p', 'q', 'r'],
  saved: 4,
  savedGates: { i: 0, n: 1, o: 2 },
  splitsSums: true,
  shader,
};
