/** Mutants of the cells' equations: gates exchanged, biases dropped, each term of the forward and the backward step. */
import type { Mutant, Suite } from '../support/mutation.ts';
import { layerCompare } from './problems.ts';

const FORWARD = 'recurrent/forward_step';
const FORWARD_SLICED = 'recurrent/forward_step_sliced';
const FORWARD_UNIT = 'recurrent/forward_unit';
const BACKWARD_UNIT = 'recurrent/backward_unit';
const STEP = 'recurrent/step';
const RNN = 'cells/rnn';
const LSTM = 'cells/lstm';
const GRU = 'cells/gru';

const SIZE = { steps: 4, batch: 3, inputSize: 2, hiddenSize: 5 };

/** Two elements of an array of gates change places. */
function exchange(array: string, one: number, other: number): string {
  return `{ let kept = ${array}[${one}]; ${array}[${one}] = ${array}[${other}]; ${array}[${other}] = kept; }`;
}

/** The same of both sums that a cell is given, or of the gradients of both. */
function exchangeSums(of: 'mixed' | 'd', pair: readonly [number, number]): string {
  return ['input_sum', 'recurrent_sum'].map((sums) => exchange(`${of}.${sums}`, ...pair)).join(' ');
}

/** For each pair of gates two mutants: their sums exchanged forward, and their gradients backward. */
function exchangedGates(gates: readonly string[]): Record<string, Mutant> {
  const pairs = gates.flatMap((_, one) =>
    gates.slice(one + 1).map((_, more) => [one, one + 1 + more] as const),
  );
  return Object.fromEntries(
    pairs.flatMap((pair): [string, Mutant][] => {
      const names = pair.map((gate) => gates[gate]).join(' and ');
      const forward = 'next = cell_forward(at);';
      const backward = 'd = cell_backward(at, d_state);';
      return [
        [
          `${names} exchanged`,
          [
            FORWARD_UNIT,
            forward,
            `var mixed = at; ${exchangeSums('mixed', pair)} next = cell_forward(mixed);`,
          ],
        ],
        [
          `gradients of ${names} exchanged`,
          [BACKWARD_UNIT, backward, `${backward} ${exchangeSums('d', pair)}`],
        ],
      ];
    }),
  );
}

/** For each gate one mutant. */
function droppedBiases(gates: readonly string[]): Record<string, Mutant> {
  return Object.fromEntries(
    gates.map((name, gate): [string, Mutant] => [
      `bias of ${name} dropped`,
      [FORWARD, 'let bias = parameter(step.bias + column);', biasBut(gate)],
    ]),
  );
}

function biasBut(gate: number): string {
  return `let bias = select(parameter(step.bias + column), 0.0, g == ${gate}u);`;
}

const OF_RNN: Suite['mutants'] = {
  'bias dropped': [FORWARD, 'let bias = parameter(step.bias + column);', 'let bias = 0.0;'],
  'input sum dropped': [FORWARD, 'k < inputs_to_add', 'k < 0u'],
  'recurrent sum dropped': [FORWARD, 'k < step.hidden_size', 'k < 0u'],
  'sigmoid in place of tanh': [RNN, 'return safe_tanh(a);', 'return safe_sigmoid(a);'],
  'slope of a sigmoid': [RNN, 'return 1.0 - h * h;', 'return h * (1.0 - h);'],
  'slope dropped': [RNN, ' * phi_slope(at.state_out[0])', ''],
  'slope at the state before': [RNN, 'at.state_out[0]', 'at.state_in[0]'],
};

/** c(t) as forward makes it; backward makes it again. */
const NEW_C = 'let c = f * c_in + i * g;\n  let o';

const OF_LSTM: Suite['mutants'] = {
  ...exchangedGates(['i', 'f', 'g', 'o']),
  ...droppedBiases(['i', 'f', 'g', 'o']),
  "all gates have i's bias": [FORWARD, 'parameter(step.bias + column)', 'parameter(step.bias + units[c])'],
  '1 added to the sum of f at every step': [
    LSTM,
    'safe_sigmoid(at.input_sum[1] +',
    'safe_sigmoid(1.0 + at.input_sum[1] +',
  ],
  'i dropped': [LSTM, NEW_C, 'let c = f * c_in + g;\n  let o'],
  'f turned': [LSTM, NEW_C, 'let c = (1.0 - f) * c_in + i * g;\n  let o'],
  'f coupled to i': [LSTM, NEW_C, 'let c = (1.0 - i) * c_in + i * g;\n  let o'],
  'g by a sigmoid': [LSTM, 'gate(2u, safe_tanh(', 'gate(2u, safe_sigmoid('],
  'o dropped': [LSTM, 'o * safe_tanh(c)', 'safe_tanh(c)'],
  'c read from h': [LSTM, 'let c_in = at.state[1];', 'let c_in = at.state[0];'],
  'c not written': [LSTM, 'next.state[1] = c;', 'next.state[1] = c_in;'],
  'i saved as f': [LSTM, 'next.saved[1] = f;', 'next.saved[1] = i;'],
  'slope of i dropped': [LSTM, 'gate_slope(0u, i * (1.0 - i))', '1.0'],
  'slope of f dropped': [LSTM, 'gate_slope(1u, f * (1.0 - f))', '1.0'],
  'slope of g dropped': [LSTM, 'gate_slope(2u, 1.0 - g * g)', '1.0'],
  'slope of o dropped': [LSTM, 'gate_slope(3u, o * (1.0 - o))', '1.0'],
  'gradient of i without g': [LSTM, 'd_c * g * gate_slope', 'd_c * gate_slope'],
  'gradient of f with the new c': [LSTM, 'd_c * c_in * gate_slope', 'd_c * c * gate_slope'],
  'gradient of g without i': [LSTM, 'd_c * i * gate_slope', 'd_c * gate_slope'],
  'gradient of o with c as it is': [LSTM, 'd_state[0] * squashed *', 'd_state[0] * c *'],
  'gradient of c from the next step dropped': [LSTM, 'd_state[1] + d_state[0] * o', 'd_state[0] * o'],
  'gradient of c from h dropped': [LSTM, ' + d_state[0] * o * (1.0 - squashed * squashed)', ''],
  'slope of tanh c dropped': [LSTM, ' * (1.0 - squashed * squashed)', ''],
  'gradient handed to h in place of c': [LSTM, 'd.state[1] = d_c * f', 'd.state[0] = d_c * f'],
};

/**
 * As Cho et al. (2014) have it and cuDNN has not: n = tanh(x + (r ∘ h)·Wn + b), r multiplying h before the product. With
 * the cell's own r · (u + b) that is the recurrent sum u = ((r ∘ h)·Wn + b) / r − b.
 */
const RESET_BEFORE_PRODUCT = `
    let width = 3u * step.hidden_size;
    var product = 0.0;
    for (var k = 0u; k < step.hidden_size; k++) {
      var sum = parameter(step.bias + k);
      for (var j = 0u; j < step.input_size; j++) {
        sum += inputs[step.input_at + row * step.input_size + j] * parameter(step.weights + j * width + k);
      }
      for (var j = 0u; j < step.hidden_size; j++) {
        let w = parameter(step.weights + (step.input_size + j) * width + k);
        sum += states[step.recurrent_in + row * step.hidden_size + j] * w;
      }
      let w = parameter(step.weights + (step.input_size + k) * width + 2u * step.hidden_size + unit);
      product += safe_sigmoid(sum) * states[step.recurrent_in + row * step.hidden_size + k] * w;
    }
    let reset = safe_sigmoid(at.input_sum[0] + at.recurrent_sum[0]);
    var moved = at;
    moved.recurrent_sum[2] = (product + at.vectors[0]) / reset - at.vectors[0];
    next = cell_forward(moved);`;

const OF_GRU: Suite['mutants'] = {
  ...exchangedGates(['r', 'z', 'n']),
  ...droppedBiases(['r', 'z', 'n']),
  'reset gate before the product': [FORWARD_UNIT, 'next = cell_forward(at);', RESET_BEFORE_PRODUCT],
  'second bias dropped': [GRU, 'at.recurrent_sum[2] + at.vectors[0]', 'at.recurrent_sum[2]'],
  'second bias of the first unit': [STEP, 'v * step.vector_stride + unit', 'v * step.vector_stride'],
  'gradient of the second bias dropped': [GRU, 'd.vectors[0] = d_n * r', 'd.vectors[0] = 0.0'],
  'no old state': [GRU, ' + z * at.state[0]', ''],
  'new value whole': [GRU, '(1.0 - z) * n + z', 'n + z'],
  'n by a sigmoid': [GRU, 'gate(2u, safe_tanh(', 'gate(2u, safe_sigmoid('],
  'r by a tanh': [GRU, 'gate(0u, safe_sigmoid(', 'gate(0u, safe_tanh('],
  'r saved as z': [GRU, 'next.saved[1] = z;', 'next.saved[1] = r;'],
  'recurrent sum saved without its bias': [
    GRU,
    'next.saved[3] = recurrent;',
    'next.saved[3] = recurrent - at.vectors[0];',
  ],
  'slope of r dropped': [GRU, 'gate_slope(0u, r * (1.0 - r))', '1.0'],
  'slope of z dropped': [GRU, 'gate_slope(1u, z * (1.0 - z))', '1.0'],
  'slope of n dropped': [GRU, 'gate_slope(2u, 1.0 - n * n)', '1.0'],
  'gradient of n by z in place of 1 − z': [GRU, 'd_h * (1.0 - z) * gate', 'd_h * z * gate'],
  'gradient of z of the wrong sign': [GRU, '(at.state_in[0] - n)', '(n - at.state_in[0])'],
  'gradient of z without n': [GRU, '(at.state_in[0] - n)', 'at.state_in[0]'],
  'gradient of z at the new state': [GRU, '(at.state_in[0] - n)', '(at.state_out[0] - n)'],
  'gradient of r without the recurrent sum': [GRU, 'd_n * at.saved[3] *', 'd_n *'],
  'gradient past the gates dropped': [GRU, 'd.state[0] = d_h * z;', 'd.state[0] = 0.0;'],
  'gradient past the gates by 1 − z': [GRU, 'd.state[0] = d_h * z;', 'd.state[0] = d_h * (1.0 - z);'],
};

/** Of what a cell with sums apart meets in the drivers for a GPU only. */
const OF_SLICES: Suite['mutants'] = {
  'sums of a gate for another': [FORWARD_SLICED, 'totals[g] = ', 'totals[GATES - 1u - g] = '],
  'bias of r for all gates': [
    FORWARD_SLICED,
    'parameter(step.bias + column_of_w)',
    'parameter(step.bias + unit)',
  ],
  'columns of r for all gates': [
    FORWARD_SLICED,
    '(k * GATES + g) * step.hidden_size',
    'k * GATES * step.hidden_size',
  ],
  'recurrent sum dropped': [FORWARD_SLICED, 'base < step.hidden_size', 'base < 0u'],
  'recurrent sum from the input rows of W': [
    FORWARD_SLICED,
    '(step.input_size + base) * weight_stride',
    'base * weight_stride',
  ],
  'W sees the state of the same step': ['recurrent/unrecalled', 'step.recurrent_in', 'step.state_out'],
  'h of the first row': [FORWARD_SLICED, ') * step.hidden_size + base + k;', ') * 0u + base + k;'],
};

export const CELLS: readonly Suite[] = [
  { name: 'rnn', compare: layerCompare({ cell: 'rnn' }, 'software', SIZE), mutants: OF_RNN },
  { name: 'lstm', compare: layerCompare({ cell: 'lstm' }, 'software', SIZE), mutants: OF_LSTM },
  { name: 'gru', compare: layerCompare({ cell: 'gru' }, 'software', SIZE), mutants: OF_GRU },
  { name: 'gru, by slices', compare: layerCompare({ cell: 'gru' }, 'hardware', SIZE), mutants: OF_SLICES },
];
