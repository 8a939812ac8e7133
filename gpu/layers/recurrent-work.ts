/** What the steps of a recurrent layer do: see gpu/kernels/work.ts. */
import { touching, type Work } from '../kernels/work.ts';
import type { LayerContext } from './context.ts';
import { columnsOf, dSumsStride, type ForwardBuffers, type RecurrentLayer } from './recurrent-layer.ts';

/** [B, I + H]·[I + H, G·H], all of W, b and the own vectors read, and a unit's states and saved values. */
export function forwardWork(context: LayerContext, layer: RecurrentLayer, at: ForwardBuffers): Work {
  const { cell, inputSize, hiddenSize } = layer;
  const columns = columnsOf(layer);
  const inner = (at.sums ? 0 : inputSize) + hiddenSize;
  const read = at.batch * (at.sums ? columns : inputSize) + parameterWords(context, (inner + 1) * columns);
  // An h handed on apart is written and read with 16 bits; where the adapter has no f16, with twice as many.
  const ofUnit = 2 * cell.states.length + (at.saved ? cell.saved : 0) + (at.dropout || at.recent ? 1 : 0);
  const vectors = parameterWords(context, cell.vectors.length * hiddenSize);
  const words = read + vectors + ofUnit * at.batch * hiddenSize;
  return touching(words, 2 * at.batch * inner * columns);
}

/** [B, G·H]·Whᵀ where something comes back through W; the states before and after, what reaches them, and D sums. */
export function backwardWork(
  context: LayerContext,
  layer: RecurrentLayer,
  at: ForwardBuffers,
  comesBack: boolean,
): Work {
  const { cell, hiddenSize } = layer;
  const columns = columnsOf(layer);
  const through = comesBack ? at.batch * columns + parameterWords(context, hiddenSize * columns) : 0;
  const ofUnit = 4 * cell.states.length + cell.saved + 1;
  const words = through + at.batch * (ofUnit * hiddenSize + dSumsStride(layer));
  return touching(words, comesBack ? 2 * at.batch * columns * hiddenSize : 0);
}

/** Words that so many parameters are read as. */
export function parameterWords({ halves }: LayerContext, count: number): number {
  return halves ? count / 2 : count;
}
