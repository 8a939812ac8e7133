/** Different kernels for the same model: which there are, and how they are measured. */
import { describe, expect, test } from 'vitest';
import {
  compareKernels,
  type Engine,
  initialState,
  type KernelChoice,
  type KernelCost,
  kernelsToCompare,
  type KernelTime,
  openReferenceEngine,
  OutOfMemoryError,
  type Part,
  type Profile,
  type ProfileRequest,
  totalWork,
} from '../../../gpu/index.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';
import { HARDWARE_STEPS } from '../../support/kernel-choices.ts';

const configuration = { ...smallConfiguration(), kernels: HARDWARE_STEPS };
const series = smallSeries(configuration);

function ofPart(kernels: readonly KernelCost[], part: Part): number {
  return totalWork(kernels.filter((kernel) => kernel.part === part)).operations;
}

describe('what there is to compare', () => {
  test('each differs from the others in its dispatches; all else of the kernels is kept', () => {
    const planned = kernelsToCompare(configuration, series);
    expect(planned.map(({ kind }) => kind)).toEqual(['unfused', 'steps', 'sequence', 'rounded']);
    const rounded = planned.pop()!;
    expect(rounded.kernels).toEqual({ ...HARDWARE_STEPS, precision: 'float16' });
    const dispatches = planned.map(({ cost }) => cost.dispatchesPerIteration);
    expect(rounded.cost.dispatchesPerIteration).toBe(dispatches[1]! + 1);
    expect(dispatches).toEqual(dispatches.toSorted((one, other) => other - one));
    expect(new Set(dispatches).size).toBe(3);
    for (const { kernels } of planned) expect({ ...kernels, recurrence: 'steps' }).toEqual(HARDWARE_STEPS);
  });

  test('they multiply and add the same; unfused, the gradient of the first input is made as well', () => {
    const [unfused, steps, sequence] = kernelsToCompare(configuration, series).map(
      ({ cost }) => cost.kernels,
    );
    expect(totalWork(sequence!)).toMatchObject({ operations: totalWork(steps!).operations });
    for (const part of ['forward', 'readout', 'gradients', 'optimizer'] as const) {
      expect([part, ofPart(unfused!, part)]).toEqual([part, ofPart(steps!, part)]);
    }
    expect(ofPart(unfused!, 'backward')).toBeGreaterThan(ofPart(steps!, 'backward'));
  });

  test('a layer too large for all its time steps in one dispatch has them one by one, once', () => {
    const large = {
      ...configuration,
      model: { ...configuration.model, layers: [{ cell: 'lstm', hiddenSize: 1024 }] },
    };
    const names = kernelsToCompare(large, series).map(({ kind }) => kind);
    expect(names).toContain('steps');
    expect(names).not.toContain('sequence');
  });
});

/** An engine whose runs take what is given, round by round. */
function engineOf(times: Readonly<Partial<Record<KernelChoice['recurrence'], readonly number[]>>>) {
  const seen = { calls: [] as string[], destroyed: 0 };
  const createRun = async ({ kernels }: { kernels: KernelChoice }) => {
    const left = [...(times[kernels.recurrence] ?? [])];
    if (left.length === 0) throw new OutOfMemoryError(1, kernels.recurrence, '');
    return {
      advance: async () => {
        seen.calls.push(`built ${kernels.recurrence}`);
        return [];
      },
      profile: async ({ signal }: ProfileRequest): Promise<Partial<Profile>> => {
        seen.calls.push(kernels.recurrence);
        signal?.throwIfAborted();
        const microseconds = left.shift()!;
        // The loop's quickest round need not be that of the kernels.
        return { microseconds, kernels: [{ microseconds: 10 - microseconds }] as unknown as KernelTime[] };
      },
      forecast: async () => Float32Array.of(1, kernels.recurrence === 'steps' ? 2 : 2.5),
      destroy: () => (seen.destroyed += 1),
    };
  };
  return { engine: { createRun } as unknown as Engine, seen };
}

const SEQUENCE: KernelChoice = { ...HARDWARE_STEPS, recurrence: 'sequence' };
const state = initialState(configuration);

describe('the comparison', () => {
  test('goes by turns; of each the least counts', async () => {
    const { engine, seen } = engineOf({ steps: [9, 5, 7, 8, 6], sequence: [3, 4, 2, 6, 5] });
    const shares: number[] = [];
    const profiles = await compareKernels(engine, configuration, series, state, [HARDWARE_STEPS, SEQUENCE], {
      progress: (share) => shares.push(share),
    });
    expect(profiles.map(({ microseconds }) => microseconds)).toEqual([5, 2]);
    expect(profiles.map(({ kernels }) => kernels[0]!.microseconds)).toEqual([1, 4]);
    expect(profiles.map(({ difference }) => difference)).toEqual([0, 0.5]);
    const rounds = Array.from({ length: 5 }, () => ['steps', 'sequence']).flat();
    expect(seen.calls).toEqual(['built steps', 'built sequence', ...rounds]);
    expect(seen.destroyed).toBe(2);
    expect(shares).toHaveLength(12);
    expect(shares.at(-1)).toBe(1);
  });

  test('what cannot be made ends it, and leaves no run', async () => {
    const { engine, seen } = engineOf({ steps: [1] });
    const compared = compareKernels(engine, configuration, series, state, [HARDWARE_STEPS, SEQUENCE]);
    await expect(compared).rejects.toThrow(OutOfMemoryError);
    expect(seen.destroyed).toBe(1);
  });

  test('told to end, it does, with the reason', async () => {
    const { engine, seen } = engineOf({ steps: [1, 1, 1, 1, 1] });
    const stopped = new AbortController();
    const compared = compareKernels(engine, configuration, series, state, [HARDWARE_STEPS], {
      signal: stopped.signal,
      progress: (share) => share > 0.5 && stopped.abort(new Error('Enough.')),
    });
    await expect(compared).rejects.toThrow('Enough.');
    expect(seen.calls.length).toBeLessThan(6);
    expect(seen.destroyed).toBe(1);
  });

  test('of the reference there is nothing', async () => {
    const small = smallConfiguration();
    const engine = openReferenceEngine();
    expect(await compareKernels(engine, small, series, state, [])).toEqual([]);
    expect(await compareKernels(engine, small, series, state, [HARDWARE_STEPS])).toEqual([]);
  });
});
