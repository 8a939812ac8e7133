/** Streams read window after window on the GPU, and examples drawn at random: states carried, begun anew, put by. */
import { expect, test } from 'vitest';
import type {
  Examples,
  ModelConfiguration,
  RunConfiguration,
  StreamSet,
  TrainingConfiguration,
  TrainingData,
  TrainingRun,
} from '../../gpu/index.ts';
import { expectForwardClose, expectLossesClose, expectSameBits } from '../support/compare.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { reference, type Runner, software } from '../support/runners.ts';
import { smallConfiguration } from '../support/small-run.ts';

const [T, B, WINDOWS] = [3, 2, 3];

const model: ModelConfiguration = {
  inputSize: 2,
  layers: [
    { cell: 'lstm', hiddenSize: 3 },
    { cell: 'gru', hiddenSize: 2 },
    { cell: 'rnn', hiddenSize: 4 },
  ],
  outputSize: 2,
};
/** h and c of the first layer, h of the others, each [B, H]. */
const CARRIED = (3 + 3 + 2 + 4) * B;

const sgd = { algorithm: 'sgd', learningRate: 0.1 } as const;
/** A rate that changes no weight: what is carried is then all that differs. */
const still = { algorithm: 'sgd', learningRate: 1e-30 } as const;

function configurationOf(part: Partial<TrainingConfiguration> = {}, of = model): RunConfiguration {
  return { ...smallConfiguration({ batchSize: B, sequenceLength: T, optimizer: sgd, ...part }), model: of };
}

function examplesOf(steps: number, count = B): Examples {
  const random = new RandomSource(12);
  return {
    count,
    steps,
    inputs: random.normals(steps * count * 2),
    targets: random.normals(steps * count * 2),
  };
}

/** Three windows and a time step that is not read. */
const long = examplesOf(WINDOWS * T + 1);
const streams: StreamSet = { kind: 'streams', ...long };
/** Row 1 begins anew at window 1, row 0 at window 2. */
const begun: StreamSet = { ...streams, begins: Uint32Array.of(1, 1, 0, 1, 1, 0) };

function start(
  configuration = configurationOf(),
  data: TrainingData = streams,
  on: Runner = software,
): Promise<TrainingRun> {
  const parameters = randomParameters(new RandomSource(4), configuration.model);
  return on.start(configuration, data, parameters);
}

/** Some time steps of all rows. */
function cut({ inputs, targets }: Examples, from: number, steps: number): Examples {
  const part = (values: Examples['inputs']): Float32Array =>
    (values as Float32Array).slice(from * B * 2, (from + steps) * B * 2);
  return { count: B, steps, inputs: part(inputs), targets: part(targets) };
}

test.each([
  ['one beginning', streams],
  ['rows that begin anew', begun],
])('trains as the reference, and carries what it carries: %s', async (_, data) => {
  const dropping = { ...model, dropout: { recurrent: 0.3, between: 0.2 } };
  const [run, oracle] = [
    await start(configurationOf({}, dropping), data),
    await start(configurationOf({}, dropping), data, reference),
  ];
  for (const iterations of [1, 1, 1, 4]) {
    const [actual, expected] = [await run.advance(iterations), await oracle.advance(iterations)];
    const losses = (records: typeof actual): number[] => records.map(({ loss }) => loss);
    expectLossesClose(losses(actual), losses(expected), 1e-5);
    const [state, wanted] = [await run.capture(), await oracle.capture()];
    expect(state.carriedStates).toHaveLength(CARRIED);
    expectForwardClose(state.carriedStates!, wanted.carriedStates!, 'carried states');
  }
  run.destroy();
});

test('a captured state goes on bit for bit elsewhere, wherever in the streams it was taken', async () => {
  for (const done of [0, 1, 2, 3, 4]) {
    const [run, other] = [await start(configurationOf(), begun), await start(configurationOf(), begun)];
    await run.advance(done);
    const state = await run.capture();
    await other.advance(2);
    other.restore(state);
    const again = await other.capture();
    expectSameBits(again.carriedStates!, state.carriedStates!, 'carried states restored');
    expect(await other.advance(4)).toEqual(await run.advance(4));
    const [one, two] = [await run.capture(), await other.capture()];
    expectSameBits(two.parameters, one.parameters, 'parameters');
    expectSameBits(two.carriedStates!, one.carriedStates!, 'carried states');
    run.destroy();
    other.destroy();
  }
});

test('windows with their states carried are the full unroll', async () => {
  const run = await start(configurationOf({ optimizer: still }));
  const records = await run.advance(WINDOWS);
  const { carriedStates } = await run.capture();
  const whole = await run.examine(cut(long, 0, WINDOWS * T));
  const losses = records.reduce((sum, { loss }) => sum + loss, 0);
  expectForwardClose([losses / WINDOWS], [whole.loss], 'mean loss of the windows');
  expectForwardClose(
    carriedStates!,
    whole.finalStates.flatMap((states) => [...states]),
    'final states',
  );

  const outputs: number[] = [];
  let initialStates: readonly Float32Array[] | undefined;
  for (let window = 0; window < WINDOWS; window += 1) {
    const part = cut(long, window * T, T);
    const examined = await run.examine(part, initialStates ? { initialStates } : {});
    outputs.push(...examined.outputs);
    initialStates = examined.finalStates;
    // The loss of the iteration that read the same window.
    expectForwardClose([records[window]!.loss], [examined.loss], `loss of window ${window}`);
  }
  expectForwardClose(outputs, whole.outputs, 'outputs');
  run.destroy();
});

test('a row that begins anew has no past; the other keeps its own', async () => {
  const run = await start(configurationOf({ optimizer: still }), begun);
  await run.advance(2);
  const { carriedStates } = await run.capture();
  const [whole, fresh] = [await run.examine(cut(long, 0, 2 * T)), await run.examine(cut(long, T, T))];
  let from = 0;
  whole.finalStates.forEach((states, layer) => {
    const { hiddenSize } = model.layers[layer]!;
    const expected = states.map((value, index) =>
      Math.floor(index / hiddenSize) % B === 1 ? fresh.finalStates[layer]![index]! : value,
    );
    expectForwardClose(carriedStates!.subarray(from, from + states.length), expected, `layer ${layer}`);
    from += states.length;
  });
  expect(from).toBe(CARRIED);
  run.destroy();
});

test('a refused iteration leaves what was carried, and the next goes on from there', async () => {
  const targets = (long.targets as Float32Array).slice();
  // In window 2: the loss overflows.
  targets[2 * T * B * 2] = 3e38;
  const [run, good] = [await start(configurationOf(), { ...streams, targets }), await start()];
  expect(await run.advance(5)).toHaveLength(3);
  await good.advance(2);
  const [state, expected] = [await run.capture(), await good.capture()];
  expect(state.iteration).toBe(2);
  expectSameBits(state.carriedStates!, expected.carriedStates!, 'carried states');
  expectSameBits(state.parameters, expected.parameters, 'parameters');
  good.restore(state);
  expect((await good.advance(2)).map(({ iteration }) => iteration)).toEqual([3, 4]);
  run.destroy();
  good.destroy();
});

test('examples drawn at random: the same seed gives the same bits, another one others', async () => {
  const set = {
    kind: 'examples',
    ...examplesOf(T, 9),
    lengths: Uint32Array.from({ length: 9 }, (_, n) => 1 + (n % T)),
  } as const;
  const trained = async (seed: number) => {
    const run = await start(configurationOf({ seed }), set);
    const records = await run.advance(6);
    const { parameters, carriedStates } = await run.capture();
    expect(carriedStates).toBeUndefined();
    run.destroy();
    return { losses: Float32Array.from(records, ({ loss }) => loss), parameters };
  };
  const [one, same, other] = [await trained(1), await trained(1), await trained(2)];
  expectSameBits(same.losses, one.losses, 'losses');
  expectSameBits(same.parameters, one.parameters, 'parameters');
  expect(other.losses).not.toEqual(one.losses);
});
