/** Tokens drawn, and beam search, in float64 straight from their definitions. */
import { pcg4dByPaper } from './pcg4d.ts';

export interface DrawSettings {
  readonly temperature: number;
  /** 0: all. */
  readonly topK: number;
  readonly seed: number;
}

/** What a draw is from: weights of the softmax at a temperature, 0 for a token that is not among the k largest. */
export function keptWeights(logits: readonly number[], { temperature, topK }: DrawSettings): number[] {
  const order = logits.map((_, token) => token).toSorted((i, j) => logits[j]! - logits[i]! || i - j);
  const kept = new Set(topK === 0 ? order : order.slice(0, topK));
  const most = Math.max(...logits);
  return logits.map((logit, token) => (kept.has(token) ? Math.exp((logit - most) / temperature) : 0));
}

/** The token drawn, or null where float32 may decide otherwise, u being so near the border of two tokens. */
export function drawByPaper(
  logits: readonly number[],
  settings: DrawSettings,
  step: number,
  row: number,
): number | null {
  const weights = keptWeights(logits, settings);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const bits = pcg4dByPaper(settings.seed, step, row, 0x53414d50)[3]!;
  const u = (Math.floor(bits / 256) + 0.5) / 2 ** 24;
  let cumulative = 0;
  for (const [token, weight] of weights.entries()) {
    cumulative += weight / total;
    if (token < weights.length - 1 && Math.abs(cumulative - u) < 1e-6) return null;
    if (cumulative > u) return token;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

/** What a model says after a prefix: logits. */
export type PrefixModel = (prefix: readonly number[]) => readonly number[];

export interface Hypothesis {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** All continuations of a hypothesis by one token: the end token alone, at no cost, where it has been said. */
export function continuations(
  { tokens, score }: Hypothesis,
  model: PrefixModel,
  endToken: number,
): Hypothesis[] {
  if (tokens.at(-1) === endToken) return [{ tokens: [...tokens, endToken], score }];
  const logits = model(tokens);
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit, token) => ({ tokens: [...tokens, token], score: score + logit - logSum }));
}

/** All sequences of so many tokens, best first. */
export function everySequence(model: PrefixModel, steps: number, endToken: number): Hypothesis[] {
  let all: Hypothesis[] = [{ tokens: [], score: 0 }];
  for (let step = 0; step < steps; step += 1) {
    all = all.flatMap((hypothesis) => continuations(hypothesis, model, endToken));
  }
  return all.toSorted((one, other) => other.score - one.score);
}

/** Beam search by sorting all continuations of each step. */
export function beamSearch(model: PrefixModel, steps: number, beams: number, endToken: number): Hypothesis[] {
  let kept: Hypothesis[] = [{ tokens: [], score: 0 }];
  for (let step = 0; step < steps; step += 1) {
    kept = kept
      .flatMap((hypothesis) => continuations(hypothesis, model, endToken))
      .toSorted((one, other) => other.score - one.score)
      .slice(0, beams);
  }
  return kept;
}
