/** Beam search: see `TrainingRun.searchTokens`. */
import type { BeamRequest, BeamSequence } from '../model/engine.ts';
import type { Network } from './network.ts';
import type { NetworkUse } from './network-forward.ts';
import { openSpeaker, tokensByLogit } from './tokens.ts';

interface Beam {
  readonly tokens: readonly number[];
  /** Sum of log-probabilities. */
  readonly score: number;
  /** Row of the beam that it goes on from. */
  readonly parent: number;
}

/**
 * At each step the best K of all beams' continuations, of equal ones that of the better beam and then of the lower
 * token. A beam that has said the end token goes on with it alone, at no cost. The request is valid.
 * @param breathe awaited before each token, so that other work of the thread comes in.
 * @returns the beams, best first; fewer than K where there are not as many sequences.
 */
export async function beamSearch(
  network: Network,
  request: BeamRequest,
  breathe: () => Promise<void>,
  use: NetworkUse,
): Promise<BeamSequence[]> {
  const { beams: most, steps, endToken } = request;
  const speaker = openSpeaker(network, request, 1, use);
  let logits = speaker.first();
  let beams: Beam[] = [{ tokens: [], score: 0, parent: 0 }];
  for (let step = 0; step < steps; step++) {
    await breathe();
    beams = beams
      .flatMap((beam, row) => continuations(beam, row, logits[row]!, most, endToken))
      .sort((a, b) => b.score - a.score)
      .slice(0, most);
    if (step + 1 < steps) {
      logits = speaker.next(
        beams.map(({ tokens }) => tokens.at(-1)!),
        beams.map(({ parent }) => parent),
      );
    }
  }
  return beams.map(({ tokens, score }) => ({ tokens: Uint32Array.from(tokens), score }));
}

/** A beam's best continuations, best first. */
function continuations(
  { tokens, score }: Beam,
  row: number,
  logits: Float64Array,
  most: number,
  endToken: number | null,
): Beam[] {
  if (endToken !== null && tokens.at(-1) === endToken) {
    return [{ tokens: [...tokens, endToken], score, parent: row }];
  }
  const highest = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const logSum = highest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - highest), 0));
  return tokensByLogit(logits)
    .slice(0, most)
    .map((token) => ({ tokens: [...tokens, token], score: score + logits[token]! - logSum, parent: row }));
}
