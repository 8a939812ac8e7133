/** Runs of the reference on examples and streams, and what they are asked: iterations put together by hand. */
import { expect, test } from 'vitest';
import {
  type Examples,
  type ExampleSet,
  initialState,
  openReferenceEngine,
  type RunConfiguration,
  type StreamSet,
  type TrainingData,
  type TrainingRun,
} from '../../../gpu/index.ts';
import {
  clipByNorm,
  clipByValue,
  gradientNorm,
  optimizerStep,
  scheduledRate,
} from '../../../gpu/reference/optimizer.ts';
import { referenceExamine, type ReferenceExamination } from '../../../gpu/reference/oracle.ts';
import { pcg4dByPaper } from '../../support/pcg4d.ts';
import { RandomSource } from '../../support/random.ts';
import { smallConfiguration } from '../../support/small-run.ts';

const [T, B, N, H] = [3, 2, 7, 4];

/** An LSTM that reads two numbers and names one of three classes, with dropout, decay, a schedule and both clips. */
const configuration: RunConfiguration = {
  model: {
    inputSize: 2,
    layers: [{ cell: 'lstm', hiddenSize: H }],
    outputSize: 3,
    head: 'softmax',
    dropout: { input: 0.2, output: 0.3, recurrent: 0.2 },
  },
  training: {
    batchSize: B,
    sequenceLength: T,
    optimizer: { algorithm: 'sgd', learningRate: 0.5, weightDecay: 0.01 },
    schedule: { kind: 'step', every: 2, factor: 0.5 },
    clipNorm: 0.4,
    clipValue: 0.05,
    initializer: 'glorot',
    seed: 11,
  },
};

function examplesOf(count: number, steps: number): Examples {
  const random = new RandomSource(3);
  return {
    count,
    steps,
    inputs: random.normals(steps * count * 2),
    targets: Uint32Array.from({ length: steps * count }, () => random.integer(0, 2)),
    mask: Float32Array.from({ length: steps * count }, () => random.pick([0.5, 1])),
  };
}

const set: ExampleSet = {
  kind: 'examples',
  ...examplesOf(N, T),
  lengths: Uint32Array.of(1, 2, 3, 3, 2, 1, 3),
};

/** Two windows and a rest that is not read; row 1 begins anew at the second. */
const streams: StreamSet = {
  kind: 'streams',
  ...examplesOf(B, 2 * T + 1),
  begins: Uint32Array.of(1, 1, 0, 1),
};

async function start(data: TrainingData, of = configuration): Promise<TrainingRun> {
  return openReferenceEngine().createRun(of, data, initialState(of));
}

/** Rows, and time steps from one on, of `[…, count, width]`. */
interface Cut {
  readonly rows: readonly number[];
  readonly from: number;
  readonly steps: number;
}

function cut(values: ArrayLike<number>, count: number, width: number, { rows, from, steps }: Cut): number[] {
  return Array.from({ length: steps }, (_, t) =>
    rows.flatMap((row) =>
      Array.from({ length: width }, (_, index) => values[((from + t) * count + row) * width + index]!),
    ),
  ).flat();
}

function cutExamples({ count, inputs, targets, mask, lengths }: Examples, part: Cut): Examples {
  const { rows, steps } = part;
  return {
    count: rows.length,
    steps,
    inputs: Float32Array.from(cut(inputs, count, 2, part)),
    targets: Uint32Array.from(cut(targets, count, 1, part)),
    mask: Float32Array.from(cut(mask!, count, 1, part)),
    ...(lengths ? { lengths: Uint32Array.from(cut(lengths, count, 1, { rows, from: 0, steps: 1 })) } : {}),
  };
}

/** Five iterations by hand, compared with those of a run. @param read what an iteration reads. */
async function expectIterations(
  data: TrainingData,
  read: (
    done: number,
    before: ReferenceExamination | undefined,
  ) => { part: Cut; initialStates?: Float32Array[] },
): Promise<{ run: TrainingRun; last: ReferenceExamination }> {
  const { model, training } = configuration;
  let parameters = Float64Array.from(initialState(configuration).parameters);
  let last: ReferenceExamination | undefined;
  const expected = [];
  for (let done = 0; done < 5; done++) {
    const { part, ...states } = read(done, last);
    const examples = cutExamples(data as Examples, part);
    last = referenceExamine(model, training, parameters, examples, {
      gradient: true,
      dropoutAt: done,
      ...states,
    });
    const gradient = last.gradient!.values;
    expected.push({ iteration: done + 1, loss: last.loss, gradientNorm: gradientNorm(gradient) });
    const held = clipByValue(gradient, training.clipValue);
    const clipped = clipByNorm(held, gradientNorm(held), training.clipNorm);
    const learningRate = scheduledRate(training.optimizer.learningRate, training.schedule, done);
    const optimizer = { ...training.optimizer, learningRate };
    const next = optimizerStep(optimizer, done + 1, parameters, new Float64Array(), clipped);
    parameters = Float64Array.from(next.parameters);
  }
  const run = await start(data);
  expect(await run.advance(5)).toEqual(expected);
  expect((await run.capture()).parameters).toEqual(Float32Array.from(parameters));
  return { run, last: last! };
}

test('row b of an iteration reads example pcg4d(seed, iteration, b, "EXMP").w mod N', async () => {
  await expectIterations(set, (done) => ({
    part: {
      rows: [0, 1].map((b) => pcg4dByPaper(11, done, b, 0x45584d50)[3]! % N),
      from: 0,
      steps: T,
    },
  }));
});

test('streams are read window after window, from carried states or anew; they are captured, and go on', async () => {
  const { run, last } = await expectIterations(streams, (done, before) => {
    const window = done % 2;
    const part = { rows: [0, 1], from: window * T, steps: T };
    if (window === 0) return { part };
    // h and c, each [B, H]: those of row 1 begin anew.
    const states = before!.finalStates[0]!.map((value, index) => (index % (B * H) < H ? value : 0));
    return { part, initialStates: [states as unknown as Float32Array] };
  });
  const state = await run.capture();
  expect(state.carriedStates).toEqual(Float32Array.from(last.finalStates[0]!));
  run.restore(state);
  const other = await start(streams);
  await other.advance(3);
  other.restore(state);
  expect(await other.advance(4)).toEqual(await run.advance(4));
  expect(await other.capture()).toEqual(await run.capture());
});

test('before its first window a run on streams carries zeros; one on examples carries nothing', async () => {
  expect((await (await start(streams)).capture()).carriedStates).toEqual(new Float32Array(2 * B * H));
  expect((await (await start(set)).capture()).carriedStates).toBeUndefined();
});

test('an examination is the reference’s, rounded; what is held is held until it is let go', async () => {
  const run = await start(set);
  await run.advance(3);
  const { parameters } = await run.capture();
  run.restore(await run.capture());
  const request = { gradient: true, inside: true } as const;
  const { model, training } = configuration;
  const expected = (forcings: { layer: number; what: string; value: number }[]) => {
    const { outputs, loss, finalStates, gradient } = referenceExamine(model, training, parameters, set, {
      ...request,
      forcings,
    });
    return {
      outputs: Float32Array.from(outputs),
      loss,
      finalStates: finalStates.map((states) => Float32Array.from(states)),
      gradient: Float32Array.from(gradient!.values),
    };
  };
  const free = await run.examine(set, request);
  expect(free).toMatchObject(expected([]));
  const forcings = [{ layer: 0, what: 'f', value: 0 }];
  run.force(forcings);
  const held = await run.examine(set, request);
  expect(held).toMatchObject(expected(forcings));
  expect(held.loss).not.toBe(free.loss);
  run.force([]);
  expect(await run.examine(set, request)).toEqual(free);
});

test('what a run cannot do is an error with its name', async () => {
  const run = await start(set);
  await expect(run.forecast(Uint32Array.of(0))).rejects.toThrow(/^forecast: wants a run on a series/);
  expect(() => run.setSeries(new Float32Array(1))).toThrow(/^setSeries: wants a run on a series/);
  expect(() => run.force([{ layer: 1, what: 'h', value: 0 }])).toThrow(/^force\[0\]\.layer: is 1; allowed/);
  expect(() => run.force([{ layer: 0, what: 'z', value: 0 }])).toThrow(/^force\[0\]\.what: is "z"; allowed/);
  await expect(run.examine({ ...set, targets: new Float32Array(1) })).rejects.toThrow(/^examples\.targets/);
});

test('what is held is held where a series is forecast and continued', async () => {
  const plain = smallConfiguration();
  const values = new RandomSource(4).normals(40);
  const run = await start({ values, features: 1, trainingStarts: Uint32Array.of(0) }, plain);
  const seed = values.subarray(0, 8);
  const request = { seed, steps: 4, mode: 'carried', window: 1, noise: 0, draws: 1, randomSeed: 0 } as const;
  const answers = async (): Promise<Float32Array[]> => [
    await run.forecast(Uint32Array.of(0, 3)),
    await run.generate(request),
    await run.generate({ ...request, mode: 'window', window: 5 }),
  ];
  const free = await answers();
  // With the top layer's h held, every output is the same.
  run.force([{ layer: 1, what: 'h', value: 0.5 }]);
  const held = await answers();
  for (const outputs of held) expect(new Set(outputs).size).toBe(1);
  run.force([]);
  expect(await answers()).toEqual(free);
});
