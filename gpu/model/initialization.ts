/** How weights start. Every value follows from the seed, the parameter's place in the layout and its own index. */
import { cellNamed } from '../cells/registry.ts';
import type { InitializerName, ModelConfiguration, RunConfiguration } from './configuration.ts';
import type { TrainingState } from './engine.ts';
import { optimizerSlots } from './optimizer.ts';
import { layerParameter, parameterLayout, parameterView } from './parameters.ts';
import { gaussian, pcg4d, uniform } from './random.ts';

/** Fourth counter of the random numbers that weights start from: "INIT". */
const PURPOSE = 0x494e4954;

/**
 * The flat parameter buffer at iteration 0. Biases start at 0 unless the cell says otherwise, a cell's
 * own vectors at 0. Weights:
 * - `glorot`: uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010);
 * - `he`: normal with variance 2 / fanIn (He et al., 2015);
 * - `orthogonal`: Glorot for the input rows and the readout, a random orthogonal matrix for each gate's recurrent
 *   block, so that a gradient keeps its length where tanh is steep (Saxe et al., 2014).
 * Input rows and recurrent rows of W are each a matrix of their own, as are the gates.
 */
export function initialParameters(
  model: ModelConfiguration,
  initializer: InitializerName,
  seed: number,
): Float32Array {
  const layout = parameterLayout(model);
  const values = new Float32Array(layout.length);
  let matrix = 0;
  const fill = (offset: number, stride: number, rows: number, columns: number, recurrent: boolean): void => {
    const draw = counter(seed, matrix);
    matrix += 1;
    const block =
      recurrent && initializer === 'orthogonal'
        ? orthogonal(rows, draw)
        : scaled(rows, columns, initializer, draw);
    for (let row = 0; row < rows; row += 1) {
      values.set(block.subarray(row * columns, (row + 1) * columns), offset + row * stride);
    }
  };
  let inputSize = model.inputSize;
  model.layers.forEach(({ cell: name, hiddenSize }, index) => {
    const cell = cellNamed(name);
    const gates = cell.gates.length;
    const { offset } = parameterView(layout, layerParameter(name, index, 'W'));
    const stride = gates * hiddenSize;
    for (let gate = 0; gate < gates; gate += 1) {
      fill(offset + gate * hiddenSize, stride, inputSize, hiddenSize, false);
      fill(offset + inputSize * stride + gate * hiddenSize, stride, hiddenSize, hiddenSize, true);
    }
    const bias = parameterView(layout, layerParameter(name, index, 'b')).offset;
    for (const [gate, value] of Object.entries(cell.initialBias ?? {})) {
      const at = bias + cell.gates.indexOf(gate) * hiddenSize;
      values.fill(value, at, at + hiddenSize);
    }
    inputSize = hiddenSize;
  });
  fill(parameterView(layout, 'readout.U').offset, model.outputSize, inputSize, model.outputSize, false);
  return values;
}

/** The state of a run before its first iteration. */
export function initialState(configuration: RunConfiguration): TrainingState {
  const { model, training } = configuration;
  const parameters = initialParameters(model, training.initializer, training.seed);
  const optimizerState = new Float32Array(optimizerSlots(training.optimizer).length * parameters.length);
  return { iteration: 0, parameters, optimizerState };
}

type Draw = (index: number) => [number, number];

/** Two uniform numbers in (0, 1) for an index into a matrix. */
function counter(seed: number, matrix: number): Draw {
  return (index) => {
    const [a, b] = pcg4d(seed, matrix, index, PURPOSE);
    return [uniform(a), uniform(b)];
  };
}

function scaled(rows: number, columns: number, initializer: InitializerName, draw: Draw): Float32Array {
  const limit = Math.sqrt(6 / (rows + columns));
  const deviation = Math.sqrt(2 / rows);
  return Float32Array.from({ length: rows * columns }, (_, index) => {
    const [u, v] = draw(index);
    return initializer === 'he' ? deviation * gaussian(u, v) : limit * (2 * u - 1);
  });
}

/** Rows of a Gaussian matrix made orthonormal one after the other (modified Gram–Schmidt, twice for precision). */
function orthogonal(size: number, draw: Draw): Float32Array {
  const rows = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length: size }, (_, column) => gaussian(...draw(row * size + column))),
  );
  rows.forEach((row, index) => {
    for (let pass = 0; pass < 2; pass += 1) {
      for (const done of rows.slice(0, index)) {
        const along = dot(row, done);
        for (let column = 0; column < size; column += 1) row[column]! -= along * done[column]!;
      }
    }
    const length = Math.sqrt(dot(row, row));
    for (let column = 0; column < size; column += 1) row[column]! /= length;
  });
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
