/** What an output costs, and the gradient of the cost by the outputs. R = T′·B outputs, each of O numbers. */
import type { ModelConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import { type Extent, isLive } from './extent.ts';

export interface Loss {
  readonly loss: number;
  /** ∂loss/∂outputs, of the outputs' shape. */
  readonly dOutputs: Float64Array;
}

/**
 * How much each output counts, `[T′, B]`: its mask, or 1; 0 outside of the cost's time steps and past the end where
 * there is an output at every step.
 */
export function costWeights(
  { readout = 'every-step' }: ModelConfiguration,
  { costSteps }: Pick<TrainingConfiguration, 'costSteps'>,
  extent: Extent,
  mask?: ArrayLike<number>,
): Float64Array {
  const everyStep = readout === 'every-step';
  const { steps, batch } = extent;
  const weights = new Float64Array((everyStep ? steps : 1) * batch);
  for (let index = 0; index < weights.length; index++) {
    const row = index % batch;
    const t = (index - row) / batch;
    const counts = !costSteps || (costSteps.from <= t && t < costSteps.to);
    if (everyStep && !(counts && isLive(extent, t, row))) continue;
    weights[index] = mask?.[index] ?? 1;
  }
  return weights;
}

/** L = Σ w·Σ (y − target)² / (n·O) with n = Σ w, and dL/dy = 2·w·(y − target) / (n·O); 0 where n is. */
export function meanSquaredError(
  outputs: Float64Array,
  targets: ArrayLike<number>,
  weights: Float64Array,
): Loss {
  const width = outputs.length / weights.length;
  const total = width * sum(weights);
  const dOutputs = new Float64Array(outputs.length);
  if (total === 0) return { loss: 0, dOutputs };
  let squares = 0;
  for (let index = 0; index < outputs.length; index++) {
    const weight = weights[Math.floor(index / width)]!;
    const difference = outputs[index]! - targets[index]!;
    squares += weight * difference * difference;
    dOutputs[index] = (2 * weight * difference) / total;
  }
  return { loss: squares / total, dOutputs };
}

/**
 * L = Σ w·(log Σ exp(y) − y[class]) / n with n = Σ w, and dL/dy = w·(softmax(y) − onehot(class)) / n; 0 where n is.
 * The largest logit is taken off before the exponential, so that none overflows.
 * @param classes `[R]`
 */
export function softmaxCrossEntropy(
  logits: Float64Array,
  classes: ArrayLike<number>,
  weights: Float64Array,
): Loss {
  const width = logits.length / weights.length;
  const total = sum(weights);
  const dOutputs = new Float64Array(logits.length);
  if (total === 0) return { loss: 0, dOutputs };
  let loss = 0;
  weights.forEach((weight, row) => {
    const y = logits.subarray(row * width, (row + 1) * width);
    const highest = y.reduce((most, value) => Math.max(most, value), -Infinity);
    const logSum = highest + Math.log(y.reduce((part, value) => part + Math.exp(value - highest), 0));
    const right = classes[row]!;
    loss += weight * (logSum - y[right]!);
    y.forEach((value, index) => {
      const error = Math.exp(value - logSum) - (index === right ? 1 : 0);
      dOutputs[row * width + index] = (weight * error) / total;
    });
  });
  return { loss: loss / total, dOutputs };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
