import { afterEach, describe, expect, it, vi } from 'vitest';
import { tuningKey, Tunings } from '../../../app/worker/tunings.ts';
import { type Engine, openReferenceEngine, type RunConfiguration, type Tuning } from '../../../gpu/index.ts';
import { smallConfiguration } from '../../support/small-run.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const tuning: Tuning = { choice: HARDWARE_STEPS, timings: [{ kernels: HARDWARE_STEPS, milliseconds: 2 }] };

afterEach(() => vi.unstubAllGlobals());

describe('what was measured', () => {
  it('is known as long as the page is open, where the browser keeps nothing', async () => {
    // Node has no database.
    const tunings = new Tunings();
    expect(await tunings.recall('a')).toBeUndefined();
    tunings.keep('a', tuning);
    expect(await tunings.recall('a')).toEqual(tuning);
    expect(await tunings.recall('b')).toBeUndefined();
  });

  it('is not waited for where the browser does not answer', async () => {
    vi.stubGlobal('indexedDB', { open: () => new EventTarget() });
    vi.stubGlobal('IDBRequest', EventTarget);
    const tunings = new Tunings();
    const begun = performance.now();
    expect(await tunings.recall('a')).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(1000);
    tunings.keep('a', tuning);
    expect(await tunings.recall('a')).toEqual(tuning);
  });
});

function key(
  change: {
    training?: Partial<RunConfiguration['training']>;
    model?: Partial<RunConfiguration['model']>;
  } = {},
  engine: Partial<Engine> = {},
): string {
  const { model, training } = smallConfiguration();
  return tuningKey(
    { ...openReferenceEngine(), kernelChoices: () => [HARDWARE_STEPS], ...engine },
    { model: { ...model, ...change.model }, training: { ...training, ...change.training } },
  );
}

describe('the name under which it is kept', () => {
  it('is the same whatever the speed does not depend on', () => {
    expect(key({ training: { seed: 7, clipNorm: 1, initializer: 'he' } })).toBe(key());
  });

  it('is another for every shape, adapter and set of choices', () => {
    const description = { ...openReferenceEngine().description, label: 'another' };
    const all = [
      key(),
      key({ training: { batchSize: 6 } }),
      key({ training: { sequenceLength: 7 } }),
      key({ training: { keepEvery: 3 } }),
      key({ model: { outputSize: 2 } }),
      key({}, { description }),
      key({}, { kernelChoices: () => [HARDWARE_STEPS, { ...HARDWARE_STEPS, hoisted: true }] }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
