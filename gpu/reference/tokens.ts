/** Continues tokens, each read as the next input: see `TrainingRun.generateTokens`. V is the vocabulary's size. */
import type { TokenRequest, TokenSeed } from '../model/engine.ts';
import { readsTokens } from '../model/shape.ts';
import { pcg4d, uniform } from '../model/random.ts';
import type { Network } from './network.ts';
import {
  begin,
  type Beginning,
  finalStates,
  type NetworkInputs,
  type NetworkUse,
  runSteps,
} from './network-forward.ts';
import type { LayerInputs } from './recurrent.ts';
import type { StackStates } from './stack.ts';

/** Fourth counter of the draws' random numbers: "SAMP". */
const PURPOSE = 0x53414d50;

/**
 * The request is valid: see `validateTokenRequest`.
 * @param breathe awaited before each token, so that other work of the thread comes in.
 * @returns `[draws, steps]`
 */
export async function generateTokens(
  network: Network,
  request: TokenRequest,
  breathe: () => Promise<void>,
  use: NetworkUse,
): Promise<Uint32Array> {
  const { draws, steps, endToken } = request;
  const speaker = openSpeaker(network, request, draws, use);
  const generated = new Uint32Array(draws * steps);
  let logits = speaker.first();
  for (let step = 0; step < steps; step++) {
    await breathe();
    const said = logits.map((row, draw) => {
      const ended = step > 0 && generated[draw * steps + step - 1] === endToken;
      return ended ? endToken : chosenToken(row, request, step, draw);
    });
    said.forEach((token, draw) => (generated[draw * steps + step] = token));
    if (step + 1 < steps) logits = speaker.next(said);
  }
  return generated;
}

/** A model that says the logits `[V]` of each row's next token. */
export interface Speaker {
  /** Reads the seed. */
  first(): Float64Array[];
  /** Reads a token in each row. @param parents rows whose states the new ones go on from; each its own where left out. */
  next(tokens: readonly number[], parents?: readonly number[]): Float64Array[];
}

/** @param rows side by side, all with the same seed, source and vector. */
export function openSpeaker(
  network: Network,
  { seed, source, vector }: TokenSeed,
  rows: number,
  use: NetworkUse,
): Speaker {
  const { encoder, outputSize } = network.model;
  const width = encoder && !readsTokens(encoder) ? encoder.inputSize : 1;
  const inputsOf = (tokens: Uint32Array, batch: number): NetworkInputs => ({
    steps: tokens.length / batch,
    batch,
    inputs: tokens,
    vectors: vector && (repeated(vector, vector.length, batch) as Float64Array),
    source: source && {
      steps: source.length / width,
      batch,
      inputs: repeated(source, width, batch),
    },
  });
  let batchBefore = 0;
  let beginning: Beginning | undefined;
  let states: StackStates | undefined;
  const read = (tokens: Uint32Array, batch: number): Float64Array[] => {
    const inputs = inputsOf(tokens, batch);
    if (!beginning || batch !== batchBefore) beginning = begin(network, inputs, use);
    const initialStates = states ?? beginning.initialStates;
    const trace = runSteps(network, inputs, use, { ...beginning, initialStates });
    states = finalStates(network, trace);
    batchBefore = batch;
    const last = trace.outputs.slice(-batch * outputSize);
    return Array.from({ length: batch }, (_, row) => last.slice(row * outputSize, (row + 1) * outputSize));
  };
  return {
    first: () => read(repeated(seed, 1, rows) as Uint32Array, rows),
    next(tokens, parents) {
      if (parents) states = states!.map((layer) => layer.map((state) => rowsOf(state, batchBefore, parents)));
      return read(Uint32Array.from(tokens), tokens.length);
    },
  };
}

function chosenToken(logits: Float64Array, request: TokenRequest, step: number, draw: number): number {
  if (request.mode === 'greedy') return tokensByLogit(logits)[0]!;
  const { temperature, topK, randomSeed } = request;
  const kept = new Set(tokensByLogit(logits).slice(0, topK === 0 ? logits.length : topK));
  const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = logits.map((value, token) =>
    kept.has(token) ? Math.exp((value - highest) / temperature) : 0,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const target = total * uniform(pcg4d(randomSeed, step, draw, PURPOSE)[3]);
  let cumulative = 0;
  return weights.findIndex((weight) => (cumulative += weight) > target);
}

/** All tokens, the likeliest first, of equal ones the lowest. */
export function tokensByLogit(logits: Float64Array): number[] {
  return Array.from(logits, (_, token) => token).sort((a, b) => logits[b]! - logits[a]! || a - b);
}

/** `[n, width]` for each row of a batch: `[n, batch, width]`. */
function repeated(values: Float32Array | Uint32Array, width: number, batch: number): LayerInputs {
  const length = values.length * batch;
  const result = values instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
  for (let at = 0; at < values.length; at += width) {
    const step = values.subarray(at, at + width);
    for (let row = 0; row < batch; row++) result.set(step, at * batch + row * width);
  }
  return result;
}

/** Rows of a matrix in another order. @param rows that it has. */
function rowsOf(matrix: Float64Array, rows: number, order: readonly number[]): Float64Array {
  const width = matrix.length / rows;
  const result = new Float64Array(order.length * width);
  order.forEach((from, row) => result.set(matrix.subarray(from * width, (from + 1) * width), row * width));
  return result;
}
