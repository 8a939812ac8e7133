/** Problems whose comparison with the reference has to tell mutants. Each is made when it is first compared. */
import { type CellChoice, cellOf, registerCell } from '../../gpu/cells/registry.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { recordProduct } from '../../gpu/layers/linear.ts';
import { referenceBackward } from '../../gpu/reference/oracle.ts';
import { referenceCell, registerReferenceCell } from '../../gpu/reference/registry.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../support/compare.ts';
import { runNetwork, runRecordings } from '../support/gpu.ts';
import type { Compare } from '../support/mutation.ts';
import { peepholeCell } from '../support/peephole-cell.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { randomProblem, type Shape } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { type LayerOptions, type LayerSize, randomLayer, runLayer } from '../support/recurrent-layer.ts';
import { expectAsReference } from '../support/recurrent-oracle.ts';

/** `make` runs once, when the comparison first does. */
export function lazily(make: () => Compare): Compare {
  let made: Compare | undefined;
  return (mutate) => (made ??= make())(mutate);
}

/** Layers of one cell and a head: outputs and the gradient of every parameter. */
export function networkCompare(
  cell: 'rnn' | 'gru' | 'lstm' | 'peephole',
  family: KernelFamily,
  shape: Shape,
): Compare {
  return lazily(() => {
    registerCell(peepholeDescription);
    registerReferenceCell('peephole', peepholeCell);
    const states = cellOf({ cell }).states.length;
    const problem = randomProblem(new RandomSource(99), cell, states, shape);
    const { model, parameters, inputs, batch, dOutputs, initialStates } = problem;
    const given = { initial: initialStates };
    const expected = referenceBackward(model, parameters, inputs, batch, dOutputs, given);
    return async (mutate) => {
      const actual = await runNetwork(problem, family, mutate);
      expectForwardClose(actual.outputs, expected.forward.outputs, 'outputs');
      expectParameterGradientsClose(model, actual.gradients, expected.parameters);
    };
  });
}

/** One recurrent layer: states, saved values, and the gradients of parameters, inputs and initial states. */
export function layerCompare(
  choice: CellChoice,
  family: KernelFamily,
  size: LayerSize,
  options: LayerOptions = {},
): Compare {
  return lazily(() => {
    const problem = randomLayer(new RandomSource(11), cellOf(choice), size);
    return async (mutate) => {
      const actual = await runLayer(problem, family, options, mutate);
      expectAsReference(problem, referenceCell(choice), options, actual);
    };
  });
}

/** A sweep that goes on from a later one, against one over both. */
export function continuingCompare(
  choice: CellChoice,
  family: KernelFamily,
  size: LayerSize,
  options: LayerOptions,
): Compare {
  return lazily(() => {
    const problem = randomLayer(new RandomSource(12), cellOf(choice), size);
    const half = size.steps / 2;
    const values = (sequence: Float32Array, from: number): Float32Array =>
      sequence.subarray(
        (from * sequence.length) / size.steps,
        ((from + half) * sequence.length) / size.steps,
      );
    const partOf = (from: number, initialStates = problem.initialStates) => ({
      ...problem,
      steps: half,
      inputs: values(problem.inputs, from),
      dOutputs: values(problem.dOutputs, from),
      initialStates,
    });
    return async (mutate) => {
      const whole = await runLayer(problem, family);
      const plane = size.batch * size.hiddenSize;
      const middle = whole.states.subarray(half * plane, (half + 1) * plane);
      const later = await runLayer(partOf(half, middle), family, options, mutate);
      const sooner = await runLayer(partOf(0), family, { ...options, continues: later }, mutate);
      expectForwardClose(later.dSums, values(whole.dSums, half), 'dSums, later');
      expectForwardClose(sooner.dSums, values(whole.dSums, 0), 'dSums, sooner');
    };
  });
}

/** A product with bias, `[M, K] · [K, N]`. */
export function productCompare(
  family: KernelFamily,
  [rows, inner, columns]: readonly [number, number, number],
): Compare {
  return lazily(() => {
    const random = new RandomSource(7);
    const lengths = [rows * inner, inner * columns, columns] as const;
    const [a, b, bias] = lengths.map((length) => random.normals(length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const expected = Float64Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      let sum = bias[column]!;
      for (let k = 0; k < inner; k += 1) sum += a[row * inner + k]! * b[k * columns + column]!;
      return sum;
    });
    return async (mutate) => {
      const { out } = await runRecordings(
        { a: a.length, b: b.length, bias: columns, out: rows * columns },
        { a, b, bias },
        (buffers) => [
          recordProduct(
            family,
            [rows, inner, columns],
            { buffer: buffers['a']!, at: 0, rowStride: inner, innerStride: 1 },
            { buffer: buffers['b']!, at: 0, innerStride: columns, columnStride: 1 },
            { buffer: buffers['out']!, at: 0, rowStride: columns },
            { buffer: buffers['bias']!, at: 0 },
          ),
        ],
        mutate,
      );
      expectForwardClose(out!, expected, 'product');
    };
  });
}
