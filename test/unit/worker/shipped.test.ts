import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../app/notebook/parse.ts';
import { experimentSettings } from '../../../app/notebook/schema.ts';
import { configurationOf } from '../../../app/worker/configuration.ts';
import { makeSeries, windowed } from '../../../app/worker/series.ts';
import { loadCheckpoint, openReferenceEngine, Trainer } from '../../../gpu/index.ts';

const cell = parseDocument(readFileSync('app/lessons/predict.md', 'utf8')).cells.find(
  ({ id }) => id === 'train',
);
if (cell?.kind !== 'experiment') throw new Error('The lesson predict has no experiment "train".');
const { data, model, train } = cell.fence;
const settings = experimentSettings.parse({ data, model, train });
const shipped = loadCheckpoint(readFileSync('public/checkpoints/predict-train.safetensors'));

describe('the checkpoint that comes with the page', () => {
  it('was trained as the lesson states it: after a change, run `npm run checkpoint`', () => {
    // Which kernels trained it is the adapter's affair.
    const { kernels: _, ...asked } = configurationOf(settings);
    expect({ ...shipped.configuration, kernels: {} }).toEqual({ ...asked, kernels: {} });
    expect(shipped.state.iteration).toBe(train.iterations);
    expect(shipped.source).toBe(data.source);
    const { mean, deviation } = makeSeries(settings, new Map()).prepared;
    expect(shipped.normalisation).toEqual({ mean, deviation });
  });

  it('errs less than a tenth of persistence over positions 6 to 20 of windows it was not trained on', async () => {
    const { prepared } = makeSeries(settings, new Map());
    const trainer = new Trainer({
      configuration: shipped.configuration,
      series: windowed(prepared),
      heldOutStarts: prepared.heldOutStarts,
      initial: shipped.state,
      iterations: 1,
      listener: { changed: () => undefined, trained: () => undefined, evaluated: () => undefined },
    });
    await trainer.attach(openReferenceEngine());
    await trainer.evaluate();
    expect(trainer.heldOutError!.late).toBeLessThan(0.1 * trainer.persistenceError.late);
    trainer.abort();
  });
});
