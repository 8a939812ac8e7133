/** A run of any model is saved, loaded and goes on bit for bit on the GPU. */
import { expect, test } from 'vitest';
import { type Checkpoint, loadCheckpoint, requireSameModel, saveCheckpoint } from '../../gpu/index.ts';
import { expectSameBits } from '../support/compare.ts';
import { build, OPTION_NAMES, OPTIONS } from '../support/configurations.ts';
import { coveringDraws, type Draw } from '../support/pairs.ts';
import { randomParameters } from '../support/problem.ts';
import { RandomSource } from '../support/random.ts';
import { software } from '../support/runners.ts';

/** What a file holds of a run: its model's options, and the states that streams carry. */
const NAMES = OPTION_NAMES.slice(0, OPTION_NAMES.indexOf('head') + 1).concat('dropout', 'masks', 'data');
const LEVELS = NAMES.flatMap((name) => OPTIONS[name].map((level) => `${name}=${level}`));

function levelsOf({ choice }: Draw): string[] {
  return NAMES.map((name) => `${name}=${choice[name]}`);
}

/** A few draws that meet all levels, each the one that meets most of those left. */
function meetingAll(from: readonly Draw[]): Draw[] {
  const open = new Set(LEVELS);
  const met: Draw[] = [];
  const news = (draw: Draw): number => levelsOf(draw).filter((level) => open.has(level)).length;
  while (open.size > 0) {
    const best = from.reduce((one, other) => (news(other) > news(one) ? other : one));
    if (news(best) === 0) throw new Error(`No draw has ${[...open].join(', ')}.`);
    met.push(best);
    for (const level of levelsOf(best)) open.delete(level);
  }
  return met;
}

const draws = meetingAll(coveringDraws(150, 1).draws);

test.each(draws.map((draw) => ({ ...draw, what: JSON.stringify(draw.choice) })))(
  'configuration $seed, $what',
  async ({ choice, sizes, seed }) => {
    const { configuration, data } = build(choice, sizes, new RandomSource(seed));
    const parameters = randomParameters(new RandomSource(seed), configuration.model);
    const run = await software.start(configuration, data, parameters);
    await run.advance(3);
    const saved: Checkpoint = {
      configuration,
      state: await run.capture(),
      normalisation: { mean: 0, deviation: 1 },
      source: 'drawn',
    };
    run.restore(saved.state);
    const loaded = loadCheckpoint(saveCheckpoint(saved));
    expect(loaded).toEqual(saved);
    expect(() => requireSameModel(loaded.configuration, configuration)).not.toThrow();
    const other = await software.start(
      loaded.configuration,
      data,
      parameters.map((value) => -value),
    );
    await other.advance(1);
    other.restore(loaded.state);
    expect(await other.advance(3)).toEqual(await run.advance(3));
    const [one, two] = [await run.capture(), await other.capture()];
    expectSameBits(two.parameters, one.parameters, 'parameters');
    expect(two.optimizerState).toEqual(one.optimizerState);
    expect(two.carriedStates).toEqual(one.carriedStates);
    expect(two.carriedStates !== undefined).toBe(data.kind === 'streams');
    run.destroy();
    other.destroy();
  },
);
