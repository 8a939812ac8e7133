/**
 * Recurrent layers against onnxruntime, which nobody here wrote: outputs and final states of the same weights, with
 * initial states, in both directions of time, for sequences of different lengths.
 */
import { describe, expect, test } from 'vitest';
import type { Direction } from '../support/onnx.ts';
import { expectAsOnnx, type OnnxCase, onnxCase, randomSizes } from '../support/onnx-case.ts';
import { mistakes } from '../support/onnx-mistakes.ts';
import { RandomSource } from '../support/random.ts';
import { reference, type Runner, runners, software } from '../support/runners.ts';

const cells = [
  { what: 'RNN, tanh', cell: { cell: 'rnn' } },
  { what: 'RNN, relu', cell: { cell: 'rnn', activation: 'relu' } },
  { what: 'LSTM', cell: { cell: 'lstm' } },
  { what: 'LSTM with peepholes', cell: { cell: 'lstm', peepholes: true } },
  { what: 'GRU', cell: { cell: 'gru' } },
] as const;

const directions: readonly Direction[] = ['forward', 'reverse', 'bidirectional'];

async function examined(runner: Runner, { configuration, examples, parameters, initialStates }: OnnxCase) {
  const run = await runner.start(configuration, examples, parameters);
  const examination = await run.examine(examples, { initialStates });
  run.destroy();
  return examination;
}

describe.each([
  { runner: reference, shapes: 6 },
  { runner: software, shapes: 2 },
])('$runner.name', ({ runner, shapes }) => {
  describe.each(cells)('$what', ({ cell }) => {
    test.each(directions)(`%s, ${shapes} random shapes`, async (direction) => {
      const first = 1000 * directions.indexOf(direction);
      for (let seed = first; seed < first + shapes; seed += 1) {
        const random = new RandomSource(seed);
        const given = onnxCase(random, cell, direction, randomSizes(random));
        await expectAsOnnx(await examined(runner, given), given);
      }
    });
  });
});

describe.each(runners)('$name', (runner) => {
  test.each(cells)('two layers of $what, both directions', async ({ cell }) => {
    const sizes = { steps: 6, batch: 3, inputSize: 4, hiddenSizes: [7, 5], lengths: true };
    const given = onnxCase(new RandomSource(7), cell, 'bidirectional', sizes);
    await expectAsOnnx(await examined(runner, given), given);
  });
});

describe('a wrong mapping is noticed', () => {
  const sizes = { steps: 5, batch: 3, inputSize: 4, hiddenSizes: [5], lengths: true };

  test.each(mistakes)('$what', async ({ cell, change }) => {
    const given = onnxCase(new RandomSource(3), cell, 'bidirectional', sizes);
    const examination = await examined(reference, given);
    await expectAsOnnx(examination, given);
    await expect(expectAsOnnx(examination, given, change)).rejects.toThrow(/off, allowed/);
  });
});
