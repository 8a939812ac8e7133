/** A model run on examples apart from training, in float64: see `TrainingRun.examine`. */
import type { ModelConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import type { Examination, ExaminationRequest, Examples, Forcing, LayerInside } from '../model/engine.ts';
import { type Batch, wholeBatch } from './batch.ts';
import { costOf, parameterGradient } from './cost.ts';
import { clearEnds } from './extent.ts';
import { heldUnits } from './forcing.ts';
import { absolute } from './matrix.ts';
import { type Network, networkOf } from './network.ts';
import { networkBackward, type NetworkBackward } from './network-backward.ts';
import { finalStates, networkForward, type NetworkTrace } from './network-forward.ts';
import { hiddenSequence } from './recurrent.ts';
import type { Gradient } from './recurrent-backward.ts';
import type { StackStates, StackUse } from './stack.ts';

/** What the reference can be asked besides. */
export interface ReferenceRequest extends ExaminationRequest {
  readonly forcings?: readonly Forcing[];
  readonly roundings?: StackUse['roundings'];
  /** `[T′, N, O]` A gradient of the outputs in place of the loss's; past the end it does not count. */
  readonly dOutputs?: ArrayLike<number>;
  /** Gradients of the final states, of their layout; zeros where left out. */
  readonly dFinalStates?: readonly ArrayLike<number>[];
}

/** An `Examination` that is not rounded, and what it was made of. */
export interface ReferenceExamination {
  readonly outputs: Float64Array;
  readonly loss: number;
  /** `[T′, N, O]` the gradient of the outputs that was swept back. */
  readonly dOutputs: Float64Array;
  readonly finalStates: readonly Float64Array[];
  readonly gradient?: Gradient;
  readonly inside?: readonly ReferenceInside[];
  readonly attention?: Float64Array;
  readonly forward: NetworkTrace;
  readonly backward?: NetworkBackward;
}

/** See `LayerInside`. */
export interface ReferenceInside {
  readonly states: Readonly<Record<string, Float64Array>>;
  readonly gates: Readonly<Record<string, Float64Array>>;
  readonly hiddenGradientNorms: Float64Array;
}

/** All is valid: see `validateExamination` and `validateForcings`. */
export function examine(
  model: ModelConfiguration,
  training: Pick<TrainingConfiguration, 'costSteps' | 'seed'>,
  parameters: Float64Array,
  examples: Examples,
  request: ReferenceRequest = {},
): ReferenceExamination {
  const network = networkOf(model, parameters);
  const batch = wholeBatch(model, examples);
  const { dropoutAt, initialStates, gradient, inside } = request;
  const forward = networkForward(network, batch, {
    initialStates: initialStates && splitPlanes(network, batch, initialStates),
    dropping: dropoutAt === undefined ? undefined : { seed: training.seed, iteration: dropoutAt },
    held: heldUnits(model, request.forcings ?? []),
    roundings: request.roundings,
  });
  const cost = costOf(network, training, batch, forward.outputs);
  const dOutputs = request.dOutputs ? Float64Array.from(request.dOutputs) : cost.dOutputs;
  const dFinal = request.dFinalStates && splitPlanes(network, batch, request.dFinalStates);
  const result = {
    outputs: forward.outputs,
    loss: cost.loss,
    dOutputs,
    finalStates: finalStates(network, forward).map(joinPlanes),
    ...attentionOf(batch, forward),
    forward,
  };
  if (!gradient && !inside) return result;
  const backward = networkBackward(network, forward, dOutputs, dFinal);
  return {
    ...result,
    backward,
    ...(gradient ? { gradient: gradientOf(network, forward, backward, parameters.length) } : {}),
    ...(inside ? { inside: insideOf(network, forward, backward) } : {}),
  };
}

function gradientOf(
  network: Network,
  forward: NetworkTrace,
  backward: NetworkBackward,
  length: number,
): Gradient {
  return {
    values: parameterGradient(network, forward, backward, length),
    magnitude: parameterGradient(network, forward, backward, length, absolute),
  };
}

/** α `[T, N, S]`, 0 past the end of either sequence. */
function attentionOf(batch: Batch, { attention }: NetworkTrace): { attention?: Float64Array } {
  if (!attention) return {};
  const weights = attention.weights.slice();
  clearEnds(weights, batch, attention.source.extent.steps);
  return { attention: weights };
}

function insideOf({ main }: Network, forward: NetworkTrace, backward: NetworkBackward): ReferenceInside[] {
  return main.layers.map(({ directions }, index) => {
    const layer = directions[0]!;
    const trace = forward.main.layers[index]!.directions[0]!;
    const slot = trace.use.batch * layer.hiddenSize;
    const { cell } = layer;
    return {
      states: Object.fromEntries(cell.states.map((name, s) => [name, trace.states[s]!.slice(slot)])),
      gates: Object.fromEntries(cell.visibleGates.map((name, g) => [name, trace.saved[g]!])),
      hiddenGradientNorms: rowNorms(
        backward.main.layers[index]!.directions[0]!.dHidden,
        hiddenSequence(layer, trace).length / layer.hiddenSize,
      ),
    };
  });
}

function rowNorms(matrix: Float64Array, rows: number): Float64Array {
  const width = matrix.length / rows;
  return Float64Array.from({ length: rows }, (_, row) =>
    Math.hypot(...matrix.subarray(row * width, (row + 1) * width)),
  );
}

/** Each layer's `[S][B, H]`, of both directions one after the other, as a list of `[B, H]`. */
export function splitPlanes(
  { main }: Network,
  { batch }: { readonly batch: number },
  layers: readonly ArrayLike<number>[],
): StackStates {
  return main.layers.map(({ directions }, index) => {
    const values = Float64Array.from(layers[index]!);
    const size = batch * directions[0]!.hiddenSize;
    return Array.from({ length: values.length / size }, (_, s) => values.slice(s * size, (s + 1) * size));
  });
}

export function joinPlanes(planes: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(planes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const plane of planes) {
    whole.set(plane, at);
    at += plane.length;
  }
  return whole;
}

/** To float32, as engines answer. */
export function roundedExamination({
  outputs,
  loss,
  finalStates,
  gradient,
  inside,
  attention,
}: ReferenceExamination): Examination {
  return {
    outputs: Float32Array.from(outputs),
    loss,
    finalStates: finalStates.map((states) => Float32Array.from(states)),
    ...(gradient ? { gradient: Float32Array.from(gradient.values) } : {}),
    ...(inside ? { inside: inside.map(roundedInside) } : {}),
    ...(attention ? { attention: Float32Array.from(attention) } : {}),
  };
}

function roundedInside({ states, gates, hiddenGradientNorms }: ReferenceInside): LayerInside {
  return {
    states: rounded(states),
    gates: rounded(gates),
    hiddenGradientNorms: Float32Array.from(hiddenGradientNorms),
  };
}

function rounded(sequences: Readonly<Record<string, Float64Array>>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(sequences).map(([name, values]) => [name, Float32Array.from(values)]),
  );
}
