/** Tokens that a run draws and searches on the GPU: each by the reference's logits after those before it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  BeamRequest,
  ExampleSet,
  ModelConfiguration,
  TokenRequest,
  TokenSeed,
  TrainingRun,
} from '../../gpu/index.ts';
import { referenceExamine } from '../../gpu/reference/oracle.ts';
import { pcg4dByPaper } from '../support/pcg4d.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { reference, software } from '../support/runners.ts';
import { smallConfiguration } from '../support/small-run.ts';

const [V, STEPS] = [5, 4];
/** What float32 may take off a logit or a probability. */
const NEAR = 1e-5;

const random = new RandomSource(8);
const values = { source: random.normals(6) };
const words = { source: Uint32Array.of(2, 0, 1) };
const base = { inputSize: V, outputSize: V, head: 'softmax' } as const;

const CASES: readonly {
  name: string;
  model: ModelConfiguration;
  from: Pick<TokenSeed, 'source' | 'vector'>;
}[] = [
  {
    name: 'one-hot, lstm',
    model: {
      ...base,
      input: { kind: 'one-hot' },
      layers: [{ cell: 'lstm', hiddenSize: 4, peepholes: true }],
    },
    from: {},
  },
  {
    name: 'embedding, two layers, dropout in training',
    model: {
      ...base,
      input: { kind: 'embedding', size: 3 },
      layers: [
        { cell: 'rnn', hiddenSize: 3, residual: true },
        { cell: 'gru', hiddenSize: 4 },
      ],
      dropout: { input: 0.5, between: 0.5, output: 0.5, recurrent: 0.5 },
    },
    from: {},
  },
  {
    name: 'decoder with additive attention, of a source of tokens read both ways',
    model: {
      ...base,
      input: { kind: 'embedding', size: 2 },
      layers: [{ cell: 'gru', hiddenSize: 4 }],
      attention: 'additive',
      encoder: {
        inputSize: 3,
        input: { kind: 'embedding', size: 2 },
        layers: [{ cell: 'gru', hiddenSize: 2, bidirectional: true }],
      },
    },
    from: words,
  },
  {
    name: 'decoder with dot attention, of a source of numbers',
    model: {
      ...base,
      input: { kind: 'one-hot' },
      layers: [{ cell: 'lstm', hiddenSize: 3 }],
      attention: 'dot',
      encoder: { inputSize: 2, layers: [{ cell: 'lstm', hiddenSize: 3 }] },
    },
    from: values,
  },
  {
    name: 'from a vector',
    model: { ...base, input: { kind: 'one-hot' }, layers: [{ cell: 'lstm', hiddenSize: 3 }], vectorSize: 2 },
    from: { vector: values.source.slice(0, 2) },
  },
];

const seed = Uint32Array.of(3, 0, 4);

/** Far from even, so that choices are clear. */
function parametersOf(model: ModelConfiguration): Float32Array {
  return randomParameters(new RandomSource(5), model).map((value) => 3 * value);
}

function sourceOf({ encoder }: ModelConfiguration, { source }: Pick<TokenSeed, 'source'>) {
  if (!encoder || !source) return {};
  const width = encoder.input?.kind === 'embedding' ? 1 : encoder.inputSize;
  return { source: { steps: source.length / width, inputs: source } };
}

/** A run that could be trained; one example is all that it has. */
function start(on: typeof software, { model, from }: (typeof CASES)[number]): Promise<TrainingRun> {
  const data: ExampleSet = {
    kind: 'examples',
    count: 1,
    steps: 2,
    inputs: Uint32Array.of(0, 1),
    targets: Uint32Array.of(1, 2),
    ...sourceOf(model, from),
    ...(from.vector ? { vectors: from.vector } : {}),
  };
  const sourceLength = data.source ? { sourceLength: data.source.steps } : {};
  const { training } = smallConfiguration({ batchSize: 1, sequenceLength: 2, ...sourceLength });
  return on.start({ model, training }, data, parametersOf(model));
}

/** The logits `[V]` after the seed and some tokens, by a run of the reference over the whole sequence. */
function logitsAfter({ model, from }: (typeof CASES)[number], said: readonly number[]): Float64Array {
  const inputs = Uint32Array.of(...seed, ...said);
  const vectors = from.vector ? { vectors: from.vector } : {};
  const examples = {
    count: 1,
    steps: inputs.length,
    inputs,
    targets: inputs,
    ...sourceOf(model, from),
    ...vectors,
  };
  return referenceExamine(model, { seed: 0 }, parametersOf(model), examples).outputs.slice(-V);
}

/** Log-probabilities `[V]`. */
function logSoftmax(logits: Float64Array): number[] {
  const sum = Math.log(logits.reduce((total, y) => total + Math.exp(y), 0));
  return Array.from(logits, (y) => y - sum);
}

describe.each(CASES)('$name', (each) => {
  let run: TrainingRun;
  beforeAll(async () => {
    run = await start(software, each);
  });
  afterAll(() => run.destroy());

  const request = (part: Partial<TokenRequest>): TokenRequest => ({
    seed,
    steps: STEPS,
    endToken: null,
    draws: 1,
    mode: 'sample',
    temperature: 1,
    topK: 0,
    randomSeed: 3,
    ...each.from,
    ...part,
  });

  /** `[draws][steps]` */
  async function drawn(part: Partial<TokenRequest>): Promise<number[][]> {
    const { draws, steps } = request(part);
    const tokens = await run.generateTokens(request(part));
    expect(tokens).toHaveLength(draws * steps);
    return Array.from({ length: draws }, (_, draw) => [...tokens.subarray(draw * steps, (draw + 1) * steps)]);
  }

  test('greedy: the likeliest token after those before, in every draw', async () => {
    const [own, other] = await drawn({ mode: 'greedy', draws: 2 });
    expect(other).toEqual(own);
    own!.forEach((token, step) => {
      const logits = logitsAfter(each, own!.slice(0, step));
      expect(logits[token]).toBeGreaterThan(Math.max(...logits) - NEAR);
    });
  });

  test.each([
    { topK: 0, temperature: 1 },
    { topK: 2, temperature: 1.7 },
  ])('drawn where u falls among the probabilities: $topK, $temperature', async ({ topK, temperature }) => {
    const draws = 9;
    const all = await drawn({ topK, temperature, draws });
    all.forEach((own, draw) =>
      own.forEach((token, step) => {
        const logits = logitsAfter(each, own.slice(0, step));
        const least = topK === 0 ? -Infinity : Array.from(logits).sort((a, b) => b - a)[topK - 1]!;
        const weights = Array.from(logits, (y) => (y >= least ? Math.exp(y / temperature) : 0));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const u = (Math.floor(pcg4dByPaper(3, step, draw, 0x53414d50)[3]! / 256) + 0.5) / 2 ** 24;
        const below = weights.slice(0, token).reduce((sum, weight) => sum + weight, 0) / total;
        expect(below).toBeLessThan(u + NEAR);
        expect(below + weights[token]! / total).toBeGreaterThan(u - NEAR);
      }),
    );
    expect(await drawn({ topK, temperature, draws })).toEqual(all);
    expect(await drawn({ topK, temperature, draws, randomSeed: 4 })).not.toEqual(all);
    expect(new Set(all.flat()).size).toBeGreaterThan(1);
  });

  test('said once, the end token is said to the last step; before it nothing changes', async () => {
    const [free] = await drawn({ mode: 'greedy' });
    const endToken = free![1]!;
    const first = free!.indexOf(endToken);
    const [ended] = await drawn({ mode: 'greedy', endToken });
    expect(ended).toEqual(free!.map((token, step) => (step < first ? token : endToken)));
  });

  test.each([
    { beams: 7, endToken: null },
    { beams: 4, endToken: 1 },
  ])('$beams beams as the reference finds them, end token $endToken', async ({ beams, endToken }) => {
    const asked: BeamRequest = { seed, steps: STEPS, endToken, beams, ...each.from };
    const oracle = await start(reference, each);
    const [found, expected] = [await run.searchTokens(asked), await oracle.searchTokens(asked)];
    expect(found).toHaveLength(expected.length);
    found.forEach(({ tokens, score }, rank) => {
      expect(Math.abs(score - expected[rank]!.score)).toBeLessThan(10 * NEAR);
      const said = [...tokens];
      const end = endToken !== null && said.includes(endToken) ? said.indexOf(endToken) + 1 : STEPS;
      const own = said
        .slice(0, end)
        .reduce((sum, token, step) => sum + logSoftmax(logitsAfter(each, said.slice(0, step)))[token]!, 0);
      expect(Math.abs(score - own)).toBeLessThan(10 * NEAR);
      expect(said.slice(end).every((token) => token === endToken)).toBe(true);
    });
    expect(new Set(found.map(({ tokens }) => tokens.join())).size).toBe(found.length);
    oracle.destroy();
  });

  test('one beam is the greedy choice', async () => {
    const [best] = await run.searchTokens({ ...request({}), beams: 1 });
    expect([...best!.tokens]).toEqual((await drawn({ mode: 'greedy' }))[0]);
  });
});
