/** Weights, mean squared error and softmax with cross-entropy against their formulas in float64. */
import { PARTIALS } from '../../../gpu/kernels/library.ts';
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { PARTIALS_LENGTH, recordLoss, recordWeights, weightsLength } from '../../../gpu/layers/loss.ts';
import type { Gradient } from '../../../gpu/reference/oracle.ts';
import { expectForwardClose, expectGradientClose } from '../compare.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import { RandomSource } from '../random.ts';
import { lengthsOf, placed, taken } from './words.ts';

export interface WeightsCase {
  readonly steps: number;
  readonly batch: number;
  readonly from: number;
  readonly to: number;
  readonly mask?: Float32Array;
  readonly lengths?: Uint32Array;
}

/** w = mask · [from ≤ t < to] · live, and n = Σ w. */
export async function expectWeights(given: WeightsCase, mutate?: Mutation): Promise<void> {
  const { steps, batch, from, to, mask, lengths } = given;
  const contents = { ...(mask ? { mask } : {}), ...(lengths ? { lengths } : {}) };
  const { weights } = await runRecordings(
    { ...lengthsOf(contents), weights: weightsLength(steps * batch) },
    contents,
    (buffers) => [
      recordWeights({
        steps,
        batch,
        from,
        to,
        ...(mask ? { mask: buffers['mask']! } : {}),
        ...(lengths ? { lengths: buffers['lengths']! } : {}),
        weights: buffers['weights']!,
      }),
    ],
    mutate,
  );
  const expected = Float64Array.from({ length: steps * batch }, (_, index) => {
    const [t, b] = [Math.floor(index / batch), index % batch];
    return t >= from && t < to && (!lengths || t < lengths[b]!) ? (mask?.[index] ?? 1) : 0;
  });
  expectForwardClose(weights!, [...expected, expected.reduce((sum, weight) => sum + weight, 0)], 'weights');
}

export interface LossCase {
  readonly head: 'linear' | 'softmax';
  readonly rows: number;
  readonly width: number;
  /** Of each row. Left out: 1, with no buffer. */
  readonly weights?: Float32Array;
  /** The calls, each with so many of the rows. */
  readonly segments: readonly number[];
  /** y is this many times a normal number, and `shift` more. */
  readonly scale: number;
  readonly shift: number;
}

interface Problem {
  readonly outputs: Float32Array;
  readonly targets: Float32Array | Uint32Array;
}

/** Outputs and targets, with what must not be read where a row weighs 0. */
function randomProblem(random: RandomSource, given: LossCase): Problem {
  const { head, rows, width, scale, shift, weights } = given;
  const counts = (row: number): boolean => (weights?.[row] ?? 1) > 0;
  const outputs = random
    .normals(rows * width, scale)
    .map((value, index) => (counts(Math.floor(index / width)) ? value + shift : NaN));
  const targets =
    head === 'linear'
      ? random
          .normals(rows * width)
          .map((value, index) => (counts(Math.floor(index / width)) ? value : Infinity))
      : Uint32Array.from({ length: rows }, (_, row) =>
          counts(row) ? random.integer(0, width - 1) : 0xffffffff,
        );
  return { outputs, targets };
}

/** Of a row with weight 1 and n = 1: its loss, and the gradient of output o and its terms. */
function rowLoss(
  { head, width }: LossCase,
  { outputs, targets }: Problem,
  row: number,
): { loss: number; d: (o: number) => [number, number] } {
  const y = Float64Array.from(outputs.subarray(row * width, (row + 1) * width));
  if (head === 'linear') {
    const difference = y.map((value, o) => value - targets[row * width + o]!);
    return {
      loss: difference.reduce((sum, value) => sum + value * value, 0) / width,
      d: (o) => [
        (2 * difference[o]!) / width,
        (2 * (Math.abs(y[o]!) + Math.abs(targets[row * width + o]!))) / width,
      ],
    };
  }
  const highest = Math.max(...y);
  const logSum = highest + Math.log(y.reduce((sum, value) => sum + Math.exp(value - highest), 0));
  const probability = (o: number): number => Math.exp(y[o]! - logSum);
  const hit = (o: number): number => (o === targets[row] ? 1 : 0);
  return {
    loss: logSum - y[targets[row]!]!,
    d: (o) => [probability(o) - hit(o), probability(o) + hit(o)],
  };
}

function expectedLoss(given: LossCase, problem: Problem): { loss: number; d: Gradient } {
  const { rows, width } = given;
  const weights = given.weights ?? new Float32Array(rows).fill(1);
  const n = weights.reduce((sum, weight) => sum + weight, 0);
  const d = { values: new Float64Array(rows * width), magnitude: new Float64Array(rows * width) };
  let loss = 0;
  weights.forEach((weight, row) => {
    if (weight === 0) return;
    const of = rowLoss(given, problem, row);
    loss += (weight / n) * of.loss;
    for (let o = 0; o < width; o += 1) {
      const [value, magnitude] = of.d(o);
      d.values[row * width + o] = (weight / n) * value;
      d.magnitude[row * width + o] = (weight / n) * magnitude;
    }
  });
  return { loss, d };
}

/** The loss and its gradient, in as many calls as there are segments. */
export async function expectLoss(
  family: KernelFamily,
  given: LossCase,
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const random = new RandomSource(seed);
  const { head, rows, width, weights, segments } = given;
  const problem = randomProblem(random, given);
  const at = Array.from({ length: 3 }, () => random.integer(0, 9));
  const targetWords = new Uint32Array(at[1]! + problem.targets.length).fill(0xffffffff);
  targetWords.set(
    new Uint32Array(problem.targets.buffer, problem.targets.byteOffset, problem.targets.length),
    at[1],
  );
  const n = weights?.reduce((sum, weight) => sum + weight, 0);
  const contents = {
    outputs: placed(problem.outputs, at[0]!),
    targets: targetWords,
    ...(weights ? { weights: Float32Array.of(...weights, n!) } : {}),
  };
  const results = await runRecordings(
    { ...lengthsOf(contents), dOutputs: at[2]! + rows * width + 1, partials: PARTIALS_LENGTH },
    contents,
    (buffers) => {
      let row = 0;
      return segments.map((count, index) => {
        const firstRow = row;
        row += count;
        return recordLoss(family, {
          head,
          outputs: { buffer: buffers['outputs']!, at: at[0]! + firstRow * width },
          targets: { buffer: buffers['targets']!, at: at[1]! },
          rows: count,
          firstRow,
          totalRows: rows,
          width,
          ...(weights ? { weights: buffers['weights']! } : {}),
          dOutputs: { buffer: buffers['dOutputs']!, at: at[2]! + firstRow * width },
          partials: buffers['partials']!,
          accumulate: index > 0,
        });
      });
    },
    mutate,
  );
  const expected = expectedLoss(given, problem);
  const parts = Float64Array.from(taken(results['partials']!, 0, PARTIALS));
  expectForwardClose([parts.reduce((sum, value) => sum + value, 0)], [expected.loss], 'loss');
  expectGradientClose(taken(results['dOutputs']!, at[2]!, rows * width), expected.d, 'dOutputs');
}
