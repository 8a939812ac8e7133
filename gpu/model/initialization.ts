/** How weights start. Every value follows from the seed, the matrix's place in the layout and its own index. */
import type { InitializerName, ModelConfiguration, RunConfiguration } from './configuration.ts';
import type { TrainingState } from './engine.ts';
import { optimizerSlots } from './optimizer.ts';
import {
  type DirectedLayer,
  directedLayers,
  ENCODER,
  type ParameterLayout,
  parameterLayout,
  parameterView,
  type ParameterView,
} from './parameters.ts';
import { gaussian, pcg4d, uniform } from './random.ts';
import { spectralRadius } from './spectral-radius.ts';
import { validateModel } from './validate-model.ts';
import { validateSize } from './validate-training.ts';
import { validateConfiguration } from './validation.ts';

/** Fourth counter of the random numbers that weights start from: "INIT". */
const PURPOSE = 0x494e4954;

/**
 * The flat parameter buffer at iteration 0. Biases start at 0 unless the cell says otherwise, a cell's own vectors at
 * 0. Each matrix is drawn by itself, and W is taken apart: input rows and recurrent rows of each gate are a matrix each.
 *
 * - `glorot`: uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010);
 * - `he`: normal with variance 2 / fanIn (He et al., 2015);
 * - `uniform`: of a layer, input rows and recurrent rows, uniform in ±1/√H; else in ±1/√fanIn. As PyTorch, but for
 *   biases;
 * - `orthogonal`: a random orthogonal matrix for the recurrent rows, so that a gradient keeps its length where tanh is
 *   steep (Saxe et al., 2014), Glorot for the others;
 * - `identity`: the identity for the recurrent rows, with relu an integrator at the start (Le, Jaitly and Hinton, 2015),
 *   Glorot for the others.
 *
 * A table of token vectors is normal with variance 1 / size under each, so that a vector is about as long as the one-hot
 * vector it stands for. Of a vector's `start.V` the columns of each state are a matrix.
 *
 * @param radius what the spectral radius of each gate's recurrent rows is scaled to; left out: not scaled.
 * @throws ConfigurationError where the model cannot be, or has too many parameters.
 */
export function initialParameters(
  model: ModelConfiguration,
  initializer: InitializerName,
  seed: number,
  radius?: number,
): Float32Array {
  validateModel(model);
  validateSize(model);
  const layout = parameterLayout(model);
  const values = new Float32Array(layout.length);
  matricesOf(model, layout).forEach((matrix, index) => {
    const { offset, stride, rows, columns } = matrix;
    const block = startOf(matrix, initializer, counter(seed, index));
    if (matrix.kind === 'recurrent' && radius !== undefined) scaleTo(radius, block, rows);
    for (let row = 0; row < rows; row += 1) {
      values.set(block.subarray(row * columns, (row + 1) * columns), offset + row * stride);
    }
  });
  for (const directed of allLayers(model)) fillBias(values, layout, directed);
  return values;
}

/**
 * The state of a run before its first iteration.
 * @throws ConfigurationError where the configuration cannot be.
 */
export function initialState(configuration: RunConfiguration): TrainingState {
  validateConfiguration(configuration);
  const { model, training } = configuration;
  const { initializer, seed, spectralRadius: radius, optimizer } = training;
  const parameters = initialParameters(model, initializer, seed, radius);
  const optimizerState = new Float32Array(optimizerSlots(optimizer).length * parameters.length);
  return { iteration: 0, parameters, optimizerState };
}

/** A matrix that is drawn by itself: a block of columns of some rows of a view. */
interface Matrix {
  readonly kind: 'input' | 'recurrent' | 'table' | 'plain';
  /** Of its first element, in floats from the start of the buffer. */
  readonly offset: number;
  /** Floats from row to row. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}

/** In the order of the layout, by which they are numbered. */
function matricesOf(model: ModelConfiguration, layout: ParameterLayout): Matrix[] {
  const layers = new Map(allLayers(model).map((directed) => [`${directed.name}.W`, directed]));
  return layout.views.flatMap((view): Matrix[] => {
    const directed = layers.get(view.name);
    if (directed) return gateMatrices(view, directed);
    if (view.name === 'start.V') return startMatrices(view, model);
    if (view.name === 'attention.v') return [whole(view, 'plain', [view.length, 1])];
    if (view.shape.length < 2) return [];
    return [whole(view, view.name.endsWith('embedding.E') ? 'table' : 'plain', view.shape)];
  });
}

function whole({ offset }: ParameterView, kind: Matrix['kind'], [rows, columns]: readonly number[]): Matrix {
  return { kind, offset, stride: columns!, rows: rows!, columns: columns! };
}

/** Gate by gate, the input's rows and the recurrent ones. */
function gateMatrices({ offset }: ParameterView, { cell, inputSize, hiddenSize }: DirectedLayer): Matrix[] {
  const stride = cell.gates.length * hiddenSize;
  return cell.gates.flatMap((_, gate): Matrix[] => {
    const at = offset + gate * hiddenSize;
    return [
      { kind: 'input', offset: at, stride, rows: inputSize, columns: hiddenSize },
      { kind: 'recurrent', offset: at + inputSize * stride, stride, rows: hiddenSize, columns: hiddenSize },
    ];
  });
}

/** Layer by layer, the columns of each state. */
function startMatrices({ offset, shape }: ParameterView, model: ModelConfiguration): Matrix[] {
  const [rows, stride] = shape as [number, number];
  let at = offset;
  return directedLayers(model).flatMap(({ cell, hiddenSize }) =>
    cell.states.map((): Matrix => {
      const matrix: Matrix = { kind: 'plain', offset: at, stride, rows, columns: hiddenSize };
      at += hiddenSize;
      return matrix;
    }),
  );
}

function allLayers(model: ModelConfiguration): DirectedLayer[] {
  return [...(model.encoder ? directedLayers(model.encoder, ENCODER) : []), ...directedLayers(model)];
}

function fillBias(
  values: Float32Array,
  layout: ParameterLayout,
  { name, cell, hiddenSize }: DirectedLayer,
): void {
  const bias = parameterView(layout, `${name}.b`).offset;
  for (const [gate, value] of Object.entries(cell.initialBias ?? {})) {
    const at = bias + cell.gates.indexOf(gate) * hiddenSize;
    values.fill(value, at, at + hiddenSize);
  }
}

type Draw = (index: number) => [number, number];

/** Two uniform numbers in (0, 1) for an index into a matrix. */
function counter(seed: number, matrix: number): Draw {
  return (index) => {
    const [a, b] = pcg4d(seed, matrix, index, PURPOSE);
    return [uniform(a), uniform(b)];
  };
}

/** The elements `[rows, columns]` of a matrix. */
function startOf({ kind, rows, columns }: Matrix, initializer: InitializerName, draw: Draw): Float32Array {
  const normals = (deviation: number): Float32Array =>
    Float32Array.from({ length: rows * columns }, (_, index) => deviation * gaussian(...draw(index)));
  const uniforms = (limit: number): Float32Array =>
    Float32Array.from({ length: rows * columns }, (_, index) => limit * (2 * draw(index)[0] - 1));
  if (kind === 'table') return normals(1 / Math.sqrt(columns));
  switch (initializer) {
    case 'he':
      return normals(Math.sqrt(2 / rows));
    case 'uniform':
      return uniforms(1 / Math.sqrt(kind === 'plain' ? rows : columns));
    case 'orthogonal':
      if (kind === 'recurrent') return orthogonal(rows, draw);
      break;
    case 'identity':
      if (kind === 'recurrent') return identity(rows);
      break;
    default:
  }
  return uniforms(Math.sqrt(6 / (rows + columns)));
}

function identity(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
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

/** In order of the index, by a plain loop: the inner loop of all that is cubic here. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
}

/** Scales a square matrix, in place, so that its largest |λ| is `radius`. */
function scaleTo(radius: number, matrix: Float32Array, size: number): void {
  const factor = radius / spectralRadius(matrix, size);
  matrix.forEach((value, index) => (matrix[index] = factor * value));
}
