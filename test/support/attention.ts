/** Attention with random numbers, its formulas on a float64 tape, and the comparison of the kernels with them. */
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { attentionBackward } from '../../gpu/layers/attention-backward.ts';
import {
  attentionForward,
  attentionGradientSizes,
  attentionKeys,
  type AttentionLayer,
  attentionSizes,
} from '../../gpu/layers/attention.ts';
import type { Gradient } from '../../gpu/reference/oracle.ts';
import { expectForwardClose, expectGradientClose } from './compare.ts';
import { type Mutation, runRecordings } from './gpu.ts';
import type { RandomSource } from './random.ts';
import { type Scalar, Tape } from './tape.ts';

export interface AttentionShape {
  readonly kind: 'dot' | 'additive';
  readonly batch: number;
  readonly steps: number;
  readonly sourceSteps: number;
  readonly width: number;
  /** That of the main stack where the kind is dot. */
  readonly sourceWidth: number;
  readonly hasLengths: boolean;
}

export interface AttentionProblem extends AttentionShape {
  readonly layer: AttentionLayer;
  readonly parameters: Float32Array;
  /** [T, B, D] and [Te, B, E], zeros past the end. */
  readonly queries: Float32Array;
  readonly source: Float32Array;
  readonly lengths: Uint32Array;
  /** [T, B, D] */
  readonly dOut: Float32Array;
}

/** Floats before what a place points to. */
const AT = 5;
const UNUSED = 3;

export function attentionProblem(random: RandomSource, shape: AttentionShape): AttentionProblem {
  const { kind, batch, steps, sourceSteps, width, sourceWidth, hasLengths } = shape;
  const score = kind === 'additive' ? [width * width, sourceWidth * width, width] : [0, 0, 0];
  const sizes = [...score, (sourceWidth + width) * width, width];
  // A gap before each parameter.
  const places = sizes.map((_, index) =>
    sizes.slice(0, index).reduce((sum, size) => sum + size + UNUSED, UNUSED),
  );
  const [queryWeights, keyWeights, scoreWeights, combineWeights, combineBias] = places as [
    number,
    number,
    number,
    number,
    number,
  ];
  const lengths = Uint32Array.from({ length: batch }, () =>
    hasLengths ? random.integer(1, sourceSteps) : sourceSteps,
  );
  const source = random.normals(sourceSteps * batch * sourceWidth, 0.7);
  source.forEach((_, index) => {
    const row = Math.floor(index / sourceWidth);
    if (Math.floor(row / batch) >= lengths[row % batch]!) source[index] = 0;
  });
  return {
    ...shape,
    layer: {
      kind,
      width,
      sourceWidth,
      queryWeights,
      keyWeights,
      scoreWeights,
      combineWeights,
      combineBias,
    },
    parameters: random.normals(combineBias + width, 1 / Math.sqrt(width)),
    queries: random.normals(steps * batch * width, 0.7),
    source,
    lengths,
    dOut: random.normals(steps * batch * width),
  };
}

export interface AttentionResult {
  readonly out: Float64Array;
  readonly weights: Float64Array;
  readonly parameters: Gradient;
  readonly queries: Gradient;
  readonly source: Gradient;
}

function rowOf(x: readonly Scalar[], row: number, size: number): Scalar[] {
  return x.slice(row * size, (row + 1) * size);
}

/** The formulas at the head of gpu/layers/attention.ts, and their gradients by the tape. */
export function attentionByFormula(problem: AttentionProblem): AttentionResult {
  const { layer, batch, steps, sourceSteps, width, sourceWidth, lengths } = problem;
  const tape = new Tape();
  const parameters = tape.variables(problem.parameters);
  const h = tape.variables(problem.queries);
  const e = tape.variables(problem.source);
  const out: Scalar[] = [];
  const weights = new Float64Array(steps * batch * sourceSteps);
  const column = (at: number, rows: number, index: number): Scalar[] =>
    Array.from({ length: rows }, (_, row) => parameters[at + row * width + index]!);
  const times = (x: Scalar[], at: number): Scalar[] =>
    Array.from({ length: width }, (_, index) => tape.dot(x, column(at, x.length, index)));
  const v = parameters.slice(layer.scoreWeights, layer.scoreWeights + width);
  const isDot = layer.kind === 'dot';
  const keys = isDot
    ? []
    : Array.from({ length: sourceSteps * batch }, (_, row) =>
        times(rowOf(e, row, sourceWidth), layer.keyWeights),
      );
  for (let row = 0; row < steps * batch; row += 1) {
    const b = row % batch;
    const query = rowOf(h, row, width);
    const real = Array.from({ length: lengths[b]! }, (_, s) => rowOf(e, s * batch + b, sourceWidth));
    const mapped = isDot ? [] : times(query, layer.queryWeights);
    const scores = real.map((vector, s) =>
      isDot
        ? tape.dot(query, vector)
        : tape.dot(
            v,
            mapped.map((q, d) => tape.tanh(tape.add(q, keys[s * batch + b]![d]!))),
          ),
    );
    const most = Math.max(...scores.map((score) => tape.value(score)));
    const powers = scores.map((score) => tape.exp(score, most));
    const sum = tape.add(...powers);
    const alpha = powers.map((power) => tape.divide(power, sum));
    alpha.forEach((value, s) => (weights[row * sourceSteps + s] = tape.value(value)));
    const context = Array.from({ length: sourceWidth }, (_, index) =>
      tape.dot(
        alpha,
        real.map((vector) => vector[index]!),
      ),
    );
    const joined = times([...context, ...query], layer.combineWeights);
    out.push(...joined.map((x, d) => tape.tanh(tape.add(x, parameters[layer.combineBias + d]!))));
  }
  const gradient = tape.gradient(out, problem.dOut);
  return {
    out: Float64Array.from(out, (scalar) => tape.value(scalar)),
    weights,
    parameters: gradient(parameters),
    queries: gradient(h),
    source: gradient(e),
  };
}

/** Forward in calls of `stepsEach` time steps, then backward over all; every result against the formulas. */
export async function compareAttention(
  problem: AttentionProblem,
  expected: AttentionResult,
  family: KernelFamily,
  mutate?: Mutation,
  stepsEach = problem.steps,
): Promise<void> {
  const { layer, batch, steps, sourceSteps, width, hasLengths } = problem;
  const extent = { batch, steps, sourceSteps };
  const results = await runRecordings(
    {
      ...attentionSizes(layer, extent),
      ...attentionGradientSizes(layer, extent),
      parameters: problem.parameters.length,
      gradients: problem.parameters.length,
      lengths: batch,
      queries: AT + problem.queries.length,
      source: AT + problem.source.length,
      dOut: AT + problem.dOut.length,
      out: AT + problem.dOut.length,
      dQueries: AT + problem.queries.length,
      dSource: AT + problem.source.length,
    },
    {
      parameters: problem.parameters,
      lengths: hasLengths ? problem.lengths : new Uint32Array(batch),
      queries: afterPoison(problem.queries),
      source: afterPoison(problem.source),
      dOut: afterPoison(problem.dOut),
    },
    (buffers) => {
      const context = { family, parameters: buffers['parameters']!, gradients: buffers['gradients']! };
      const use = (name: string, first = 0) => ({ buffer: buffers[name]!, at: AT + first * batch * width });
      const given = {
        ...extent,
        source: use('source'),
        ...(hasLengths ? { lengths: buffers['lengths']! } : {}),
      };
      const recordings = attentionKeys(context, layer, buffers, given);
      for (let first = 0; first < steps; first += stepsEach) {
        const now = { firstStep: first, steps: Math.min(stepsEach, steps - first) };
        const places = { queries: use('queries', first), out: use('out', first) };
        recordings.push(...attentionForward(context, layer, buffers, { ...given, ...now, ...places }));
      }
      const gradients = { dOut: use('dOut'), dQueries: use('dQueries'), dSource: use('dSource') };
      const whole = { ...given, firstStep: 0, queries: use('queries'), out: use('out'), ...gradients };
      return [...recordings, ...attentionBackward(context, layer, buffers, whole)];
    },
    mutate,
  );
  expectForwardClose(results['out']!.subarray(AT), expected.out, 'a');
  expectForwardClose(results['attention.weights']!, expected.weights, 'α');
  expectZerosPastEnd(problem, results['attention.weights']!);
  expectGradientClose(results['dQueries']!.subarray(AT), expected.queries, 'dh');
  expectGradientClose(results['dSource']!.subarray(AT), expected.source, 'de');
  expectOfParameters(problem, results['gradients']!, expected.parameters);
}

function afterPoison(values: Float32Array): Float32Array {
  const result = new Float32Array(AT + values.length).fill(NaN);
  result.set(values, AT);
  return result;
}

function expectZerosPastEnd({ batch, sourceSteps, lengths }: AttentionProblem, weights: Float32Array): void {
  weights.forEach((weight, index) => {
    const b = Math.floor(index / sourceSteps) % batch;
    if (index % sourceSteps >= lengths[b]! && !Object.is(weight, 0)) {
      throw new Error(`α past the end: ${weight} off, allowed 0; at ${index}.`);
    }
  });
}

/** Each parameter by itself; what lies between them is not touched. */
function expectOfParameters(
  { layer, width, sourceWidth, kind }: AttentionProblem,
  actual: Float32Array,
  expected: Gradient,
): void {
  const views: [string, number, number][] = [
    ['C', layer.combineWeights, (sourceWidth + width) * width],
    ['c', layer.combineBias, width],
  ];
  if (kind === 'additive') {
    views.push(
      ['Wq', layer.queryWeights, width * width],
      ['Wk', layer.keyWeights, sourceWidth * width],
      ['v', layer.scoreWeights, width],
    );
  }
  const untouched = Float32Array.from(actual);
  for (const [name, at, length] of views) {
    const part = {
      values: expected.values.slice(at, at + length),
      magnitude: expected.magnitude.slice(at, at + length),
    };
    expectGradientClose(actual.subarray(at, at + length), part, `gradient of ${name}`);
    untouched.fill(NaN, at, at + length);
  }
  if (!untouched.every(Number.isNaN)) throw new Error('gradients: written outside of the parameters.');
}
