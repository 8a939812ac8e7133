/** A model backward: from the gradient of its outputs to that of every parameter. */
import {
  addAttentionGradient,
  type AttentionBackward,
  attentionBackward,
  type AttentionTerms,
  attentionTerms,
} from './attention-backward.ts';
import { clearEnds } from './extent.ts';
import { addLinearGradient, linearInputGradient, type LinearTerms } from './linear.ts';
import { add, itself, type Part, scale } from './matrix.ts';
import type { Network } from './network.ts';
import { type NetworkTrace, readsEveryStep } from './network-forward.ts';
import { columnsOf, sideBySide } from './outputs.ts';
import type { Gradient } from './recurrent-backward.ts';
import type { StackStates } from './stack.ts';
import {
  addStackGradient,
  stackBackward,
  type StackBackward,
  type StackTerms,
  stackTerms,
} from './stack-backward.ts';

export interface NetworkBackward {
  /** `[T′, B, O]`; 0 past the end. */
  readonly dOutputs: Float64Array;
  readonly main: StackBackward;
  readonly encoder: StackBackward | undefined;
  readonly attention: AttentionBackward | undefined;
}

/** What the sums of the parameters' gradients are taken over. */
export interface NetworkTerms {
  readonly main: StackTerms;
  readonly encoder: StackTerms | undefined;
  readonly attention: AttentionTerms | undefined;
  readonly start: LinearTerms | undefined;
  readonly readout: LinearTerms | undefined;
}

/** @param dOutputs `[T′, B, O]` @param dFinalStates of the main stack, from whatever else reads them. */
export function networkBackward(
  network: Network,
  trace: NetworkTrace,
  dOutputs: Float64Array,
  dFinalStates?: StackStates,
): NetworkBackward {
  const live = dOutputs.slice();
  if (readsEveryStep(network)) clearEnds(live, trace.inputs, network.model.outputSize);
  const dRead = network.readout ? linearInputGradient(network.readout, live) : live.slice();
  const attention =
    network.attention && trace.attention && attentionBackward(network.attention, trace.attention, dRead);
  const main = readsEveryStep(network)
    ? stackBackward(network.main, trace.main, attention?.dHidden ?? dRead, dFinalStates)
    : stackBackward(network.main, trace.main, undefined, finalGradients(network, trace, dRead, dFinalStates));
  const encoder =
    network.encoder &&
    trace.encoder &&
    stackBackward(network.encoder, trace.encoder, attention?.dSource, encoderGradients(network, trace, main));
  return { dOutputs: live, main, encoder, attention };
}

/** The gradient of the final h that the head has read, added to what else reaches the final states. */
function finalGradients(
  { main }: Network,
  { finalScales, main: trace }: NetworkTrace,
  dRead: Float64Array,
  dFinalStates?: StackStates,
): StackStates {
  scale(dRead, finalScales);
  const states: StackStates = main.layers.map(({ directions }, index) =>
    directions.flatMap(({ cell, hiddenSize }, number) =>
      cell.states.map(
        (_, s) =>
          dFinalStates?.[index]![number * cell.states.length + s]!.slice() ??
          new Float64Array(trace.layers[index]!.extent.batch * hiddenSize),
      ),
    ),
  );
  const top = main.layers.at(-1)!;
  top.directions.forEach(({ cell, hiddenSize }, number) =>
    add(
      states.at(-1)![number * cell.states.length]!,
      columnsOf(dRead, top.width, number * hiddenSize, hiddenSize),
    ),
  );
  return states;
}

/** What comes back to the encoder's final states, forward and reverse: nothing where they were not handed on. */
function encoderGradients(
  network: Network,
  { use }: NetworkTrace,
  main: StackBackward,
): StackStates | undefined {
  if (use.initialStates) return undefined;
  return network.encoder!.layers.map(({ directions, width }, index) => {
    const joined = main.dInitialStates[index]!;
    return directions.flatMap(({ hiddenSize }, number) =>
      joined.map(({ values }) => columnsOf(values, width, number * hiddenSize, hiddenSize)),
    );
  });
}

/** @param part of the operands: themselves, or their absolute values for the magnitudes of the sums. */
export function networkTerms(
  network: Network,
  trace: NetworkTrace,
  backward: NetworkBackward,
  part: Part = itself,
): NetworkTerms {
  const { main, encoder, attention, start, readout } = network;
  const { vectors, batch } = trace.inputs;
  const made = start && vectors && !trace.use.initialStates;
  return {
    main: stackTerms(main, trace.main, backward.main, part),
    encoder:
      encoder && trace.encoder && backward.encoder
        ? stackTerms(encoder, trace.encoder, backward.encoder, part)
        : undefined,
    attention:
      attention && trace.attention && backward.attention
        ? attentionTerms(attention, trace.attention, backward.attention, part)
        : undefined,
    start: made ? startTerms(backward.main, vectors, batch, part) : undefined,
    readout: readout && { inputs: part(trace.read), dOutputs: part(backward.dOutputs) },
  };
}

function startTerms(
  { dInitialStates }: StackBackward,
  vectors: Float64Array,
  batch: number,
  part: Part,
): LinearTerms {
  const ofState = ({ values, magnitude }: Gradient): Float64Array => (part === itself ? values : magnitude);
  return { inputs: part(vectors), dOutputs: sideBySide(dInitialStates.flat().map(ofState), batch) };
}

/** Adds the gradient of every parameter onto `gradient`. */
export function addNetworkGradient(gradient: Network, terms: NetworkTerms): void {
  addStackGradient(gradient.main, terms.main);
  if (gradient.encoder && terms.encoder) addStackGradient(gradient.encoder, terms.encoder);
  if (gradient.attention && terms.attention) addAttentionGradient(gradient.attention, terms.attention);
  if (gradient.start && terms.start) addLinearGradient(gradient.start, terms.start);
  if (gradient.readout && terms.readout) addLinearGradient(gradient.readout, terms.readout);
}
