/** A recurrent layer in onnxruntime-web (WebAssembly, one thread): the project's weights in ONNX's orders. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import {
  type DirectedLayer,
  directedLayers,
  parameterLayout,
  parameterView,
} from '../../gpu/model/parameters.ts';
import type { ModelConfiguration } from '../../gpu/model/configuration.ts';
import { type OnnxAttributes, type OnnxInput, onnxModel } from './onnx-model.ts';

env.wasm.numThreads = 1;

export type Direction = 'forward' | 'reverse' | 'bidirectional';

/** Values of an input by name, with their shape. */
interface OnnxValue {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A recurrent operator and all that it reads. D is the number of directions, G the number of gates. */
export interface OnnxQuestion {
  readonly operator: 'RNN' | 'LSTM' | 'GRU';
  readonly attributes: OnnxAttributes;
  /**
   * `X [T, B, I]`, `W [D, G·H, I]`, `R [D, G·H, H]`, `B [D, 2·G·H]` (the input's biases first), `initial_h`,
   * `initial_c [D, B, H]`, `P [D, 3·H]` and, where there are lengths, `sequence_lens [B]`.
   */
  readonly inputs: Readonly<Record<string, OnnxValue>>;
}

export interface OnnxAnswer {
  /** `[T, D, B, H]` */
  readonly Y: Float32Array;
  /** `[D, B, H]` */
  readonly Y_h: Float32Array;
  /** `[D, B, H]`, of an LSTM. */
  readonly Y_c?: Float32Array;
}

/** What one layer of a model reads. */
export interface LayerReading {
  readonly model: ModelConfiguration;
  readonly parameters: Float32Array;
  readonly layer: number;
  /** Which of the layer's directions ONNX runs. */
  readonly direction: Direction;
  readonly steps: number;
  readonly batch: number;
  /** `[T, B, I]` */
  readonly inputs: Float32Array;
  /** `[B]` */
  readonly lengths?: Uint32Array | undefined;
  /** Of the layer `[S][B, H]`, those of a reverse direction last. */
  readonly initialStates: Float32Array;
}

/** By cell: the operator, and the project's names of gates in the operator's order. */
const OPERATORS = {
  rnn: { operator: 'RNN', gates: ['h'] },
  lstm: { operator: 'LSTM', gates: ['i', 'o', 'f', 'g'] },
  gru: { operator: 'GRU', gates: ['z', 'r', 'n'] },
} as const;

/** Peepholes in ONNX's order. */
const PEEPHOLES = ['pi', 'po', 'pf'];

/** What each operator may read, in order. */
const INPUTS: readonly OnnxInput[] = ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h', 'initial_c', 'P'].map(
  (name) => ({ name, type: name === 'sequence_lens' ? 'int32' : 'float' }),
);
const INPUT_COUNTS = { RNN: 6, GRU: 6, LSTM: 8 };

export function onnxQuestion(reading: LayerReading): OnnxQuestion {
  const { model, layer, direction, steps, batch, inputs, lengths, initialStates } = reading;
  const all = directedLayers(model).filter(({ index }) => index === layer);
  const directed = all.filter(
    ({ reverse }) => direction === 'bidirectional' || reverse === (direction === 'reverse'),
  );
  const { cell, inputSize, hiddenSize } = directed[0]!;
  const { cell: name, activation = 'tanh' } = model.layers[layer]!;
  const { operator, gates } = OPERATORS[name as keyof typeof OPERATORS];
  const weights = directed.map((one) => directionWeights(reading, one, gates));
  const input = (name: keyof DirectionWeights, ...shape: number[]): OnnxValue => ({
    shape: [directed.length, ...shape],
    data: joined(weights.map((of) => of[name])),
  });
  const plane = batch * hiddenSize;
  const initial = (state: string): OnnxValue => ({
    shape: [directed.length, batch, hiddenSize],
    data: joined(
      directed.map((one) => {
        const at = (all.indexOf(one) * cell.states.length + cell.states.indexOf(state)) * plane;
        return initialStates.subarray(at, at + plane);
      }),
    ),
  });
  const rows = gates.length * hiddenSize;
  return {
    operator,
    attributes: {
      direction,
      hidden_size: hiddenSize,
      ...(name === 'rnn'
        ? { activations: directed.map(() => (activation === 'relu' ? 'Relu' : 'Tanh')) }
        : {}),
      ...(name === 'gru' ? { linear_before_reset: 1 } : {}),
    },
    inputs: {
      X: { shape: [steps, batch, inputSize], data: inputs },
      W: input('W', rows, inputSize),
      R: input('R', rows, hiddenSize),
      B: input('B', 2 * rows),
      initial_h: initial('h'),
      ...(name === 'lstm' ? { initial_c: initial('c') } : {}),
      ...(cell.vectors.includes('pi') ? { P: input('P', 3 * hiddenSize) } : {}),
      ...(lengths ? { sequence_lens: { shape: [batch], data: Int32Array.from(lengths) } } : {}),
    },
  };
}

interface DirectionWeights {
  /** `[G·H, I]` */
  readonly W: Float32Array;
  /** `[G·H, H]` */
  readonly R: Float32Array;
  /** `[2·G·H]` */
  readonly B: Float32Array;
  /** `[3·H]`, or nothing. */
  readonly P: Float32Array;
}

/**
 * `W [I + H, G·H]` taken apart, turned, and its gates in ONNX's order. The project's one bias is ONNX's bias of the
 * input; its bias of the recurrent sum is 0 but for GRU's n, where it is bn.
 */
function directionWeights(
  { model, parameters }: LayerReading,
  { name, cell, inputSize, hiddenSize }: DirectedLayer,
  gates: readonly string[],
): DirectionWeights {
  const layout = parameterLayout(model);
  const values = (parameter: string): Float32Array => {
    const { offset, length } = parameterView(layout, `${name}.${parameter}`);
    return parameters.subarray(offset, offset + length);
  };
  const [W, b] = [values('W'), values('b')];
  const columns = gates.flatMap((gate) =>
    Array.from({ length: hiddenSize }, (_, unit) => cell.gates.indexOf(gate) * hiddenSize + unit),
  );
  const turned = (from: number, rows: number): Float32Array =>
    joined(
      columns.map((column) =>
        Float32Array.from({ length: rows }, (_, row) => W[(from + row) * b.length + column]!),
      ),
    );
  const recurrentBias = new Float32Array(b.length);
  if (cell.vectors.includes('bn')) recurrentBias.set(values('bn'), gates.indexOf('n') * hiddenSize);
  return {
    W: turned(0, inputSize),
    R: turned(inputSize, hiddenSize),
    B: joined([Float32Array.from(columns, (column) => b[column]!), recurrentBias]),
    P: joined(PEEPHOLES.filter((vector) => cell.vectors.includes(vector)).map(values)),
  };
}

const sessions = new Map<string, Promise<InferenceSession>>();

export async function askOnnx({ operator, attributes, inputs }: OnnxQuestion): Promise<OnnxAnswer> {
  const node = {
    operator,
    attributes,
    inputs: INPUTS.slice(0, INPUT_COUNTS[operator]).map((input) => (input.name in inputs ? input : null)),
    outputs: operator === 'LSTM' ? ['Y', 'Y_h', 'Y_c'] : ['Y', 'Y_h'],
  };
  const key = JSON.stringify(node);
  if (!sessions.has(key)) sessions.set(key, InferenceSession.create(onnxModel(node)));
  const session = await sessions.get(key)!;
  const answer = await session.run(
    Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensorOf(value)])),
  );
  return Object.fromEntries(
    Object.entries(answer).map(([name, { data }]) => [name, data as Float32Array]),
  ) as unknown as OnnxAnswer;
}

function tensorOf({ data, shape }: OnnxValue): Tensor {
  return data instanceof Int32Array ? new Tensor('int32', data, shape) : new Tensor('float32', data, shape);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
