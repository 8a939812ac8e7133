/** What the time steps of a model cost as different kernels, run side by side. */
import { type KernelChoice, type Recurrence, RECURRENCES } from '../kernels/choice.ts';
import type { BuiltConfiguration, RunConfiguration } from '../model/configuration.ts';
import type { Engine, Profile, RunCost, TrainingData, TrainingRun, TrainingState } from '../model/engine.ts';
import { ConfigurationError } from '../model/errors.ts';
import { isSeries } from '../model/validate-requests.ts';
import { plannedCost } from './planned.ts';

/** What is compared: how a layer's time steps are done, and those that a run takes with its parameters and states rounded. */
export type ComparedKind = Recurrence | 'rounded';

/** Kernels, and what a run with them costs. */
export interface PlannedKernels {
  readonly kind: ComparedKind;
  readonly kernels: KernelChoice;
  readonly cost: RunCost;
}

/**
 * Unfused, a dispatch a time step, one for all, and the configuration's own of these with 16 bits: those that it
 * can be run with, and that differ. All else is as its own kernels say. Configuration and data are valid.
 */
export function kernelsToCompare(
  configuration: Required<BuiltConfiguration>,
  data: TrainingData,
): PlannedKernels[] {
  const own = configuration.kernels;
  const choices: [ComparedKind, KernelChoice][] = [
    ...RECURRENCES.map((recurrence): [ComparedKind, KernelChoice] => [
      recurrence,
      { ...own, recurrence, precision: 'float32' },
    ]),
    ['rounded', { ...own, precision: 'float16' }],
  ];
  const planned = choices.flatMap(([kind, kernels]): PlannedKernels[] => {
    try {
      return [{ kind, kernels, cost: plannedCost({ ...configuration, kernels }, data) }];
    } catch (error) {
      if (error instanceof ConfigurationError) return [];
      throw error;
    }
  });
  const steps = planned.find(({ kind }) => kind === 'steps');
  return planned.filter((plan) => plan === steps || !sameDispatches(plan, steps));
}

function sameDispatches(one: PlannedKernels, other: PlannedKernels | undefined): boolean {
  return JSON.stringify(one.cost.kernels) === JSON.stringify(other?.cost.kernels);
}

export interface ComparisonOptions {
  /** Ends it: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How much of it is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** Rounds in which each is measured once; the least counts. */
const ROUNDS = 5;
/** Milliseconds after which no other round is begun. */
const LONG = 4000;
/** Of the loop of a round. */
const MILLISECONDS = 60;

/** A run's profile, and how far what it says is from what the plain one of those compared says, the simple steps'. */
export interface ComparedProfile extends Profile {
  /** The largest difference of a forecast of the same weights, in the series' normalised units; null where there is no series. */
  readonly difference: number | null;
}

/** Windows whose forecasts are compared. */
const WINDOWS = 64;

/**
 * Measures each, by turns, on runs of its own: a moment in which the machine is busy with other things strikes them all.
 * A run that trains meanwhile spoils it. Empty of the reference.
 * @throws ConfigurationError, OutOfMemoryError, DeviceLostError, and the signal's reason.
 */
export async function compareKernels(
  engine: Engine,
  configuration: RunConfiguration,
  data: TrainingData,
  state: TrainingState,
  compared: readonly KernelChoice[],
  { signal, progress = () => undefined }: ComparisonOptions = {},
): Promise<ComparedProfile[]> {
  const all = compared.length * (1 + ROUNDS);
  let done = 0;
  const told = (): void => progress(++done / all);
  const runs: TrainingRun[] = [];
  try {
    for (const kernels of compared) {
      signal?.throwIfAborted();
      const run = await engine.createRun({ ...configuration, kernels }, data, state);
      runs.push(run);
      // Compiles.
      await run.advance(0);
      told();
    }
    const plain = compared.findIndex(
      ({ recurrence, precision }) => recurrence === 'steps' && precision === 'float32',
    );
    const differences = await forecastDifferences(runs, Math.max(0, plain), data);
    const profiles = await leastOfRounds(runs, signal, told);
    return profiles.map((profile, index) => ({ ...profile, difference: differences[index] ?? null }));
  } finally {
    for (const run of runs) run.destroy();
  }
}

/** Of each from that of number `plain`. */
async function forecastDifferences(
  runs: readonly TrainingRun[],
  plain: number,
  data: TrainingData,
): Promise<number[]> {
  if (!isSeries(data)) return [];
  const starts = data.trainingStarts.subarray(0, WINDOWS);
  const forecasts = await Promise.all(runs.map((run) => run.forecast(starts)));
  return forecasts.map((forecast) => largestDifference(forecast, forecasts[plain]!));
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0);
}

async function leastOfRounds(
  runs: readonly TrainingRun[],
  signal: AbortSignal | undefined,
  told: () => void,
): Promise<Profile[]> {
  const request = { milliseconds: MILLISECONDS, ...(signal && { signal }) };
  const begun = performance.now();
  const least = new Map<TrainingRun, Profile>();
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() - begun < LONG); round += 1) {
    for (const run of runs) {
      const profile = await run.profile(request);
      if (profile) least.set(run, quieter(least.get(run) ?? profile, profile));
      told();
    }
  }
  return [...least.values()];
}

/** The loop of the quicker one, and the kernels of the one whose kernels were quicker. */
function quieter(one: Profile, other: Profile): Profile {
  const loop = other.microseconds < one.microseconds ? other : one;
  const { kernels } = kernelsTime(other) < kernelsTime(one) ? other : one;
  return { ...loop, kernels };
}

function kernelsTime({ kernels }: Profile): number {
  return kernels.reduce((sum, { microseconds }) => sum + microseconds, 0);
}
