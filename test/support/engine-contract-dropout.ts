/** What every engine does of dropout: it is for training alone. */
import { expect, test } from 'vitest';
import type {
  GenerationRequest,
  ModelConfiguration,
  RunConfiguration,
  TrainingRun,
} from '../../gpu/index.ts';
import { expectSameBits } from './compare.ts';
import { RandomSource } from './random.ts';
import { smallConfiguration, smallSeries } from './small-run.ts';

/** A stack of three cells; the top one adds what it reads. */
export function mixedConfiguration(dropout?: ModelConfiguration['dropout']): RunConfiguration {
  const { model, training } = smallConfiguration({}, 2);
  const layers = [
    { cell: 'lstm', hiddenSize: 5 },
    { cell: 'rnn', hiddenSize: 4 },
    { cell: 'gru', hiddenSize: 4, residual: true },
  ];
  return { model: { ...model, layers, ...(dropout ? { dropout } : {}) }, training };
}

export function describeDropout(start: (configuration?: RunConfiguration) => Promise<TrainingRun>): void {
  test.each([{ input: 0.5 }, { between: 0.5 }, { output: 0.5 }, { recurrent: 0.5, perSequence: true }])(
    'what is dropped in training is not in forecasts, examinations and generation: %o',
    async (dropout) => {
      const dropping = mixedConfiguration(dropout);
      const [run, plain] = [await start(dropping), await start(mixedConfiguration())];
      const { values } = smallSeries(dropping);
      const request: GenerationRequest = {
        seed: values.slice(0, 20),
        steps: 4,
        mode: 'window',
        window: 6,
        noise: 0,
        draws: 1,
        randomSeed: 1,
      };
      const examples = {
        count: 2,
        steps: 4,
        inputs: values.slice(0, 16),
        targets: new RandomSource(1).normals(16),
      };
      const answers = async (of: TrainingRun): Promise<Float32Array> =>
        Float32Array.of(
          ...(await of.forecast(Uint32Array.of(0, 40))),
          ...(await of.generate(request)),
          ...(await of.generate({ ...request, mode: 'carried' })),
          ...(await of.examine(examples)).outputs,
        );
      expectSameBits(await answers(run), await answers(plain), 'answers');
      const [dropped] = await run.advance(1);
      const [whole] = await plain.advance(1);
      expect(dropped!.loss).not.toBe(whole!.loss);
      const examined = (await run.examine(examples, { dropoutAt: 0 })).outputs;
      expect(examined).not.toEqual((await run.examine(examples)).outputs);
      expect(await run.examine(examples, { dropoutAt: 0 })).toMatchObject({ outputs: examined });
    },
  );
}
