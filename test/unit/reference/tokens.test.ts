/** Tokens that the reference draws and searches, against all sequences that there are. */
import { expect, test } from 'vitest';
import type { Examples, ModelConfiguration, TokenRequest } from '../../../gpu/index.ts';
import { beamSearch } from '../../../gpu/reference/beams.ts';
import { networkOf } from '../../../gpu/reference/network.ts';
import { referenceExamine } from '../../../gpu/reference/oracle.ts';
import { generateTokens } from '../../../gpu/reference/tokens.ts';
import { pcg4dByPaper } from '../../support/pcg4d.ts';
import { randomParameters } from '../../support/problem.ts';
import { RandomSource } from '../../support/random.ts';

const [V, STEPS] = [4, 3];

/** A decoder of tokens that looks at an encoder's outputs; and one that begins with a vector. */
const decoder: ModelConfiguration = {
  inputSize: V,
  input: { kind: 'embedding', size: 2 },
  layers: [{ cell: 'gru', hiddenSize: 4 }],
  outputSize: V,
  head: 'softmax',
  attention: 'additive',
  encoder: { inputSize: 2, layers: [{ cell: 'gru', hiddenSize: 2, bidirectional: true }] },
};
const { encoder: _, attention: __, ...alone } = decoder;
const fromVector: ModelConfiguration = { ...alone, vectorSize: 2 };

const numbers = new RandomSource(1).normals(6);
const CASES = [
  { name: 'decoder with attention', model: decoder, from: { source: numbers } },
  { name: 'from a vector', model: fromVector, from: { vector: numbers.slice(0, 2) } },
  { name: 'language model', model: alone, from: {} },
] as const;

const seed = Uint32Array.of(2, 0);
const breathe = async (): Promise<void> => {};

function parametersOf(model: ModelConfiguration): Float64Array {
  // Far from even, so that choices are clear.
  return Float64Array.from(randomParameters(new RandomSource(5), model), (value) => 3 * value);
}

/** The logits `[V]` after the seed and some tokens, by a run over the whole sequence. */
function logitsAfter(
  model: ModelConfiguration,
  from: { readonly source?: Float32Array; readonly vector?: Float32Array },
  said: readonly number[],
): Float64Array {
  const inputs = Uint32Array.of(...seed, ...said);
  const examples: Examples = {
    count: 1,
    steps: inputs.length,
    inputs,
    targets: inputs,
    ...(from.source ? { source: { steps: from.source.length / 2, inputs: from.source } } : {}),
    ...(from.vector ? { vectors: from.vector } : {}),
  };
  return referenceExamine(model, { seed: 0 }, parametersOf(model), examples).outputs.slice(-V);
}

function request(part: Partial<TokenRequest>): TokenRequest {
  return {
    seed,
    steps: STEPS,
    endToken: null,
    draws: 1,
    mode: 'sample',
    temperature: 1,
    topK: 0,
    randomSeed: 3,
    ...part,
  };
}

test.each(CASES)('greedy, $name: each token is the likeliest after those before', async ({ model, from }) => {
  const network = networkOf(model, parametersOf(model));
  const tokens = await generateTokens(network, request({ ...from, mode: 'greedy', draws: 2 }), breathe, {});
  const expected: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const logits = logitsAfter(model, from, expected);
    expected.push(logits.indexOf(Math.max(...logits)));
  }
  expect([...tokens]).toEqual([...expected, ...expected]);
});

test.each([
  { topK: 0, temperature: 1 },
  { topK: 2, temperature: 1.7 },
  { topK: 1, temperature: 0.5 },
])('drawn by probability: topK $topK, temperature $temperature', async ({ topK, temperature }) => {
  const draws = 40;
  const network = networkOf(decoder, parametersOf(decoder));
  const asked = request({ source: numbers, topK, temperature, draws });
  const tokens = await generateTokens(network, asked, breathe, {});
  for (let draw = 0; draw < draws; draw++) {
    const own = [...tokens.subarray(draw * STEPS, (draw + 1) * STEPS)];
    own.forEach((token, step) => {
      const logits = logitsAfter(decoder, { source: numbers }, own.slice(0, step));
      const least = topK === 0 ? -Infinity : Array.from(logits).sort((a, b) => b - a)[topK - 1]!;
      const weights = Array.from(logits, (y) => (y >= least ? Math.exp(y / temperature) : 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const u = (Math.floor(pcg4dByPaper(3, step, draw, 0x53414d50)[3]! / 256) + 0.5) / 2 ** 24;
      const below = weights.slice(0, token).reduce((sum, weight) => sum + weight, 0) / total;
      expect(below).toBeLessThanOrEqual(u);
      expect(below + weights[token]! / total).toBeGreaterThan(u);
    });
  }
  expect(new Set(tokens).size).toBeGreaterThan(topK === 1 ? 0 : 1);
});

test('said once, the end token is said to the last step', async () => {
  const network = networkOf(alone, parametersOf(alone));
  const tokens = await generateTokens(network, request({ endToken: 1, steps: 12, draws: 30 }), breathe, {});
  let ended = 0;
  for (let draw = 0; draw < 30; draw++) {
    const own = [...tokens.subarray(draw * 12, (draw + 1) * 12)];
    const first = own.indexOf(1);
    if (first < 0) continue;
    ended += 1;
    expect(own.slice(first)).toEqual(Array<number>(12 - first).fill(1));
  }
  expect(ended).toBeGreaterThan(0);
});

/** Every sequence with the sum of its log-probabilities, up to the end token; best first. */
function allSequences(
  model: ModelConfiguration,
  from: { readonly source?: Float32Array; readonly vector?: Float32Array },
  endToken: number | null,
): { tokens: number[]; score: number }[] {
  let all = [{ tokens: [] as number[], score: 0 }];
  for (let step = 0; step < STEPS; step++) {
    all = all.flatMap(({ tokens, score }) => {
      if (endToken !== null && tokens.at(-1) === endToken) return [{ tokens: [...tokens, endToken], score }];
      const logits = Array.from(logitsAfter(model, from, tokens));
      const logSum = Math.log(logits.reduce((sum, y) => sum + Math.exp(y), 0));
      return logits.map((y, token) => ({ tokens: [...tokens, token], score: score + y - logSum }));
    });
  }
  return all.sort((a, b) => b.score - a.score);
}

test.each(CASES.flatMap((each) => [null, 1].map((endToken) => ({ ...each, endToken }))))(
  'as many beams as there are sequences find all of them: $name, end $endToken',
  async ({ model, from, endToken }) => {
    const network = networkOf(model, parametersOf(model));
    const asked = { seed, steps: STEPS, endToken, beams: V ** STEPS, ...from };
    const found = await beamSearch(network, asked, breathe, {});
    const expected = allSequences(model, from, endToken);
    expect(found.map(({ tokens }) => [...tokens])).toEqual(expected.map(({ tokens }) => tokens));
    found.forEach(({ score }, index) => expect(score).toBeCloseTo(expected[index]!.score, 12));
  },
);

test('one beam is the greedy choice; few beams keep the best of each step', async () => {
  const network = networkOf(alone, parametersOf(alone));
  const asked = { seed, steps: STEPS, endToken: null };
  const [one] = await beamSearch(network, { ...asked, beams: 1 }, breathe, {});
  const greedy = await generateTokens(network, request({ mode: 'greedy' }), breathe, {});
  expect(one!.tokens).toEqual(greedy);
  const few = await beamSearch(network, { ...asked, beams: 3 }, breathe, {});
  expect(few.length).toBe(3);
  const all = new Map(allSequences(alone, {}, null).map(({ tokens, score }) => [tokens.join(), score]));
  for (const { tokens, score } of few) expect(score).toBeCloseTo(all.get(tokens.join())!, 12);
  expect(few.map(({ score }) => score)).toEqual(few.map(({ score }) => score).sort((a, b) => b - a));
});
