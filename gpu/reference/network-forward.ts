/** A model forward: source, initial states, time steps, attention, head. */
import { attentionForward, attentionSource, type AttentionSource, type AttentionTrace } from './attention.ts';
import { type Dropping, dropoutScales } from './dropout.ts';
import { clearEnds, type Extent } from './extent.ts';
import type { HeldUnits } from './forcing.ts';
import { linearForward } from './linear.ts';
import { scale } from './matrix.ts';
import type { Network } from './network.ts';
import { columnsOf, type LayerStates, sideBySide } from './outputs.ts';
import { finalStatesOf, type LayerInputs } from './recurrent.ts';
import { stackFinalStates, stackForward, type StackStates, type StackTrace, type StackUse } from './stack.ts';

/** What a model reads. */
export interface NetworkInputs extends Extent {
  /** `[T, B, I]` numbers, or `[T, B]` tokens. */
  readonly inputs: LayerInputs;
  /** `[B, vectorSize]` */
  readonly vectors?: Float64Array | undefined;
  readonly source?: (Extent & { readonly inputs: LayerInputs }) | undefined;
}

/** How a model is run. */
export interface NetworkUse {
  /** Of the main stack, in place of those that the model makes. */
  readonly initialStates?: StackStates | undefined;
  readonly dropping?: Dropping | undefined;
  /** Per layer of the main stack. */
  readonly held?: readonly (HeldUnits | undefined)[] | undefined;
  readonly roundings?: StackUse['roundings'];
}

export interface NetworkTrace {
  readonly inputs: NetworkInputs;
  readonly use: NetworkUse;
  readonly encoder: StackTrace | undefined;
  readonly main: StackTrace;
  readonly attention: AttentionTrace | undefined;
  /** What the head reads, `[T′·B, R]`. */
  readonly read: Float64Array;
  /** `[B, W]` dropout of the final h, where the head reads it. */
  readonly finalScales: Float64Array | undefined;
  /** `[T′, B, O]`; 0 past the end. */
  readonly outputs: Float64Array;
}

/** What comes before the first time step: the encoder's run, what attention looks at, the initial states. */
export interface Beginning {
  readonly encoder: StackTrace | undefined;
  readonly source: AttentionSource | undefined;
  readonly initialStates: StackStates | undefined;
}

export function networkForward(network: Network, inputs: NetworkInputs, use: NetworkUse = {}): NetworkTrace {
  const beginning = begin(network, inputs, use);
  const read =
    network.model.feeding === 'own'
      ? { ...inputs, inputs: feedOwnOutputs(network, inputs, use, beginning) }
      : inputs;
  return runSteps(network, read, use, beginning);
}

/** Whether the head reads an output at every step, and not the final h. */
export function readsEveryStep({ model }: Network): boolean {
  return (model.readout ?? 'every-step') === 'every-step';
}

/** States of the main stack after its last step, to be handed on as the next call's initial ones. */
export function finalStates({ main }: Network, trace: NetworkTrace): StackStates {
  return stackFinalStates(main, trace.main);
}

/** Reads the source and makes the initial states. */
export function begin(
  network: Network,
  { batch, source, vectors }: NetworkInputs,
  { dropping, roundings, initialStates }: NetworkUse = {},
): Beginning {
  const { encoder: stack, attention, start, main } = network;
  const encoder =
    stack && source ? stackForward(stack, source.inputs, { ...source, dropping, roundings }) : undefined;
  const made =
    stack && encoder
      ? joinDirections(stackFinalStates(stack, encoder), main, batch)
      : start && vectors && splitStates(linearForward(start, vectors), main);
  return {
    encoder,
    source: attention && source && encoder ? attentionSource(attention, encoder.outputs, source) : undefined,
    initialStates: initialStates ?? made,
  };
}

/** The encoder's states, each `[s forward ‖ s reverse]`, as those of a stack that reads one way. */
function joinDirections(states: StackStates, main: Network['main'], batch: number): StackStates {
  return main.layers.map(({ directions }, index): LayerStates => {
    const count = directions[0]!.cell.states.length;
    return Array.from({ length: count }, (_, s) =>
      sideBySide(
        states[index]!.filter((_, at) => at % count === s),
        batch,
      ),
    );
  });
}

/** Columns of `[B, N]`: a state of a direction of a layer after the other. */
function splitStates(made: Float64Array, { layers }: Network['main']): StackStates {
  const width = layers.reduce((sum, { directions }) => sum + unitsOf(directions), 0);
  let column = 0;
  return layers.map(({ directions }) =>
    directions.flatMap(({ cell, hiddenSize }) =>
      cell.states.map(() => {
        const state = columnsOf(made, width, column, hiddenSize);
        column += hiddenSize;
        return state;
      }),
    ),
  );
}

function unitsOf(directions: Network['main']['layers'][number]['directions']): number {
  return directions.reduce((sum, { cell, hiddenSize }) => sum + cell.states.length * hiddenSize, 0);
}

/** Time steps from given initial states on, and what is read out of them. */
export function runSteps(
  network: Network,
  inputs: NetworkInputs,
  { dropping, held, roundings, ...use }: NetworkUse,
  { encoder, source, initialStates }: Beginning,
): NetworkTrace {
  const { steps, batch, lengths, firstTime } = inputs;
  const extent = { steps, batch, lengths, firstTime };
  const running = { ...extent, initialStates, dropping, held, roundings };
  const main = stackForward(network.main, inputs.inputs, running);
  const attention = network.attention && source && attentionForward(network.attention, source, main.outputs);
  const finalScales = dropsFinal(network, extent, dropping);
  const read = readsEveryStep(network)
    ? (attention ?? main).outputs
    : finalHidden(network, main, batch, finalScales);
  const outputs = network.readout ? linearForward(network.readout, read) : read;
  if (readsEveryStep(network)) clearEnds(outputs, extent, network.model.outputSize);
  return { inputs, use: { ...use, dropping, held }, encoder, main, attention, read, finalScales, outputs };
}

/** Dropout of the final h, which counts as that of time step 0; without a head nothing is dropped. */
function dropsFinal(
  network: Network,
  { batch }: Extent,
  dropping: Dropping | undefined,
): Float64Array | undefined {
  if (readsEveryStep(network) || !network.readout) return undefined;
  const { layers, dropout } = network.main;
  const top = layers.length - 1;
  return dropoutScales(dropout, 'output', top, { steps: 1, batch }, layers[top]!.width, dropping);
}

/** `[B, W]`: the top layer's `[h forward ‖ h reverse]`, each after the last step that it has read. */
function finalHidden(
  { main }: Network,
  trace: StackTrace,
  batch: number,
  scales: Float64Array | undefined,
): Float64Array {
  const top = trace.layers.at(-1)!;
  const parts = main.layers
    .at(-1)!
    .directions.map((direction, number) => finalStatesOf(direction, top.directions[number]!)[0]!);
  const final = sideBySide(parts, batch);
  scale(final, scales);
  return final;
}

/** The inputs with those after the first time step replaced by the model's own outputs, found step by step. */
function feedOwnOutputs(
  network: Network,
  inputs: NetworkInputs,
  use: NetworkUse,
  beginning: Beginning,
): LayerInputs {
  const { steps, batch } = inputs;
  const fed = inputs.inputs.slice();
  const size = fed.length / steps;
  let { initialStates } = beginning;
  for (let t = 0; t + 1 < steps; t++) {
    const step = { ...inputs, steps: 1, firstTime: t, inputs: fed.slice(t * size, (t + 1) * size) };
    const trace = runSteps(network, step, use, { ...beginning, initialStates });
    initialStates = finalStates(network, trace);
    fed.set(
      network.model.head === 'softmax' ? likeliest(trace.outputs, batch) : trace.outputs,
      (t + 1) * size,
    );
  }
  return fed;
}

/** The index of the largest of each row's numbers, the lowest where several are. */
function likeliest(outputs: Float64Array, batch: number): Uint32Array {
  const width = outputs.length / batch;
  return Uint32Array.from({ length: batch }, (_, row) => {
    const logits = outputs.subarray(row * width, (row + 1) * width);
    return logits.indexOf(logits.reduce((most, value) => Math.max(most, value), -Infinity));
  });
}
