/** Attention backward: see attention.ts for the equations. */
import { type Attention, type AttentionTrace, liveKeys } from './attention.ts';
import { addLinearGradient, linearInputGradient, type LinearTerms } from './linear.ts';
import {
  absolute,
  add,
  addProductWithTransposed,
  addTransposedProduct,
  itself,
  type Part,
} from './matrix.ts';
import { columnsOf } from './outputs.ts';

export interface AttentionBackward {
  readonly combine: LinearTerms;
  readonly scores: ScoreGradients;
  /** `[T, B, E]` */
  readonly dContext: Float64Array;
  /** `[T, B, D]` */
  readonly dHidden: Float64Array;
  /** `[S, B, E]` */
  readonly dSource: Float64Array;
}

/** What the sums of the parameters' gradients are taken over. */
export interface AttentionTerms {
  readonly combine: LinearTerms;
  /** `[T·B, D]` and `[S·B, E]`, what Wq and Wk multiply. */
  readonly hidden: Float64Array;
  readonly source: Float64Array;
  readonly scores: ScoreGradients;
}

/** Gradients of queries `[T, B, D]`, keys `[S, B, D]` and v `[D]`. */
interface ScoreGradients {
  readonly dQueries: Float64Array;
  readonly dKeys: Float64Array;
  readonly dv: Float64Array;
}

/** @param dOutputs `[T, B, D]` */
export function attentionBackward(
  attention: Attention,
  trace: AttentionTrace,
  dOutputs: Float64Array,
): AttentionBackward {
  const { combine, sourceWidth: E, score } = attention;
  const D = combine.d.length;
  // a = tanh(sum)
  const dSum = dOutputs.map((d, index) => d * (1 - trace.outputs[index]! ** 2));
  const dJoined = linearInputGradient(combine, dSum);
  const dContext = columnsOf(dJoined, E + D, 0, E);
  const dHidden = columnsOf(dJoined, E + D, E, D);
  const dSource = contextToSource(trace, dContext, E);
  const scores = scoreGradients(attention, trace, dContext, itself);
  if (score) {
    addProductWithTransposed(dHidden, scores.dQueries, score.Wq, dHidden.length / D, D, D);
    addProductWithTransposed(dSource, scores.dKeys, score.Wk, dSource.length / E, E, D);
  } else {
    add(dHidden, scores.dQueries);
    add(dSource, scores.dKeys);
  }
  return { combine: { inputs: trace.joined, dOutputs: dSum }, scores, dContext, dHidden, dSource };
}

/** Σ over t of α(t, s)·dContext(t). */
function contextToSource(
  { source, weights }: AttentionTrace,
  dContext: Float64Array,
  E: number,
): Float64Array {
  const { steps, batch } = source.extent;
  const dSource = new Float64Array(source.outputs.length);
  for (let row = 0; row < dContext.length / E; row++) {
    liveKeys(source.extent, row % batch).forEach((key, s) => {
      const weight = weights[row * steps + s]!;
      for (let j = 0; j < E; j++) dSource[key * E + j]! += weight * dContext[row * E + j]!;
    });
  }
  return dSource;
}

/**
 * From the gradient of the context through α to those of the scores' operands. In dscore(s) = α(s)·(dα(s) − Σ α·dα) and
 * in the sums over time steps much cancels: `part` absolute gives the sums over absolute terms, all the way from dα.
 */
function scoreGradients(
  { score, sourceWidth: E, combine }: Attention,
  { source, queries, weights }: AttentionTrace,
  dContext: Float64Array,
  part: Part,
): ScoreGradients {
  const D = combine.d.length;
  const { steps, batch } = source.extent;
  const [e, dC] = [part(source.outputs), part(dContext)];
  const sign = part === absolute ? 1 : -1;
  const [v, q, k] = [score && part(score.v), part(queries), part(source.keys)];
  const dQueries = new Float64Array(queries.length);
  const dKeys = new Float64Array(source.keys.length);
  const dv = new Float64Array(D);
  for (let row = 0; row < queries.length / D; row++) {
    const keys = liveKeys(source.extent, row % batch);
    const dWeights = keys.map((key) => {
      let sum = 0;
      for (let j = 0; j < E; j++) sum += dC[row * E + j]! * e[key * E + j]!;
      return sum;
    });
    const mean = dWeights.reduce((sum, d, s) => sum + weights[row * steps + s]! * d, 0);
    keys.forEach((key, s) => {
      const dScore = weights[row * steps + s]! * (dWeights[s]! + sign * mean);
      for (let j = 0; j < D; j++) {
        const [query, at] = [row * D + j, key * D + j];
        if (!v) {
          dQueries[query]! += dScore * k[at]!;
          dKeys[at]! += dScore * q[query]!;
          continue;
        }
        const u = Math.tanh(queries[query]! + source.keys[at]!);
        const dSum = dScore * v[j]! * (1 - u * u);
        dQueries[query]! += dSum;
        dKeys[at]! += dSum;
        dv[j]! += dScore * (part === absolute ? Math.abs(u) : u);
      }
    });
  }
  return { dQueries, dKeys, dv };
}

/** @param part of the operands of the sums. */
export function attentionTerms(
  attention: Attention,
  trace: AttentionTrace,
  { combine, scores, dContext }: AttentionBackward,
  part: Part,
): AttentionTerms {
  return {
    combine: { inputs: part(combine.inputs), dOutputs: part(combine.dOutputs) },
    hidden: part(trace.hidden),
    source: part(trace.source.outputs),
    scores: part === itself ? scores : scoreGradients(attention, trace, dContext, part),
  };
}

/** Adds the gradients of C, c and, where there are, Wq, Wk and v onto `gradient`. */
export function addAttentionGradient(gradient: Attention, terms: AttentionTerms): void {
  const { combine, score, sourceWidth: E } = gradient;
  const D = combine.d.length;
  addLinearGradient(combine, terms.combine);
  if (!score) return;
  const { dQueries, dKeys, dv } = terms.scores;
  addTransposedProduct(score.Wq, terms.hidden, dQueries, dQueries.length / D, D, D);
  addTransposedProduct(score.Wk, terms.source, dKeys, dKeys.length / D, E, D);
  add(score.v, dv);
}
