/** The forecast picture: one held-out window, what the model says of it, and what it goes on to say by itself. */
import type { Trainer } from '../../gpu/index.ts';
import type { PreparedSeries } from '../data/prepare.ts';
import type { ForecastPicture } from './protocol.ts';
import { denormalise } from './series.ts';

/** Draws the picture of the held-out window number `window`; a number too large means the last one. */
export async function drawPicture(
  trainer: Trainer,
  prepared: PreparedSeries,
  window: number,
): Promise<ForecastPicture> {
  const T = trainer.configuration.training.sequenceLength;
  const { normalised, heldOut, heldOutStarts } = prepared;
  const shown = Math.min(Math.max(0, Math.trunc(window)), heldOutStarts.length - 1);
  const start = heldOutStarts[shown]!;
  const read = normalised.slice(start, start + T);
  const following = valuesInARow(normalised.subarray(start + T, Math.min(start + 2 * T, heldOut[1])));
  const [outputs, continued] = await Promise.all([
    trainer.use((run) => run.forecast(Uint32Array.of(start))),
    trainer.generate({
      seed: read,
      steps: following,
      mode: 'window',
      window: T,
      noise: 0,
      draws: 1,
      randomSeed: 0,
    }),
  ]);
  return {
    window: shown,
    windows: heldOutStarts.length,
    start,
    truth: denormalise(prepared, normalised.subarray(start, start + T + following)),
    teacherForced: denormalise(prepared, outputs),
    freeRunning: denormalise(prepared, continued),
    persistence: denormalise(prepared, read),
  };
}

/** How many values there are before the first missing one. */
function valuesInARow(values: Float32Array): number {
  const missing = values.findIndex((value) => Number.isNaN(value));
  return missing < 0 ? values.length : missing;
}
