/** The whole model: recurrent layers, each reading the h of the one below, and a linear readout of the last. */
import type { ModelConfiguration } from '../model/configuration.ts';
import { layerParameter, parameterLayout, parameterView } from '../model/parameters.ts';
import { addLinearGradient, linearForward, linearInputGradient, type LinearLayer } from './linear.ts';
import { absolute } from './matrix.ts';
import {
  absoluteTerms,
  addRecurrentGradient,
  recurrentBackward,
  recurrentForward,
  recurrentInputGradient,
  type GradientTerms,
  type LayerBackward,
  type LayerTrace,
  type RecurrentLayer,
} from './recurrent.ts';
import { referenceCell } from './registry.ts';

/** The parts of a flat array of parameters, or of a gradient, as views that share its memory. */
export interface Network {
  readonly layers: readonly RecurrentLayer[];
  readonly readout: LinearLayer;
}

/** States of all layers: per layer one `[B, H]` per state of its cell. */
export type NetworkStates = readonly (readonly Float64Array[])[];

export interface NetworkTrace {
  readonly layers: readonly LayerTrace[];
  /** `[T, B, O]` */
  readonly outputs: Float64Array;
}

export interface NetworkBackward {
  readonly layers: readonly LayerBackward[];
  /** What the sums of the parameters' gradients are taken over. */
  readonly terms: NetworkTerms;
}

interface NetworkTerms {
  readonly layers: readonly GradientTerms[];
  /** `[T·B, H]`, the last layer's h. */
  readonly hidden: Float64Array;
  /** `[T·B, O]` */
  readonly dOutputs: Float64Array;
}

/** @param values in the order of the model's parameter layout. */
export function networkOf(model: ModelConfiguration, values: Float64Array): Network {
  const layout = parameterLayout(model);
  if (values.length !== layout.length) {
    throw new RangeError(`${values.length} parameters given; the model has ${layout.length}.`);
  }
  const view = (name: string): Float64Array => {
    const { offset, length } = parameterView(layout, name);
    return values.subarray(offset, offset + length);
  };
  const layers = model.layers.map(({ cell: name, hiddenSize }, index): RecurrentLayer => {
    const cell = referenceCell(name);
    const b = view(layerParameter(name, index, 'b'));
    if (b.length !== cell.gates * hiddenSize) {
      throw new RangeError(`The reference cell ${name} has ${cell.gates} gates; the layout has others.`);
    }
    return {
      cell,
      inputSize: index === 0 ? model.inputSize : model.layers[index - 1]!.hiddenSize,
      hiddenSize,
      W: view(layerParameter(name, index, 'W')),
      b,
      vectors: cell.vectors.map((vector) => view(layerParameter(name, index, vector))),
    };
  });
  return { layers, readout: { U: view('readout.U'), d: view('readout.d') } };
}

/** @param inputs `[T, B, I]` @param initialStates zeros where left out. */
export function networkForward(
  network: Network,
  inputs: Float64Array,
  batch: number,
  initialStates?: NetworkStates,
): NetworkTrace {
  const steps = inputs.length / (batch * network.layers[0]!.inputSize);
  const layers: LayerTrace[] = [];
  let sequence = inputs;
  network.layers.forEach((layer, index) => {
    const trace = recurrentForward(layer, sequence, steps, batch, initialStates?.[index]);
    layers.push(trace);
    sequence = hiddenSequence(trace);
  });
  return { layers, outputs: linearForward(network.readout, sequence) };
}

/** The states in the last slot, to be handed on as the next call's initial ones. */
export function finalStates({ layers }: NetworkTrace): NetworkStates {
  return layers.map(({ states, steps }) =>
    states.map((state) => state.slice((state.length / (steps + 1)) * steps)),
  );
}

/** @param dOutputs `[T, B, O]` @param dFinalStates zeros where left out. */
export function networkBackward(
  network: Network,
  trace: NetworkTrace,
  dOutputs: Float64Array,
  dFinalStates?: NetworkStates,
): NetworkBackward {
  const layers: LayerBackward[] = [];
  let dHidden = linearInputGradient(network.readout, dOutputs);
  for (let index = network.layers.length - 1; index >= 0; index--) {
    const layer = network.layers[index]!;
    const backward = recurrentBackward(layer, trace.layers[index]!, dHidden, dFinalStates?.[index]);
    layers.unshift(backward);
    if (index > 0) dHidden = recurrentInputGradient(layer, backward.terms.dInputSums);
  }
  const hidden = hiddenSequence(trace.layers.at(-1)!);
  return { layers, terms: { layers: layers.map(({ terms }) => terms), hidden, dOutputs } };
}

/** Adds the gradient of every parameter onto `gradient`. */
export function addNetworkGradient(gradient: Network, { layers, hidden, dOutputs }: NetworkTerms): void {
  gradient.layers.forEach((layer, index) => addRecurrentGradient(layer, layers[index]!));
  addLinearGradient(gradient.readout, hidden, dOutputs);
}

/** The terms' absolute values: with them `addNetworkGradient` gives the same sums over absolute terms. */
export function absoluteNetworkTerms({ layers, hidden, dOutputs }: NetworkTerms): NetworkTerms {
  return { layers: layers.map(absoluteTerms), hidden: absolute(hidden), dOutputs: absolute(dOutputs) };
}

/** `[T, B, H]`: h at the time steps, without the initial slot. */
function hiddenSequence({ states, steps }: LayerTrace): Float64Array {
  const hidden = states[0]!;
  return hidden.subarray(hidden.length / (steps + 1));
}
