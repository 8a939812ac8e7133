/** Breaks the equations and the drivers one line at a time: every mutant must fail the comparison. */
import { describe, expect, test } from 'vitest';
import { registerCell } from '../../gpu/cells/registry.ts';
import { referenceBackward } from '../../gpu/reference/oracle.ts';
import { registerReferenceCell } from '../../gpu/reference/registry.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../support/compare.ts';
import { type Mutation, runNetwork } from '../support/gpu.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { randomProblem } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';

const FORWARD = 'shaders/recurrent/forward_step.wgsl';
const BACKWARD = 'shaders/recurrent/backward_step.wgsl';
const STEP = 'shaders/recurrent/step.wgsl';
const CELL = 'shaders/cells/rnn.wgsl';
const PRODUCT = 'shaders/linear/product.wgsl';
const COLUMN_SUMS = 'shaders/linear/column_sums.wgsl';

/** File, what it says, what the mutant says instead. */
const MUTANTS: Record<string, readonly [string, string, string]> = {
  'bias dropped': [
    FORWARD,
    'sums[(g * COLUMNS + c) * ROWS + r] = bias;',
    'sums[(g * COLUMNS + c) * ROWS + r] = 0.0;',
  ],
  'input dropped': [FORWARD, 'k < step.input_size', 'k < 0u'],
  'last input dropped': [FORWARD, 'k < step.input_size', 'k + 1u < step.input_size'],
  'recurrence dropped': [FORWARD, 'k < step.hidden_size', 'k < 0u'],
  'recurrence transposed': [
    FORWARD,
    'accumulate(&sums, &x, &units, step.weights + (step.input_size + k) * weight_stride);',
    'var turned = units; for (var c = 0u; c < COLUMNS; c++) { turned[c] = units[c] * weight_stride + k; } accumulate(&sums, &x, &turned, step.weights + step.input_size * weight_stride);',
  ],
  'state of the same time step': [
    FORWARD,
    'states[step.state_in + rows[r]',
    'states[step.state_out + rows[r]',
  ],
  'rows of W from the input part': [FORWARD, '(step.input_size + k) * weight_stride', 'k * weight_stride'],
  'input of the first sequence': [
    FORWARD,
    'inputs[step.input_at + rows[r] * step.input_size + k]',
    'inputs[step.input_at + k]',
  ],
  'input of time step 0': [FORWARD, 'inputs[step.input_at + ', 'inputs['],
  'no tanh': [
    CELL,
    'safe_tanh(at.input_sum[0] + at.recurrent_sum[0])',
    '(at.input_sum[0] + at.recurrent_sum[0])',
  ],
  "WGSL's own sign": [
    CELL,
    'safe_tanh(at.input_sum[0] + at.recurrent_sum[0])',
    'safe_tanh(-at.input_sum[0] - at.recurrent_sum[0])',
  ],
  'derivative dropped': [CELL, 'd_state[0] * (1.0 - h * h)', 'd_state[0]'],
  'derivative of the wrong sign': [CELL, '(1.0 - h * h)', '(1.0 + h * h)'],
  'derivative at the state before': [CELL, 'let h = at.state_out[0];', 'let h = at.state_in[0];'],
  'gradient not carried back': [
    BACKWARD,
    'let inner = select(columns, 0u, step.is_last == 1u);',
    'let inner = 0u;',
  ],
  'gradient of the last step carried on': [BACKWARD, 'select(columns, 0u, step.is_last == 1u)', 'columns'],
  'gradient through the input rows of W': [
    BACKWARD,
    'step.weights + (step.input_size + min',
    'step.weights + (min',
  ],
  'gradient from above dropped': [
    BACKWARD,
    'd_outputs[step.d_output_at + place] + through_weights',
    'through_weights',
  ],
  'gradient from above of another step': [
    BACKWARD,
    'd_outputs[step.d_output_at + place]',
    'd_outputs[place]',
  ],
  'gradient of the first sequence': [
    BACKWARD,
    'min(tile_row(tile, r), step.batch - 1u) * d_sums_stride()',
    '0u',
  ],
  'gradient of the same time step': [BACKWARD, 'rows[r] = step.d_sums_next', 'rows[r] = step.d_sums_at'],
  'products end one early': [PRODUCT, 'k < product.inner', 'k + 1u < product.inner'],
  "readout's bias dropped": [PRODUCT, 'product.has_bias == 1u', 'false'],
  'bias gradient ends one early': [COLUMN_SUMS, 'row < sums.rows', 'row + 1u < sums.rows'],
};

/** Of what only a cell with split sums, more states and vectors of its own uses. */
const SPLIT_MUTANTS: Record<string, readonly [string, string, string]> = {
  'sums not kept apart': [FORWARD, 'sums = Sums();', ''],
  'input sum dropped': [FORWARD, 'at.input_sum[g] = input_sums[(g * COLUMNS + c) * ROWS + r];', ''],
  'gates exchanged': [
    FORWARD,
    'at.recurrent_sum[g] = recurrent_sums[(g ',
    'at.recurrent_sum[GATES - 1u - g] = recurrent_sums[(g ',
  ],
  'second state not carried': [
    FORWARD,
    'states[step.state_in + s * step.state_stride + place]',
    'states[step.state_in + place]',
  ],
  'saved values exchanged': [FORWARD, '(row * SAVED + s) *', '(row * SAVED + SAVED - 1u - s) *'],
  'own vectors dropped': [STEP, 'vectors[v] = parameters[step.vectors + v * step.vector_stride + unit];', ''],
  'own vectors of the first unit': [STEP, 'v * step.vector_stride + unit', 'v * step.vector_stride'],
  'direct gradient of the states dropped': [
    BACKWARD,
    'd_states[s * plane + place] = d.state[s];',
    'd_states[s * plane + place] = 0.0;',
  ],
  'direct gradient kept from the last run': [
    BACKWARD,
    'select(d_states[s * plane + place], 0.0, step.is_last == 1u)',
    'd_states[s * plane + place]',
  ],
  'gradients of the input sums sent back': [BACKWARD, '+ RECURRENT_BLOCK * step.hidden_size;', '+ 0u;'],
  'gradient of the own vectors dropped': [BACKWARD, '= d.vectors[v];', '= 0.0;'],
};

function mutation([file, from, to]: readonly [string, string, string], used: () => void): Mutation {
  return (recording) => {
    const files = recording.kernel.files.map((source) => {
      if (source.name !== file || !source.text.includes(from)) return source;
      used();
      return { ...source, text: source.text.replaceAll(from, to) };
    });
    return { ...recording, kernel: { ...recording.kernel, files } };
  };
}

const SHAPE = { steps: 4, batch: 3, inputSize: 5, hiddenSizes: [6], outputSize: 2 };

describe.each([
  { cell: 'rnn', states: 1, mutants: MUTANTS },
  { cell: 'peephole', states: 2, mutants: SPLIT_MUTANTS },
])('$cell', ({ cell, states, mutants }) => {
  registerCell(peepholeDescription);
  registerReferenceCell('peephole', peepholeCell);
  const problem = randomProblem(new RandomSource(99), cell, states, SHAPE);
  const { model, parameters, inputs, batch, dOutputs, initialStates } = problem;
  const expected = referenceBackward(model, parameters, inputs, batch, dOutputs, { initial: initialStates });

  async function compare(mutate?: Mutation): Promise<void> {
    const actual = await runNetwork(problem, 'software', mutate);
    expectForwardClose(actual.outputs, expected.forward.outputs, 'outputs');
    expectParameterGradientsClose(model, actual.gradients, expected.parameters);
  }

  test('unbroken, the comparison passes', async () => {
    await expect(compare()).resolves.toBeUndefined();
  });

  test.each(Object.entries(mutants))('caught: %s', async (_, mutant) => {
    let uses = 0;
    await expect(compare(mutation(mutant, () => (uses += 1)))).rejects.toThrow(
      /off, allowed|L2 error|not finite/,
    );
    expect(uses).toBeGreaterThan(0);
  });
});
