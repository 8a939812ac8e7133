/** States carried from window to window of streams, as a `TrainingState` holds them: `[S][B, H]` layer by layer. */
import type { RunConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import type { TrainingData } from '../model/engine.ts';
import { windowOf } from './batch.ts';
import { referenceCell } from './registry.ts';
import type { StackStates } from './stack.ts';

/**
 * The initial states of an iteration's window: those that the one before has ended with, and zeros in the rows where a
 * sequence begins. Undefined where nothing is carried.
 * @param iteration iterations done before it.
 */
export function beginWindow(
  data: TrainingData,
  { sequenceLength }: TrainingConfiguration,
  iteration: number,
  carried: StackStates | undefined,
): StackStates | undefined {
  if (data.kind !== 'streams' || !carried) return undefined;
  const window = windowOf(data, sequenceLength, iteration);
  const { begins, count } = data;
  return carried.map((states) =>
    states.map((state) => {
      const begun = state.slice();
      const width = state.length / count;
      for (let row = 0; row < count; row++) {
        const begin = window === 0 || begins?.[window * count + row] === 1;
        if (begin) begun.fill(0, row * width, (row + 1) * width);
      }
      return begun;
    }),
  );
}

/** Zeros where nothing has been carried yet. */
export function joinCarried(configuration: RunConfiguration, carried: StackStates | undefined): Float32Array {
  const joined = new Float32Array(
    sizesOf(configuration)
      .flat()
      .reduce((sum, size) => sum + size, 0),
  );
  let at = 0;
  for (const state of carried?.flat() ?? []) {
    joined.set(state, at);
    at += state.length;
  }
  return joined;
}

export function splitCarried(configuration: RunConfiguration, joined: Float32Array): StackStates {
  let at = 0;
  return sizesOf(configuration).map((sizes) =>
    sizes.map((size) => {
      at += size;
      return Float64Array.from(joined.subarray(at - size, at));
    }),
  );
}

/** B·H of each layer's states. */
function sizesOf({ model, training }: RunConfiguration): number[][] {
  return model.layers.map((layer) =>
    referenceCell(layer).states.map(() => training.batchSize * layer.hiddenSize),
  );
}
