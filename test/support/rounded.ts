/** The reference of whole models whose h is rounded, as kernels have rounded it: see `roundLike`. */
import type { RunConfiguration, TrainingData } from '../../gpu/index.ts';
import { trainingBatch } from '../../gpu/reference/batch.ts';
import { costOf, parameterGradient } from '../../gpu/reference/cost.ts';
import { absolute } from '../../gpu/reference/matrix.ts';
import { networkOf } from '../../gpu/reference/network.ts';
import { networkBackward } from '../../gpu/reference/network-backward.ts';
import { finalStates, networkForward, type NetworkUse } from '../../gpu/reference/network-forward.ts';
import type { Gradient } from '../../gpu/reference/oracle.ts';
import { roundLike } from './half.ts';

type Roundings = NonNullable<NetworkUse['roundings']>;

/** What kernels have made of each h, `[T + 1, B, H]`, by the name of its set of recurrent weights; longer ones go on. */
export type Hidden = ReadonlyMap<string, Float32Array>;

export function roundingsLike(hidden: Hidden): Roundings {
  return (name) => (h, place) => roundLike(hidden.get(name)![place]!, h);
}

/** The first iteration of training, before its update. @param parameters those that are read, rounded. */
export function firstIteration(
  { model, training }: RunConfiguration,
  data: TrainingData,
  parameters: Float32Array,
  roundings: Roundings,
): { loss: number; gradient: Gradient; finalStates: Float64Array[] } {
  const network = networkOf(model, Float64Array.from(parameters));
  const batch = trainingBatch(model, training, data, 0);
  const dropping = { seed: training.seed, iteration: 0 };
  const trace = networkForward(network, batch, { dropping, roundings });
  const { loss, dOutputs } = costOf(network, training, batch, trace.outputs);
  const backward = networkBackward(network, trace, dOutputs);
  return {
    loss,
    gradient: {
      values: parameterGradient(network, trace, backward, parameters.length),
      magnitude: parameterGradient(network, trace, backward, parameters.length, absolute),
    },
    finalStates: finalStates(network, trace).flat(),
  };
}
