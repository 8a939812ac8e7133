/** How weights start: element by element from the paper's random numbers, and what each initialiser promises. */
import { describe, expect, test } from 'vitest';
import {
  ConfigurationError,
  initialParameters,
  initialState,
  type InitializerName,
  type ModelConfiguration,
  parameterLayout,
  type ParameterView,
} from '../../../gpu/index.ts';
import { directedLayers, ENCODER } from '../../../gpu/model/parameters.ts';
import { spectralRadius } from '../../../gpu/model/spectral-radius.ts';
import { expectSameBits } from '../../support/compare.ts';
import { pcg4dByPaper } from '../../support/pcg4d.ts';
import { smallConfiguration } from '../../support/small-run.ts';

const INITIALIZERS: readonly InitializerName[] = ['glorot', 'he', 'orthogonal', 'uniform', 'identity'];
const INIT = 0x494e4954;
const SEED = 42;

const PLAIN: ModelConfiguration = {
  inputSize: 3,
  layers: [
    { cell: 'lstm', hiddenSize: 5 },
    { cell: 'rnn', hiddenSize: 4 },
  ],
  outputSize: 2,
};

/** All that a model can have: an encoder with a table, both directions, attention, a second bias, peepholes. */
const TRANSLATOR: ModelConfiguration = {
  inputSize: 50,
  input: { kind: 'embedding', size: 64 },
  layers: [
    { cell: 'gru', hiddenSize: 12 },
    { cell: 'lstm', hiddenSize: 6, peepholes: true },
  ],
  outputSize: 50,
  head: 'softmax',
  attention: 'additive',
  encoder: {
    inputSize: 40,
    input: { kind: 'embedding', size: 64 },
    layers: [
      { cell: 'gru', hiddenSize: 6, bidirectional: true },
      { cell: 'lstm', hiddenSize: 3, bidirectional: true, peepholes: true },
    ],
  },
};

const FROM_VECTOR: ModelConfiguration = {
  inputSize: 2,
  layers: [
    { cell: 'lstm', hiddenSize: 8, bidirectional: true },
    { cell: 'rnn', hiddenSize: 40 },
  ],
  outputSize: 2,
  vectorSize: 10,
};

function valuesOf(model: ModelConfiguration, parameters: Float32Array, name: string): Float32Array {
  const { offset, length } = parameterLayout(model).views.find((view) => view.name === name)!;
  return parameters.subarray(offset, offset + length);
}

function isMatrix({ name, shape }: ParameterView): boolean {
  return shape.length === 2 || name === 'attention.v';
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** Every gate's recurrent square `[H, H]` of a model. */
function recurrentSquares(
  model: ModelConfiguration,
  parameters: Float32Array,
): { H: number; square: number[] }[] {
  const layers = [...(model.encoder ? directedLayers(model.encoder, ENCODER) : []), ...directedLayers(model)];
  return layers.flatMap(({ name, cell, inputSize, hiddenSize: H }) => {
    const W = valuesOf(model, parameters, `${name}.W`);
    const stride = cell.gates.length * H;
    return cell.gates.map((_, gate) => ({
      H,
      square: Array.from(
        { length: H * H },
        (_, index) => W[(inputSize + Math.floor(index / H)) * stride + gate * H + (index % H)]!,
      ),
    }));
  });
}

function normal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** The plain model with one layer of so many units. */
function sized(hiddenSize: number): ModelConfiguration {
  return { ...PLAIN, layers: [{ cell: 'rnn', hiddenSize }] };
}

describe('element by element', () => {
  type Element = (u: number, v: number, rows: number, columns: number) => number;
  const formulas: { initializer: InitializerName; layer: Element; readout: Element }[] = [
    {
      initializer: 'glorot',
      layer: (u, _, rows, columns) => Math.sqrt(6 / (rows + columns)) * (2 * u - 1),
      readout: (u, _, rows, columns) => Math.sqrt(6 / (rows + columns)) * (2 * u - 1),
    },
    {
      initializer: 'he',
      layer: (u, v, rows) => Math.sqrt(2 / rows) * normal(u, v),
      readout: (u, v, rows) => Math.sqrt(2 / rows) * normal(u, v),
    },
    {
      initializer: 'uniform',
      layer: (u, _, _rows, columns) => (1 / Math.sqrt(columns)) * (2 * u - 1),
      readout: (u, _, rows) => (1 / Math.sqrt(rows)) * (2 * u - 1),
    },
  ];

  test.each(formulas)(
    '$initializer, matrix by matrix: input and recurrent rows of each gate, then U',
    (formula) => {
      const layout = parameterLayout(PLAIN);
      const expected = new Float32Array(layout.length);
      let matrix = 0;
      const fill = (
        offset: number,
        stride: number,
        rows: number,
        columns: number,
        element: Element,
      ): void => {
        for (let index = 0; index < rows * columns; index++) {
          const [u, v] = pcg4dByPaper(SEED, matrix, index, INIT).map(
            (bits) => (Math.floor(bits / 256) + 0.5) / 2 ** 24,
          );
          const at = offset + Math.floor(index / columns) * stride + (index % columns);
          expected[at] = element(u!, v!, rows, columns);
        }
        matrix += 1;
      };
      const offset = (name: string): number => layout.views.find((view) => view.name === name)!.offset;
      for (let gate = 0; gate < 4; gate++) {
        fill(offset('lstm.l0.W') + gate * 5, 20, 3, 5, formula.layer);
        fill(offset('lstm.l0.W') + 3 * 20 + gate * 5, 20, 5, 5, formula.layer);
      }
      fill(offset('rnn.l1.W'), 4, 5, 4, formula.layer);
      fill(offset('rnn.l1.W') + 5 * 4, 4, 4, 4, formula.layer);
      fill(offset('readout.U'), 2, 4, 2, formula.readout);
      expected.fill(1, offset('lstm.l0.b') + 5, offset('lstm.l0.b') + 10);
      expectSameBits(initialParameters(PLAIN, formula.initializer, SEED), expected, formula.initializer);
    },
  );
});

describe.each([
  { what: 'plain', model: PLAIN },
  { what: 'encoder, tables and attention', model: TRANSLATOR },
  { what: 'states from a vector', model: FROM_VECTOR },
])('$what', ({ model }) => {
  test.each(INITIALIZERS)(
    '%s: every matrix starts, biases and own vectors at 0 but for the forget gate',
    (initializer) => {
      const parameters = initialParameters(model, initializer, SEED);
      const { views } = parameterLayout(model);
      for (const { name } of views.filter(isMatrix)) {
        const size = rootMeanSquare(valuesOf(model, parameters, name));
        expect({ name, isSensible: size > 0.03 && size < 1.5 }).toEqual({ name, isSensible: true });
      }
      for (const { name, length } of views.filter((view) => !isMatrix(view))) {
        const isOpen = (index: number): boolean =>
          /lstm.*\.b$/.test(name) && Math.floor(index / (length / 4)) === 1;
        const values = Array.from({ length }, (_, index) => (isOpen(index) ? 1 : 0));
        expect({ name, values: [...valuesOf(model, parameters, name)] }).toEqual({ name, values });
      }
    },
  );

  test.each(INITIALIZERS)('%s: another seed gives other weights, the same seed the same', (initializer) => {
    const [first, again, other] = [SEED, SEED, 43].map((seed) => initialParameters(model, initializer, seed));
    expectSameBits(again!, first!, 'the same seed');
    expect([...other!]).not.toEqual([...first!]);
  });

  test('orthogonal: every recurrent square', () => {
    for (const { H, square } of recurrentSquares(model, initialParameters(model, 'orthogonal', SEED))) {
      for (let row = 0; row < H; row++) {
        for (let other = 0; other < H; other++) {
          let dot = 0;
          for (let k = 0; k < H; k++) dot += square[row * H + k]! * square[other * H + k]!;
          expect(dot).toBeCloseTo(row === other ? 1 : 0, 5);
        }
      }
    }
  });

  test('identity: every recurrent square; the others as Glorot', () => {
    const parameters = initialParameters(model, 'identity', SEED);
    for (const { H, square } of recurrentSquares(model, parameters)) {
      expect(square).toEqual(square.map((_, index) => (Math.floor(index / H) === index % H ? 1 : 0)));
    }
    const glorot = initialParameters(model, 'glorot', SEED);
    expectSameBits(valuesOf(model, parameters, 'readout.U'), valuesOf(model, glorot, 'readout.U'), 'U');
  });

  test.each(INITIALIZERS)('%s: every recurrent square has the spectral radius asked for', (initializer) => {
    for (const radius of [0.5, 1.25]) {
      const parameters = initialParameters(model, initializer, SEED, radius);
      for (const { H, square } of recurrentSquares(model, parameters)) {
        expect(spectralRadius(square, H)).toBeCloseTo(radius, 5);
      }
      const plain = initialParameters(model, initializer, SEED);
      expectSameBits(valuesOf(model, parameters, 'readout.U'), valuesOf(model, plain, 'readout.U'), 'U');
    }
  });
});

test('a token’s vector is about as long as its one-hot vector', () => {
  const E = valuesOf(TRANSLATOR, initialParameters(TRANSLATOR, 'he', SEED), 'embedding.E');
  const lengths = Array.from({ length: 50 }, (_, token) =>
    Math.hypot(...E.subarray(64 * token, 64 * (token + 1))),
  );
  const mean = lengths.reduce((sum, length) => sum + length, 0) / 50;
  // A length has a deviation of about 1/√(2·64); four standard errors of the mean of 50.
  expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(2 * 64 * 50) + 1 / (4 * 64));
});

test('of a vector’s V each state’s columns are a matrix: Glorot’s limit is that of its units', () => {
  const V = valuesOf(FROM_VECTOR, initialParameters(FROM_VECTOR, 'glorot', SEED), 'start.V');
  const widths = [8, 8, 8, 8, 40];
  const columns = widths.reduce((sum, width) => sum + width, 0);
  let first = 0;
  for (const width of widths) {
    const limit = Math.sqrt(6 / (10 + width));
    const sizes = Array.from({ length: 10 * width }, (_, index) =>
      Math.abs(V[Math.floor(index / width) * columns + first + (index % width)]!),
    );
    expect(Math.max(...sizes)).toBeLessThan(limit);
    expect(Math.max(...sizes)).toBeGreaterThan(0.9 * limit);
    first += width;
  }
});

describe('what cannot be', () => {
  test.each([1e5, 1e9, 1e300])('a layer of %f units is too large for any buffer', (hiddenSize) => {
    expect(() => initialParameters(sized(hiddenSize), 'glorot', 1)).toThrow(ConfigurationError);
    expect(() => initialParameters(sized(hiddenSize), 'glorot', 1)).toThrow(
      /^model: has .* parameters; allowed: up to/,
    );
  });

  test.each([0, -3, 1.5, NaN, Infinity])('a layer of %f units', (hiddenSize) => {
    expect(() => initialParameters(sized(hiddenSize), 'glorot', 1)).toThrow(
      `model.layers[0].hiddenSize: is ${hiddenSize}; allowed: whole numbers from 1.`,
    );
  });

  test('a state of a configuration that cannot be', () => {
    const optimizer = { algorithm: 'momentum', learningRate: 0.1, momentum: 1 } as const;
    expect(() => initialState(smallConfiguration({ optimizer }))).toThrow(
      /^training\.optimizer\.momentum: is 1; allowed/,
    );
  });
});

test('a state has the slots of its optimiser, and carries nothing', () => {
  for (const [algorithm, slots] of [
    ['nesterov', 1],
    ['adamw', 2],
  ] as const) {
    const rest = { momentum: 0.9, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, learningRate: 0.1 };
    const state = initialState(smallConfiguration({ optimizer: { algorithm, ...rest } }));
    expect(state.optimizerState).toHaveLength(slots * state.parameters.length);
    expect(state).not.toHaveProperty('carriedStates');
  }
});

test('a spectral radius in the configuration is that of the state', () => {
  const configuration = smallConfiguration({ spectralRadius: 0.9 });
  const { parameters } = initialState(configuration);
  for (const { H, square } of recurrentSquares(configuration.model, parameters)) {
    expect(spectralRadius(square, H)).toBeCloseTo(0.9, 5);
  }
});
