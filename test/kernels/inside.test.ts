/** What a run tells of its inside, and what is held while it runs, against the reference. */
import { describe, expect, test } from 'vitest';
import type {
  Examples,
  Forcing,
  LayerInside,
  ModelConfiguration,
  RecurrentLayerConfiguration,
  TrainingRun,
} from '../../gpu/index.ts';
import { expectForwardClose, expectSameBits } from '../support/compare.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { reference, type Runner, software } from '../support/runners.ts';
import { smallConfiguration } from '../support/small-run.ts';

const [T, B, I, O] = [5, 3, 2, 2];

const RNN = { cell: 'rnn', hiddenSize: 3 };
const LSTM = { cell: 'lstm', hiddenSize: 4 };
const GRU = { cell: 'gru', hiddenSize: 3 };
const GATES: Record<string, readonly string[]> = {
  rnn: [],
  lstm: ['i', 'f', 'g', 'o'],
  gru: ['r', 'z', 'n'],
};

function modelOf(
  layers: readonly RecurrentLayerConfiguration[],
  part: Partial<ModelConfiguration> = {},
): ModelConfiguration {
  return { inputSize: I, layers, outputSize: O, ...part };
}

function examplesOf(rows = T, lengths?: Uint32Array): Examples {
  const random = new RandomSource(6);
  return {
    count: B,
    steps: T,
    inputs: random.normals(T * B * I),
    targets: random.normals(rows * B * O),
    ...(lengths ? { lengths } : {}),
  };
}

function start(on: Runner, model: ModelConfiguration, examples: Examples): Promise<TrainingRun> {
  const { training } = smallConfiguration({ batchSize: B, sequenceLength: T });
  const parameters = randomParameters(new RandomSource(9), model);
  return on.start({ model, training }, { kind: 'examples', ...examples }, parameters);
}

async function startBoth(model: ModelConfiguration, examples: Examples): Promise<[TrainingRun, TrainingRun]> {
  return [await start(software, model, examples), await start(reference, model, examples)];
}

function expectSameInside(actual: readonly LayerInside[], expected: readonly LayerInside[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((layer, index) => {
    const wanted = expected[index]!;
    for (const what of ['states', 'gates'] as const) {
      expect(Object.keys(layer[what])).toEqual(Object.keys(wanted[what]));
      for (const [name, values] of Object.entries(layer[what])) {
        expectForwardClose(values, wanted[what][name]!, `layer ${index}, ${name}`);
      }
    }
    const norms = layer.hiddenGradientNorms;
    expectForwardClose(norms, wanted.hiddenGradientNorms, `layer ${index}, ‖∂L/∂h(t)‖`);
  });
}

const LENGTHS = Uint32Array.of(5, 1, 3);
const SEEN: { name: string; model: ModelConfiguration; lengths?: Uint32Array }[] = [
  { name: 'rnn', model: modelOf([RNN]) },
  { name: 'relu', model: modelOf([{ ...RNN, activation: 'relu' }]) },
  { name: 'lstm, lengths', model: modelOf([LSTM]), lengths: LENGTHS },
  { name: 'lstm with peepholes', model: modelOf([{ ...LSTM, peepholes: true }]) },
  { name: 'gru, lengths, last step', model: modelOf([GRU], { readout: 'last-step' }), lengths: LENGTHS },
  {
    name: 'a stack, residual, dropout in training, lengths',
    model: modelOf([GRU, { ...RNN, residual: true }, LSTM], {
      dropout: { input: 0.5, between: 0.5, output: 0.5, recurrent: 0.5 },
    }),
    lengths: LENGTHS,
  },
  { name: 'both directions', model: modelOf([{ ...LSTM, bidirectional: true }, GRU]), lengths: LENGTHS },
];

test.each(SEEN)('states, gates and ‖∂L/∂h(t)‖: $name', async ({ model, lengths }) => {
  const examples = examplesOf(model.readout === 'last-step' ? 1 : T, lengths);
  const [run, oracle] = await startBoth(model, examples);
  // Asked twice: what the first left does not tell in the second.
  await run.examine(examples, { inside: true });
  const [actual, expected] = [
    await run.examine(examples, { inside: true }),
    await oracle.examine(examples, { inside: true }),
  ];
  expectSameInside(actual.inside!, expected.inside!);
  actual.inside!.forEach(({ gates, hiddenGradientNorms }, index) => {
    expect(Math.max(...hiddenGradientNorms)).toBeGreaterThan(1e-3);
    expect(Object.keys(gates)).toEqual(GATES[model.layers[index]!.cell]);
  });
  expect(actual.gradient).toBeUndefined();
  const plain = await run.examine(examples);
  expect(plain.inside).toBeUndefined();
  expectForwardClose(plain.outputs, expected.outputs, 'outputs alone');
  run.destroy();
});

test('examined, held and let go on the way, training goes on as if it were left alone', async () => {
  const model = SEEN[5]!.model;
  const examples = examplesOf(T, LENGTHS);
  const [alone, asked] = [await start(software, model, examples), await start(software, model, examples)];
  const losses: number[][] = [[], []];
  for (let round = 0; round < 3; round += 1) {
    losses[0]!.push(...(await alone.advance(2)).map(({ loss }) => loss));
    asked.force(round === 1 ? [{ layer: 0, what: 'h', value: 0.5 }] : []);
    const training = asked.advance(2);
    await asked.examine(examples, { inside: true, gradient: true, ...(round === 1 ? {} : { dropoutAt: 1 }) });
    losses[1]!.push(...(await training).map(({ loss }) => loss));
  }
  expect(losses[1]).toEqual(losses[0]);
  const [one, other] = [await alone.capture(), await asked.capture()];
  expectSameBits(other.parameters, one.parameters, 'parameters');
  expectSameBits(other.optimizerState, one.optimizerState, 'optimiser state');
  alone.destroy();
  asked.destroy();
});

test('lengths, recurrent dropout and held gates together take more buffers than there are in a step back', async () => {
  const model = SEEN[5]!.model;
  const examples = examplesOf(T, LENGTHS);
  const { lengths: _, ...full } = examples;
  for (const run of await startBoth(model, examples)) {
    run.force([{ layer: 0, what: 'h', value: 0.5 }]);
    for (const part of [{ gradient: true }, { inside: true }]) {
      await expect(run.examine(examples, { ...part, dropoutAt: 0 })).rejects.toThrow(
        /^examine\.dropoutAt: is 0, but gates or units are held/,
      );
      // Any two of them do.
      await run.examine(full, { ...part, dropoutAt: 0 });
      await run.examine(examples, part);
    }
    await run.examine(examples, { dropoutAt: 0 });
    run.force([]);
    await run.examine(examples, { gradient: true, dropoutAt: 0 });
    run.destroy();
  }
});

/** Which layer, what of it, and so which of a layer's sequences shows it. */
const HELD: { name: string; forcings: readonly Forcing[] }[] = [
  { name: 'forget gate shut', forcings: [{ layer: 0, what: 'f', value: 0 }] },
  { name: 'forget gate open', forcings: [{ layer: 0, what: 'f', value: 1 }] },
  { name: 'one unit of an output gate', forcings: [{ layer: 0, what: 'o', unit: 2, value: 0 }] },
  { name: 'one unit of c', forcings: [{ layer: 0, what: 'c', unit: 1, value: -2 }] },
  { name: 'h of the simple cell', forcings: [{ layer: 1, what: 'h', value: 0.25 }] },
  { name: 'update and reset gates', forcings: ['z', 'r'].map((what) => ({ layer: 2, what, value: 1 })) },
  {
    name: 'the later of two, and two layers',
    forcings: [
      { layer: 0, what: 'h', value: 0.5 },
      { layer: 0, what: 'h', unit: 3, value: -0.5 },
      { layer: 2, what: 'n', unit: 0, value: 0.75 },
    ],
  },
];

describe('held', () => {
  const model = modelOf([LSTM, RNN, GRU]);
  const examples = examplesOf(T, LENGTHS);

  test.each(HELD)('$name, as the reference, until it is let go', async ({ forcings }) => {
    const [run, oracle] = await startBoth(model, examples);
    const request = { inside: true } as const;
    const free = await run.examine(examples, request);
    for (const each of [run, oracle]) each.force(forcings);
    const [held, expected] = [await run.examine(examples, request), await oracle.examine(examples, request)];
    expectForwardClose(held.outputs, expected.outputs, 'outputs');
    expectForwardClose([held.loss], [expected.loss], 'loss');
    expectSameInside(held.inside!, expected.inside!);
    expect(held.loss).not.toBe(free.loss);
    for (const { layer, what, unit = 0, value } of forcings.slice(-1)) {
      const { states, gates } = held.inside![layer]!;
      const sequence = (states[what] ?? gates[what])!;
      const { hiddenSize } = model.layers[layer]!;
      // Row 0 is live at every time step.
      for (let t = 0; t < T; t += 1) expect(sequence[t * B * hiddenSize + unit]).toBe(value);
    }
    run.force([]);
    const again = await run.examine(examples, request);
    expectSameBits(again.outputs, free.outputs, 'let go');
    run.destroy();
  });

  test('while tokens are said', async () => {
    const speaker: ModelConfiguration = {
      inputSize: 4,
      input: { kind: 'one-hot' },
      layers: [LSTM],
      outputSize: 4,
      head: 'softmax',
    };
    const tokens = { count: 1, steps: T, inputs: new Uint32Array(T), targets: new Uint32Array(T) };
    const [run, oracle] = await startBoth(speaker, tokens);
    const seed = { seed: Uint32Array.of(1), steps: 6, endToken: null };
    const request = { ...seed, draws: 3, mode: 'sample', temperature: 1, topK: 0, randomSeed: 5 } as const;
    const free = await run.generateTokens(request);
    for (const each of [run, oracle]) each.force([{ layer: 0, what: 'h', value: 2 }]);
    const held = await run.generateTokens(request);
    expect(held).toEqual(await oracle.generateTokens(request));
    expect(held).not.toEqual(free);
    const [[best], [wanted]] = [
      await run.searchTokens({ ...seed, beams: 2 }),
      await oracle.searchTokens({ ...seed, beams: 2 }),
    ];
    expect(best!.tokens).toEqual(wanted!.tokens);
    run.force([]);
    expect(await run.generateTokens(request)).toEqual(free);
    run.destroy();
  });
});
