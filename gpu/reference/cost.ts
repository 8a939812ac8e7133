/** A model's cost on a batch, and its gradient. */
import type { TrainingConfiguration } from '../model/configuration.ts';
import type { Batch } from './batch.ts';
import { costWeights, type Loss, meanSquaredError, softmaxCrossEntropy } from './loss.ts';
import { type Network, networkOf } from './network.ts';
import { addNetworkGradient, type NetworkBackward, networkTerms } from './network-backward.ts';
import type { NetworkTrace } from './network-forward.ts';
import type { Part } from './matrix.ts';

/** @param outputs `[T′, B, O]` */
export function costOf(
  { model }: Network,
  training: Pick<TrainingConfiguration, 'costSteps'>,
  batch: Batch,
  outputs: Float64Array,
): Loss {
  const weights = costWeights(model, training, batch, batch.mask);
  const cost = model.head === 'softmax' ? softmaxCrossEntropy : meanSquaredError;
  return cost(outputs, batch.targets, weights);
}

/** The gradient of every parameter, in the order of the layout, or with `part` absolute its magnitude. */
export function parameterGradient(
  network: Network,
  trace: NetworkTrace,
  backward: NetworkBackward,
  length: number,
  part?: Part,
): Float64Array {
  const gradient = new Float64Array(length);
  addNetworkGradient(networkOf(network.model, gradient), networkTerms(network, trace, backward, part));
  return gradient;
}
