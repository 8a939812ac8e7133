/**
 * Sums over pairs of time steps, one of the main sequence and one of the source, for each row of the batch by itself:
 * what attention and its gradients are made of. See shaders/attention/pairs_view.wgsl.
 */
import * as library from '../kernels/library-attention.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { productWork, type Work } from '../kernels/work.ts';
import type { Place } from './context.ts';

/** A sequence [steps, B, rowWidth], of which `columns` are meant, the first at `at`. */
export interface Sequence extends Place {
  readonly rowWidth: number;
}

/** One value for each pair: [T, B, Te]. */
export type PairValues = Place;

/** T time steps of B rows, Te time steps of the source, and the features in question. */
export interface PairExtent {
  readonly batch: number;
  readonly steps: number;
  readonly sourceSteps: number;
  readonly features: number;
}

/** What the terms that are not a plain product read besides: v in the parameters, and a value held by each result. */
interface Besides {
  readonly parameters: GPUBuffer;
  readonly vector: number;
  readonly held?: Sequence;
}

/** out[t, b, s] = Σ_f queries[t, b, f] · keys[s, b, f], or with v: Σ_f v[f] · tanh(queries[t, b, f] + keys[s, b, f]). */
export function scorePairs(
  family: KernelFamily,
  { batch, steps, sourceSteps, features }: PairExtent,
  queries: Sequence,
  keys: Sequence,
  out: PairValues,
  besides?: Besides,
): Recording {
  return {
    ...library.pairs(family, besides ? 'score' : 'dot', batch, [steps, sourceSteps]),
    buffers: { a: queries.buffer, b: keys.buffer, out: out.buffer, ...ofParameters(besides) },
    uniform: {
      rows: steps,
      inner: features,
      columns: sourceSteps,
      a_at: queries.at,
      a_batch: queries.rowWidth,
      a_row: batch * queries.rowWidth,
      a_inner: 1,
      b_at: keys.at,
      b_batch: keys.rowWidth,
      b_inner: 1,
      b_column: batch * keys.rowWidth,
      out_at: out.at,
      out_batch: sourceSteps,
      out_row: batch * sourceSteps,
      adds: 0,
      ...ofHeld(besides, batch),
    },
    work: pairWork(batch, [steps, features, sourceSteps]),
  };
}

/** What a sum of pair values times something runs over, and what it makes of the terms. */
export interface WeightedSum {
  /** Sum over the source, out [T, B, features], or over the main steps, out [Te, B, features]. */
  readonly over: 'source' | 'steps';
  readonly term: Exclude<library.PairTerm, 'score'>;
  /** Whether it is added to what is there. */
  readonly adds: boolean;
}

/**
 * Over the source: out[t, b, f] = Σ_s values[t, b, s] · vectors[s, b, f]; over the steps: out[s, b, f] = Σ_t
 * values[t, b, s] · vectors[t, b, f]. The terms `slope` and `vector` put a function of vectors + held in its place.
 */
export function weightPairs(
  family: KernelFamily,
  { batch, steps, sourceSteps, features }: PairExtent,
  { over, term, adds }: WeightedSum,
  values: PairValues,
  vectors: Sequence,
  out: Sequence,
  besides?: Besides,
): Recording {
  const overSource = over === 'source';
  const [rows, inner] = overSource ? [steps, sourceSteps] : [sourceSteps, steps];
  return {
    ...library.pairs(family, term, batch, [rows, features]),
    buffers: {
      a: values.buffer,
      b: vectors.buffer,
      out: out.buffer,
      ...ofParameters(besides),
      ...(besides?.held ? { held: besides.held.buffer } : {}),
    },
    uniform: {
      rows,
      inner,
      columns: features,
      a_at: values.at,
      a_batch: sourceSteps,
      a_row: overSource ? batch * sourceSteps : 1,
      a_inner: overSource ? 1 : batch * sourceSteps,
      b_at: vectors.at,
      b_batch: vectors.rowWidth,
      b_inner: batch * vectors.rowWidth,
      b_column: 1,
      out_at: out.at,
      out_batch: out.rowWidth,
      out_row: batch * out.rowWidth,
      adds: adds ? 1 : 0,
      ...ofHeld(besides, batch),
    },
    work: pairWork(batch, [rows, inner, features], adds ? rows * features : 0),
  };
}

function ofParameters(besides: Besides | undefined): Record<string, GPUBuffer> {
  return besides ? { parameters: besides.parameters } : {};
}

function ofHeld(besides: Besides | undefined, batch: number): Record<string, number> {
  const held = besides?.held;
  return {
    vector_at: besides?.vector ?? 0,
    held_at: held?.at ?? 0,
    held_batch: held?.rowWidth ?? 0,
    held_row: batch * (held?.rowWidth ?? 0),
  };
}

/** A product for each row of the batch; v and what results hold are left out, being read once for many terms. */
function pairWork(batch: number, shape: readonly [number, number, number], added = 0): Work {
  const { operations, bytes } = productWork(shape, added);
  return { operations: batch * operations, bytes: batch * bytes };
}
