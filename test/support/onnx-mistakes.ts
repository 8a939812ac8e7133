/** Ways in which weights can be handed to ONNX wrongly: a comparison that one of them passes proves nothing. */
import type { OnnxQuestion } from './onnx.ts';

export interface OnnxMistake {
  readonly what: string;
  readonly cell: { readonly cell: string; readonly peepholes?: boolean };
  readonly change: (question: OnnxQuestion) => OnnxQuestion;
}

/** Gates are counted in ONNX's order: of the LSTM i, o, f, c; of the GRU z, r, h. */
export const mistakes: readonly OnnxMistake[] = [
  { what: 'RNN, bias dropped', cell: { cell: 'rnn' }, change: zeroed('B') },
  { what: 'RNN, recurrence transposed', cell: { cell: 'rnn' }, change: turnedRecurrence },
  { what: 'RNN, recurrence dropped', cell: { cell: 'rnn' }, change: zeroed('R') },
  { what: 'RNN, initial h dropped', cell: { cell: 'rnn' }, change: zeroed('initial_h') },
  { what: 'RNN, lengths dropped', cell: { cell: 'rnn' }, change: without('sequence_lens') },
  {
    what: 'RNN, the other activation',
    cell: { cell: 'rnn' },
    change: attribute('activations', ['Relu', 'Relu']),
  },
  {
    what: 'RNN, directions exchanged',
    cell: { cell: 'rnn' },
    change: swappedParts(2, ['W', 'R', 'B'], 0, 1),
  },
  { what: 'LSTM, i and f exchanged', cell: { cell: 'lstm' }, change: swappedGates(4, 0, 2) },
  { what: 'LSTM, i and o exchanged', cell: { cell: 'lstm' }, change: swappedGates(4, 0, 1) },
  { what: 'LSTM, f and o exchanged', cell: { cell: 'lstm' }, change: swappedGates(4, 1, 2) },
  { what: 'LSTM, g and o exchanged', cell: { cell: 'lstm' }, change: swappedGates(4, 1, 3) },
  { what: 'LSTM, bias dropped', cell: { cell: 'lstm' }, change: zeroed('B') },
  { what: 'LSTM, initial c dropped', cell: { cell: 'lstm' }, change: zeroed('initial_c') },
  { what: 'LSTM, lengths dropped', cell: { cell: 'lstm' }, change: without('sequence_lens') },
  { what: 'LSTM, peepholes dropped', cell: { cell: 'lstm', peepholes: true }, change: without('P') },
  {
    what: 'LSTM, peepholes of f and o exchanged',
    cell: { cell: 'lstm', peepholes: true },
    change: swappedParts(6, ['P'], 1, 2),
  },
  { what: 'GRU, z and r exchanged', cell: { cell: 'gru' }, change: swappedGates(3, 0, 1) },
  { what: 'GRU, r and n exchanged', cell: { cell: 'gru' }, change: swappedGates(3, 1, 2) },
  {
    what: 'GRU, reset before the product',
    cell: { cell: 'gru' },
    change: attribute('linear_before_reset', 0),
  },
  { what: 'GRU, both biases of n outside the reset', cell: { cell: 'gru' }, change: recurrentBiasMoved },
  { what: 'GRU, lengths dropped', cell: { cell: 'gru' }, change: without('sequence_lens') },
];

function changed(question: OnnxQuestion, name: string, data: Float32Array): OnnxQuestion {
  const { shape } = question.inputs[name]!;
  return { ...question, inputs: { ...question.inputs, [name]: { shape, data } } };
}

function values(question: OnnxQuestion, name: string): Float32Array {
  return question.inputs[name]!.data as Float32Array;
}

function zeroed(name: string) {
  return (question: OnnxQuestion): OnnxQuestion =>
    changed(question, name, new Float32Array(values(question, name).length));
}

function without(name: string) {
  return (question: OnnxQuestion): OnnxQuestion => {
    const { [name]: _, ...inputs } = question.inputs;
    return { ...question, inputs };
  };
}

function attribute(name: string, value: number | readonly string[]) {
  return (question: OnnxQuestion): OnnxQuestion => ({
    ...question,
    attributes: { ...question.attributes, [name]: value },
  });
}

/** Two of the equal parts into which the named inputs fall. */
function swappedParts(parts: number, names: readonly string[], one: number, other: number) {
  return (question: OnnxQuestion): OnnxQuestion =>
    names.reduce((before, name) => {
      const from = values(before, name);
      const size = from.length / parts;
      const part = (index: number): Float32Array => from.subarray(index * size, (index + 1) * size);
      const to = from.slice();
      to.set(part(one), other * size);
      to.set(part(other), one * size);
      return changed(before, name, to);
    }, question);
}

/** In the first direction's W, R and its biases of the input. */
function swappedGates(gates: number, one: number, other: number) {
  return (question: OnnxQuestion): OnnxQuestion =>
    swappedParts(4 * gates, ['B'], one, other)(swappedParts(2 * gates, ['W', 'R'], one, other)(question));
}

/** Each gate's square of R, of every direction, is transposed. */
function turnedRecurrence(question: OnnxQuestion): OnnxQuestion {
  const from = values(question, 'R');
  const size = question.inputs['R']!.shape[2]!;
  return changed(
    question,
    'R',
    from.map((_, index) => {
      const [row, column] = [Math.floor(index / size) % size, index % size];
      return from[index + (column - row) * size + (row - column)]!;
    }),
  );
}

/** `[Wb z r h ‖ Rb z r h]`: Rb_h is added to Wb_h, where the reset gate does not reach it. */
function recurrentBiasMoved(question: OnnxQuestion): OnnxQuestion {
  const B = values(question, 'B').slice();
  const size = question.inputs['R']!.shape[2]!;
  for (let at = 0; at < B.length; at += 6 * size) {
    for (let unit = 0; unit < size; unit += 1) {
      B[at + 2 * size + unit]! += B[at + 5 * size + unit]!;
      B[at + 5 * size + unit] = 0;
    }
  }
  return changed(question, 'B', B);
}
