/** What does not fit is said with its bytes before anything is allocated, and what was running runs on. */
import { describe, expect, test } from 'vitest';
import {
  initialState,
  openEngine,
  parameterLayout,
  type RunConfiguration,
  type TrainingState,
} from '../../gpu/index.ts';
import { PipelineCache, ShaderError } from '../../gpu/kernels/pipeline.ts';
import { testDevice } from '../support/gpu.ts';

const SERIES = {
  values: Float32Array.from({ length: 100 }, (_, index) => Math.sin(index / 3)),
  features: 1,
  trainingStarts: Uint32Array.of(0, 5, 40),
};

function configuration(hiddenSize: number, batchSize: number): RunConfiguration {
  return {
    model: { inputSize: 1, layers: [{ cell: 'rnn', hiddenSize }], outputSize: 1 },
    training: {
      batchSize,
      sequenceLength: 10,
      optimizer: { algorithm: 'sgd', learningRate: 0.1 },
      clipNorm: null,
      initializer: 'glorot',
      seed: 1,
    },
  };
}

/** A state of the right length for SGD, without its memory. */
function emptyState({ model }: RunConfiguration): TrainingState {
  const { length } = parameterLayout(model);
  const parameters = Object.defineProperty(new Float32Array(0), 'length', { value: length });
  return { iteration: 0, parameters, optimizerState: new Float32Array(0) };
}

describe('out of memory', () => {
  test.each([
    [1024, 40_000_000, /buffer .* wants [\d,]+ bytes.*A batch of \d+ takes [\d,]+ bytes/],
    [30_000, 1, /buffer parameters wants 3,6[\d,]+ bytes.*take fewer neurons/],
  ])('hidden size %i, batch %i', async (hiddenSize, batchSize, message) => {
    const { engine } = await openEngine();
    const small = await engine.createRun(configuration(4, 2), SERIES, initialState(configuration(4, 2)));
    const large = configuration(hiddenSize, batchSize);
    const state = emptyState(large);
    await expect(engine.createRun(large, SERIES, state)).rejects.toThrow(message);
    await expect(engine.createRun(large, SERIES, state)).rejects.toMatchObject({ name: 'OutOfMemoryError' });
    expect((await small.advance(1)).length).toBe(1);
    engine.destroy();
  });
});

test('a window whose forecasts would not fit is refused although its training would', async () => {
  const { engine } = await openEngine();
  const { training, model } = configuration(4096, 1);
  const long = { model, training: { ...training, sequenceLength: 8000 } };
  const series = { values: new Float32Array(8100), features: 1, trainingStarts: Uint32Array.of(0) };
  const made = engine.createRun(long, series, emptyState(long));
  await expect(made).rejects.toThrow(/buffer l0\.states wants [\d,]+ bytes.*A shorter window takes less/);
  engine.destroy();
});

test('a lost device rejects what is asked of it by name', async () => {
  const { engine } = await openEngine();
  const run = await engine.createRun(configuration(4, 2), SERIES, initialState(configuration(4, 2)));
  engine.destroy();
  await expect(run.advance(1)).rejects.toMatchObject({ name: 'DeviceLostError' });
  expect(typeof (await engine.lost)).toBe('string');
});

test('WGSL that does not compile says the file and line it was written in', async () => {
  const { device } = await testDevice();
  const files = [
    { name: 'first.wgsl', text: 'const A = 2u;\n' },
    {
      name: 'second.wgsl',
      text: '@compute @workgroup_size(1)\nfn f() {\n  // @unroll\n  for (var i = 0u; i < A; i++) {\n    let x: f32 = 1u;\n  }\n}',
    },
  ];
  const compiled = new PipelineCache(device).compile({ name: 'broken', files, constants: { LANES: 1 } });
  await expect(compiled).rejects.toThrow(ShaderError);
  await expect(compiled).rejects.toThrow(/second\.wgsl:5: /);
});
