/**
 * What kernel tests compare with. A gradient comes with its magnitude: the same sums taken over the absolute values
 * of their terms. Rounding errs in proportion to the terms, not to what is left of them after they cancel, so a
 * float32 gradient is right where it differs by less than a small part of the magnitude's L2 norm.
 *
 * Sequences are `[T, B, features]`, states per layer one `[B, H]` per state of the cell.
 */
import type { ModelConfiguration } from '../model/configuration.ts';
import { absolute } from './matrix.ts';
import { meanSquaredError } from './loss.ts';
import {
  absoluteNetworkTerms,
  addNetworkGradient,
  networkBackward,
  networkForward,
  networkOf,
  type NetworkBackward,
  type NetworkStates,
  type NetworkTrace,
} from './network.ts';
import { gradientNorm } from './optimizer.ts';
import { recurrentInputGradient } from './recurrent.ts';

export interface Gradient {
  readonly values: Float64Array;
  /** The same sums over the absolute values of their terms. */
  readonly magnitude: Float64Array;
}

export interface ReferenceGradients {
  /** The forward pass: outputs, and every layer's states and saved values. */
  readonly forward: NetworkTrace;
  /** The backward pass: per layer and time step the gradients of the sums, in `layers[l].terms`. */
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

/** @param parameters in the order of the model's parameter layout. @param initialStates zeros where left out. */
export function referenceForward(
  model: ModelConfiguration,
  parameters: Numbers,
  inputs: Numbers,
  batch: number,
  initialStates?: readonly (readonly Numbers[])[],
): NetworkTrace {
  const network = networkOf(model, Float64Array.from(parameters));
  return networkForward(network, Float64Array.from(inputs), batch, statesOf(initialStates));
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
  const forward = networkForward(network, Float64Array.from(inputs), batch, statesOf(states.initial));
  const backward = networkBackward(network, forward, Float64Array.from(dOutputs), statesOf(states.dFinal));

  const values = new Float64Array(parameters.length);
  const magnitude = new Float64Array(parameters.length);
  addNetworkGradient(networkOf(model, values), backward.terms);
  addNetworkGradient(networkOf(model, magnitude), absoluteNetworkTerms(backward.terms));
  const first = network.layers[0]!;
  const { dInputSums } = backward.terms.layers[0]!;
  return {
    forward,
    backward,
    parameters: { values, magnitude },
    inputs: {
      values: recurrentInputGradient(first, dInputSums),
      magnitude: recurrentInputGradient({ ...first, W: absolute(first.W) }, absolute(dInputSums)),
    },
    initialStates: backward.layers.map(({ dInitialStates, dInitialStatesMagnitude }) =>
      dInitialStates.map((state, s) => ({ values: state, magnitude: dInitialStatesMagnitude[s]! })),
    ),
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
  const { loss, dOutputs } = meanSquaredError(outputs, Float64Array.from(targets));
  const gradients = referenceBackward(model, parameters, inputs, batch, dOutputs);
  return { ...gradients, loss, dOutputs, gradientNorm: gradientNorm(gradients.parameters.values) };
}

function statesOf(states?: readonly (readonly Numbers[])[]): NetworkStates | undefined {
  return states?.map((layer) => layer.map((state) => Float64Array.from(state)));
}
