/**
 * What kernel tests compare with. A gradient comes with its magnitude: the same sums taken over the absolute values
 * of their terms. Rounding errs in proportion to the terms, not to what is left of them after they cancel, so a
 * float32 gradient is right where it differs by less than a small part of the magnitude's L2 norm.
 *
 * Sequences are `[T, B, features]`, states per layer one `[B, H]` per state of the cell.
 */
import type { ModelConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import type { Examples } from '../model/engine.ts';
import { parameterGradient } from './cost.ts';
import { examine, type ReferenceExamination, type ReferenceRequest } from './examine.ts';
import { meanSquaredError } from './loss.ts';
import { absolute } from './matrix.ts';
import { networkOf } from './network.ts';
import { networkBackward, type NetworkBackward } from './network-backward.ts';
import { networkForward, type NetworkTrace } from './network-forward.ts';
import { gradientNorm } from './optimizer.ts';
import type { Gradient } from './recurrent-backward.ts';
import type { StackStates } from './stack.ts';
import { stackInputGradient } from './stack-backward.ts';

export type { Gradient } from './recurrent-backward.ts';
export type { ReferenceExamination, ReferenceInside, ReferenceRequest } from './examine.ts';

export interface ReferenceGradients {
  readonly forward: NetworkTrace;
  readonly backward: NetworkBackward;
  /** In the order of the parameter layout, gaps 0. */
  readonly parameters: Gradient;
  /** `[T, B, I]` */
  readonly inputs: Gradient;
  /** Per layer one `[B, H]` per state. */
  readonly initialStates: readonly (readonly Gradient[])[];
}

/** Numbers of any precision; they are taken as they are. */
export type Numbers = ArrayLike<number>;

/**
 * All that an examination tells, in float64 and with the gradient's magnitude, of any model.
 * @param parameters in the order of the model's parameter layout.
 */
export function referenceExamine(
  model: ModelConfiguration,
  training: Pick<TrainingConfiguration, 'costSteps' | 'seed'>,
  parameters: Numbers,
  examples: Examples,
  request: ReferenceRequest = {},
): ReferenceExamination {
  return examine(model, training, Float64Array.from(parameters), examples, request);
}

/** Of a model that reads numbers. @param initialStates zeros where left out. */
export function referenceForward(
  model: ModelConfiguration,
  parameters: Numbers,
  inputs: Numbers,
  batch: number,
  initialStates?: readonly (readonly Numbers[])[],
): NetworkTrace {
  const network = networkOf(model, Float64Array.from(parameters));
  const steps = inputs.length / (batch * model.inputSize);
  return networkForward(
    network,
    { steps, batch, inputs: Float64Array.from(inputs) },
    { initialStates: statesOf(initialStates) },
  );
}

/** Gradients of any loss whose gradient by the outputs is `dOutputs`, and by the last states `dFinalStates`. */
export function referenceBackward(
  model: ModelConfiguration,
  parameters: Numbers,
  inputs: Numbers,
  batch: number,
  dOutputs: Numbers,
  states: {
    readonly initial?: readonly (readonly Numbers[])[];
    readonly dFinal?: readonly (readonly Numbers[])[];
  } = {},
): ReferenceGradients {
  const network = networkOf(model, Float64Array.from(parameters));
  const forward = referenceForward(model, parameters, inputs, batch, states.initial);
  const backward = networkBackward(network, forward, Float64Array.from(dOutputs), statesOf(states.dFinal));
  return {
    forward,
    backward,
    parameters: {
      values: parameterGradient(network, forward, backward, parameters.length),
      magnitude: parameterGradient(network, forward, backward, parameters.length, absolute),
    },
    inputs: {
      values: stackInputGradient(network.main, forward.main, backward.main),
      magnitude: stackInputGradient(network.main, forward.main, backward.main, absolute),
    },
    initialStates: backward.main.dInitialStates,
  };
}

/** Mean squared error against `targets` `[T, B, O]`, and its gradients. */
export function referenceLossAndGradient(
  model: ModelConfiguration,
  parameters: Numbers,
  inputs: Numbers,
  targets: Numbers,
  batch: number,
): ReferenceGradients & { loss: number; gradientNorm: number; dOutputs: Float64Array } {
  const { outputs } = referenceForward(model, parameters, inputs, batch);
  const weights = new Float64Array(outputs.length / model.outputSize).fill(1);
  const { loss, dOutputs } = meanSquaredError(outputs, targets, weights);
  const gradients = referenceBackward(model, parameters, inputs, batch, dOutputs);
  return { ...gradients, loss, dOutputs, gradientNorm: gradientNorm(gradients.parameters.values) };
}

function statesOf(states?: readonly (readonly Numbers[])[]): StackStates | undefined {
  return states?.map((layer) => layer.map((state) => Float64Array.from(state)));
}
