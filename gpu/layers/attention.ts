/**
 * Attention of a decoder over an encoder's outputs. With h(t) the main stack's outputs [T, B, D] and e(s) the
 * encoder's [Te, B, E]:
 *
 *   score(t, s) = h(t)·e(s)                        dot (Luong et al., 2015); D = E
 *   score(t, s) = v·tanh(h(t)·Wq + e(s)·Wk)        additive (Bahdanau et al., 2015)
 *   α(t, ·) = softmax of score(t, ·) over the real source steps, 0 past the end
 *   a(t) = tanh([Σ_s α(t, s)·e(s) ‖ h(t)]·C + c)   what the head reads in place of h(t)
 *
 * The encoder's outputs past the end of a source must be zeros (finite, at least).
 */
import type { BufferSizes } from '../device/buffers.ts';
import * as library from '../kernels/library-attention.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import { recordCopyColumns } from './columns.ts';
import type { LayerContext, NamedBuffers, Place } from './context.ts';
import { recordProduct } from './linear.ts';
import { scorePairs, type Sequence, weightPairs } from './pairs.ts';

export interface AttentionLayer {
  readonly kind: 'dot' | 'additive';
  /** D: features of the main stack's outputs, and of a. */
  readonly width: number;
  /** E: features of the encoder's outputs; D where the kind is dot. */
  readonly sourceWidth: number;
  /** Places of Wq [D, D], Wk [E, D] and v [D] in the parameters, in floats; additive only. */
  readonly queryWeights: number;
  readonly keyWeights: number;
  readonly scoreWeights: number;
  /** Places of C [E + D, D], the context's rows first, and c [D]. */
  readonly combineWeights: number;
  readonly combineBias: number;
}

/** B rows, T main steps and Te source steps. */
export interface AttentionExtent {
  readonly batch: number;
  readonly steps: number;
  readonly sourceSteps: number;
}

/**
 * Where one use of attention reads and writes; `steps` is how many time steps it does. Places are those of its first one.
 * `queries` and `out` lie in different buffers.
 */
export interface AttentionUse extends AttentionExtent {
  /** h [T, B, D]. */
  readonly queries: Place;
  /** e [Te, B, E]. */
  readonly source: Place;
  /** u32 [B], real steps of each source, from 1 to Te; left out: Te. */
  readonly lengths?: GPUBuffer;
  /** The first time step's row in the layer's own buffers: not 0 where the steps are done one by one. */
  readonly firstStep: number;
  /** a [T, B, D]. */
  readonly out: Place;
}

/**
 * α as `attention.weights` [T, B, Te]; `attention.joined` [T, B, E + D], the context beside h; and of additive
 * attention `attention.queries` [T, B, D] and `attention.keys` [Te, B, D].
 */
export function attentionSizes(
  { kind, width, sourceWidth }: AttentionLayer,
  { batch, steps, sourceSteps }: AttentionExtent,
): BufferSizes {
  return {
    'attention.weights': steps * batch * sourceSteps,
    'attention.joined': steps * batch * (sourceWidth + width),
    ...(kind === 'additive'
      ? { 'attention.queries': steps * batch * width, 'attention.keys': sourceSteps * batch * width }
      : {}),
  };
}

/** Gradients of the same, of the sums under the last tanh, and each time step's share of ∂L/∂v. */
export function attentionGradientSizes(
  { kind, width, sourceWidth }: AttentionLayer,
  { batch, steps, sourceSteps }: AttentionExtent,
): BufferSizes {
  return {
    'attention.dSums': steps * batch * width,
    'attention.dJoined': steps * batch * (sourceWidth + width),
    'attention.dWeights': steps * batch * sourceSteps,
    ...(kind === 'additive'
      ? {
          'attention.dQueries': steps * batch * width,
          'attention.dKeys': sourceSteps * batch * width,
          'attention.dVector': steps * batch * width,
        }
      : {}),
  };
}

/** What follows from the source alone, to be recorded once before `attentionForward`: of additive attention e·Wk. */
export function attentionKeys(
  { family, parameters }: LayerContext,
  { kind, width, sourceWidth, keyWeights }: AttentionLayer,
  buffers: NamedBuffers,
  { source, batch, sourceSteps }: Pick<AttentionUse, 'source' | 'batch' | 'sourceSteps'>,
): Recording[] {
  if (kind === 'dot') return [];
  return [
    recordProduct(
      family,
      [sourceSteps * batch, sourceWidth, width],
      { ...source, rowStride: sourceWidth, innerStride: 1 },
      { buffer: parameters, at: keyWeights, innerStride: width, columnStride: 1 },
      { buffer: buffers['attention.keys']!, at: 0, rowStride: width },
    ),
  ];
}

/** a(t) and α(t, ·) of the time steps `firstStep` … `firstStep + steps − 1`. */
export function attentionForward(
  { family, parameters }: LayerContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionUse,
): Recording[] {
  const { width, sourceWidth } = layer;
  const { batch, steps, sourceSteps, lengths, out } = use;
  const rows = steps * batch;
  const { weights, joined, queries, source } = placesOf(layer, buffers, use);
  return [
    ...recordScores({ family, parameters }, layer, buffers, use),
    {
      ...library.softmaxRows(family, rows),
      buffers: { weights: weights.buffer, lengths: lengths ?? parameters },
      uniform: { rows, columns: sourceSteps, batch, at: weights.at, has_lengths: lengths ? 1 : 0 },
      work: touching(2 * rows * sourceSteps, rows * sourceSteps),
    },
    weightPairs(
      family,
      { batch, steps, sourceSteps, features: sourceWidth },
      { over: 'source', term: 'dot', adds: false },
      weights,
      source,
      joined,
    ),
    recordCopyColumns(family, [rows, width], queries, { ...joined, at: joined.at + sourceWidth }, false),
    recordProduct(
      family,
      [rows, joined.rowWidth, width],
      { ...joined, rowStride: joined.rowWidth, innerStride: 1 },
      { buffer: parameters, at: layer.combineWeights, innerStride: width, columnStride: 1 },
      { ...out, rowStride: width },
      { buffer: parameters, at: layer.combineBias },
    ),
    {
      kernel: library.squash(family),
      buffers: { out: out.buffer },
      uniform: { length: rows * width, at: out.at },
      workgroups: elementGroups(family, rows * width),
      work: touching(2 * rows * width),
    },
  ];
}

function recordScores(
  { family, parameters }: LayerContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionUse,
): Recording[] {
  const { kind, width, queryWeights, scoreWeights } = layer;
  const { batch, steps, sourceSteps } = use;
  const extent = { batch, steps, sourceSteps, features: width };
  const { weights, queries, source, mapped, keys } = placesOf(layer, buffers, use);
  if (kind === 'dot') return [scorePairs(family, extent, queries, source, weights)];
  return [
    recordProduct(
      family,
      [steps * batch, width, width],
      { ...queries, rowStride: width, innerStride: 1 },
      { buffer: parameters, at: queryWeights, innerStride: width, columnStride: 1 },
      { ...mapped, rowStride: width },
    ),
    scorePairs(family, extent, mapped, keys, weights, { parameters, vector: scoreWeights }),
  ];
}

/** Where the rows of a use begin, in what it is given and in the layer's own buffers. */
export function placesOf({ width, sourceWidth }: AttentionLayer, buffers: NamedBuffers, use: AttentionUse) {
  const own = (name: string, rowWidth: number): Sequence => ({
    buffer: buffers[name]!,
    at: use.firstStep * use.batch * rowWidth,
    rowWidth,
  });
  return {
    weights: own('attention.weights', use.sourceSteps),
    /** [context ‖ h] */
    joined: own('attention.joined', sourceWidth + width),
    /** h·Wq */
    mapped: own('attention.queries', width),
    queries: { ...use.queries, rowWidth: width },
    source: { ...use.source, rowWidth: sourceWidth },
    /** e·Wk */
    keys: { buffer: buffers['attention.keys']!, at: 0, rowWidth: width },
  };
}
