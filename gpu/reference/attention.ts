/**
 * The outputs h(t) of the main stack look at the outputs e(s) of the encoder, s over the real source steps of the row:
 *
 *   score(s) = h·e(s) (Luong et al., 2015)  or  v·tanh(h·Wq + e(s)·Wk) (Bahdanau et al., 2015)
 *   α = softmax(score)    a = tanh([Σ α(s)·e(s) ‖ h]·C + c)
 *
 * D and E are the widths of h and e, S the source's time steps.
 */
import { type Extent, isLive } from './extent.ts';
import { type LinearLayer, linearForward } from './linear.ts';
import { addProduct } from './matrix.ts';
import { sideBySide } from './outputs.ts';

export interface Attention {
  /** Wq `[D, D]`, Wk `[E, D]` and v `[D]`; undefined where the score is h·e. */
  readonly score:
    | { readonly Wq: Float64Array; readonly Wk: Float64Array; readonly v: Float64Array }
    | undefined;
  /** C `[E + D, D]` and c `[D]`. */
  readonly combine: LinearLayer;
  /** E */
  readonly sourceWidth: number;
}

/** What is looked at: the same for all time steps. */
export interface AttentionSource {
  readonly extent: Extent;
  /** e `[S, B, E]` */
  readonly outputs: Float64Array;
  /** What h or h·Wq is compared with, `[S, B, D]`: e itself, or e·Wk. */
  readonly keys: Float64Array;
}

export interface AttentionTrace {
  readonly source: AttentionSource;
  /** h `[T, B, D]` */
  readonly hidden: Float64Array;
  /** h itself, or h·Wq: `[T, B, D]` */
  readonly queries: Float64Array;
  /** α `[T, B, S]`; 0 past the source's end. */
  readonly weights: Float64Array;
  /** `[Σ α·e ‖ h]`, `[T, B, E + D]` */
  readonly joined: Float64Array;
  /** a `[T, B, D]` */
  readonly outputs: Float64Array;
}

export function attentionSource(
  attention: Attention,
  outputs: Float64Array,
  extent: Extent,
): AttentionSource {
  const { score, sourceWidth } = attention;
  const keys = score ? product(outputs, score.Wk, sourceWidth) : outputs;
  return { extent, outputs, keys };
}

/** @param hidden h `[T, B, D]` */
export function attentionForward(
  attention: Attention,
  source: AttentionSource,
  hidden: Float64Array,
): AttentionTrace {
  const { score, combine, sourceWidth: E } = attention;
  const D = combine.d.length;
  const { steps, batch } = source.extent;
  const queries = score ? product(hidden, score.Wq, D) : hidden;
  const rows = hidden.length / D;
  const weights = new Float64Array(rows * steps);
  const context = new Float64Array(rows * E);
  for (let row = 0; row < rows; row++) {
    const places = liveKeys(source.extent, row % batch);
    const scores = places.map((key) => scoreOf(attention, queries, row * D, source.keys, key * D, D));
    const highest = Math.max(...scores);
    const powers = scores.map((value) => Math.exp(value - highest));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, s) => {
      weights[row * steps + s] = power / sum;
      const at = places[s]! * E;
      for (let j = 0; j < E; j++) context[row * E + j]! += (power / sum) * source.outputs[at + j]!;
    });
  }
  const joined = sideBySide([context, hidden], rows);
  const outputs = linearForward(combine, joined).map(Math.tanh);
  return { source, hidden, queries, weights, joined, outputs };
}

/** Rows of `[S, B]` that a row of the batch looks at: its real source steps. */
export function liveKeys(extent: Extent, row: number): number[] {
  const keys: number[] = [];
  for (let s = 0; s < extent.steps && isLive(extent, s, row); s++) keys.push(s * extent.batch + row);
  return keys;
}

function scoreOf(
  { score }: Attention,
  queries: Float64Array,
  query: number,
  keys: Float64Array,
  key: number,
  width: number,
): number {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    sum += score
      ? score.v[j]! * Math.tanh(queries[query + j]! + keys[key + j]!)
      : queries[query + j]! * keys[key + j]!;
  }
  return sum;
}

/** Rows of `inner` numbers times a matrix `[inner, columns]`. */
function product(rows: Float64Array, matrix: Float64Array, inner: number): Float64Array {
  const count = rows.length / inner;
  const columns = matrix.length / inner;
  const out = new Float64Array(count * columns);
  addProduct(out, rows, matrix, count, inner, columns);
  return out;
}
