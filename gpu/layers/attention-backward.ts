/** Attention backward: see attention.ts. Sums have a fixed order, so that a run gives the same bits twice. */
import * as library from '../kernels/library-attention.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import { type AttentionLayer, type AttentionUse, placesOf } from './attention.ts';
import { recordCopyColumns } from './columns.ts';
import type { GradientContext, NamedBuffers, Place } from './context.ts';
import { recordColumnSums, recordProduct } from './linear.ts';
import { scorePairs, type Sequence, weightPairs } from './pairs.ts';

/** What the backward sweep reads and writes besides. Every gradient is overwritten. It begins at time step 0. */
export interface AttentionGradientUse extends AttentionUse {
  /** ∂L/∂a [T, B, D]. */
  readonly dOut: Place;
  /** ∂L/∂h [T, B, D]. */
  readonly dQueries: Place;
  /** ∂L/∂e [Te, B, E]. */
  readonly dSource: Place;
}

/**
 * From `dOut` to `dQueries`, `dSource` and the gradients of C, c, Wq, Wk and v, after a forward over the same steps.
 */
export function attentionBackward(
  context: GradientContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionGradientUse,
): Recording[] {
  const { family } = context;
  const { width, sourceWidth } = layer;
  const { batch, steps, sourceSteps } = use;
  const rows = steps * batch;
  const { weights, source } = placesOf(layer, buffers, use);
  const { dJoined, dWeights, dQueries, dSource } = gradientPlacesOf(layer, buffers, use);
  const features = { batch, steps, sourceSteps, features: sourceWidth };
  const ofScores = layer.kind === 'dot' ? dotBackward : additiveBackward;
  return [
    ...combineBackward(context, layer, buffers, use),
    // dα(t, s) = d(context)(t)·e(s), and in its place the gradient of the score.
    scorePairs(family, features, dJoined, source, dWeights),
    {
      ...library.softmaxRowsBackward(family, rows),
      buffers: { weights: weights.buffer, d_weights: dWeights.buffer },
      uniform: { rows, columns: sourceSteps, weights_at: weights.at },
      work: touching(3 * rows * sourceSteps, 2 * rows * sourceSteps),
    },
    ...ofScores(context, layer, buffers, use),
    // What reaches h and e past the scores: h through C, e through the context.
    recordCopyColumns(family, [rows, width], { ...dJoined, at: sourceWidth }, dQueries, true),
    weightPairs(family, features, { over: 'steps', term: 'dot', adds: true }, weights, dJoined, dSource),
  ];
}

/** Through the last tanh and C: `attention.dJoined`, dC and dc. */
function combineBackward(
  { family, parameters, gradients }: GradientContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionGradientUse,
): Recording[] {
  const { width, combineWeights, combineBias } = layer;
  const rows = use.steps * use.batch;
  const { out, dOut } = use;
  const { joined } = placesOf(layer, buffers, use);
  const { dJoined } = gradientPlacesOf(layer, buffers, use);
  const dSums = { buffer: buffers['attention.dSums']!, at: 0, rowStride: width, innerStride: 1 };
  return [
    {
      kernel: library.squashBackward(family),
      buffers: { out: out.buffer, d_out: dOut.buffer, d_sums: dSums.buffer },
      uniform: { length: rows * width, out_at: out.at, d_out_at: dOut.at },
      workgroups: elementGroups(family, rows * width),
      work: touching(3 * rows * width),
    },
    recordProduct(
      family,
      [rows, width, joined.rowWidth],
      dSums,
      { buffer: parameters, at: combineWeights, innerStride: 1, columnStride: width },
      { ...dJoined, rowStride: joined.rowWidth },
    ),
    recordProduct(
      family,
      [joined.rowWidth, rows, width],
      { ...joined, rowStride: 1, innerStride: joined.rowWidth },
      { ...dSums, innerStride: width, columnStride: 1 },
      { buffer: gradients, at: combineWeights, rowStride: width },
    ),
    recordColumnSums(family, [rows, width], dSums, { buffer: gradients, at: combineBias }),
  ];
}

/** dh = Σ_s d(score)·e and de = Σ_t d(score)·h, of the scores alone. */
function dotBackward(
  { family }: GradientContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionGradientUse,
): Recording[] {
  const { batch, steps, sourceSteps } = use;
  const extent = { batch, steps, sourceSteps, features: layer.width };
  const { queries, source } = placesOf(layer, buffers, use);
  const { dWeights, dQueries, dSource } = gradientPlacesOf(layer, buffers, use);
  return [
    weightPairs(family, extent, { over: 'source', term: 'dot', adds: false }, dWeights, source, dQueries),
    weightPairs(family, extent, { over: 'steps', term: 'dot', adds: false }, dWeights, queries, dSource),
  ];
}

/**
 * With q = h·Wq, k = e·Wk, z = q + k: dq = Σ_s d(score)·v·(1 − tanh²z), dk the same over t, dv = Σ d(score)·tanh z; from
 * these dh = dq·Wqᵀ, de = dk·Wkᵀ (of the scores alone), dWq = hᵀ·dq, dWk = eᵀ·dk.
 */
function additiveBackward(
  context: GradientContext,
  layer: AttentionLayer,
  buffers: NamedBuffers,
  use: AttentionGradientUse,
): Recording[] {
  const { family, parameters, gradients } = context;
  const { width, sourceWidth, queryWeights, keyWeights, scoreWeights } = layer;
  const { batch, steps, sourceSteps } = use;
  const rows = steps * batch;
  const extent = { batch, steps, sourceSteps, features: width };
  const { queries, source, mapped, keys } = placesOf(layer, buffers, use);
  const { dWeights, dQueries, dSource, dMapped, dKeys, dVector } = gradientPlacesOf(layer, buffers, use);
  const ofQueries = { parameters, vector: scoreWeights, held: mapped };
  const ofKeys = { parameters, vector: scoreWeights, held: keys };
  const sum = { adds: false, over: 'source' } as const;
  return [
    weightPairs(family, extent, { ...sum, term: 'slope' }, dWeights, keys, dMapped, ofQueries),
    weightPairs(family, extent, { ...sum, over: 'steps', term: 'slope' }, dWeights, mapped, dKeys, ofKeys),
    weightPairs(family, extent, { ...sum, term: 'vector' }, dWeights, keys, dVector, ofQueries),
    recordColumnSums(
      family,
      [rows, width],
      { ...dVector, rowStride: width },
      { buffer: gradients, at: scoreWeights },
    ),
    ...mapBackward(context, [rows, width, width], queryWeights, queries, dMapped, dQueries),
    ...mapBackward(context, [sourceSteps * batch, sourceWidth, width], keyWeights, source, dKeys, dSource),
  ];
}

/** Of y = x·W without a bias, x [rows, inputs] and W [inputs, outputs]: dx = dy·Wᵀ and dW = xᵀ·dy. */
function mapBackward(
  { family, parameters, gradients }: GradientContext,
  [rows, inputs, outputs]: readonly [number, number, number],
  weights: number,
  x: Place,
  dy: Place,
  dx: Place,
): Recording[] {
  return [
    recordProduct(
      family,
      [rows, outputs, inputs],
      { ...dy, rowStride: outputs, innerStride: 1 },
      { buffer: parameters, at: weights, innerStride: 1, columnStride: outputs },
      { ...dx, rowStride: inputs },
    ),
    recordProduct(
      family,
      [inputs, rows, outputs],
      { ...x, rowStride: 1, innerStride: inputs },
      { ...dy, innerStride: outputs, columnStride: 1 },
      { buffer: gradients, at: weights, rowStride: outputs },
    ),
  ];
}

/** The same of the gradients. */
function gradientPlacesOf(
  { width, sourceWidth }: AttentionLayer,
  buffers: NamedBuffers,
  { dQueries, dSource, sourceSteps }: AttentionGradientUse,
) {
  const own = (name: string, rowWidth: number): Sequence => ({ buffer: buffers[name]!, at: 0, rowWidth });
  return {
    dJoined: own('attention.dJoined', sourceWidth + width),
    dWeights: own('attention.dWeights', sourceSteps),
    dMapped: own('attention.dQueries', width),
    dKeys: own('attention.dKeys', width),
    dVector: own('attention.dVector', width),
    dQueries: { ...dQueries, rowWidth: width },
    dSource: { ...dSource, rowWidth: sourceWidth },
  };
}
