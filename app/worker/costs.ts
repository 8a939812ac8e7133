/** What an iteration of an experiment costs, planned and measured, as plain values. */
import {
  type BuiltConfiguration,
  type ComparedKind,
  type ComparedProfile,
  compareKernels,
  type ComparisonOptions,
  type Engine,
  type KernelChoice,
  kernelsToCompare,
  type Part,
  type PlannedKernels,
  totalWork,
  type TrainingState,
  type WindowedSeries,
} from '../../gpu/index.ts';
import type { CostReport, CostRow, MeasuredCost, PartCost } from './protocol.ts';

/** A run with kernels, as it stands. */
export interface CostedRun {
  readonly configuration: Required<BuiltConfiguration>;
  readonly series: WindowedSeries;
  readonly state: TrainingState;
}

/** Without anything being run. */
export function planCosts({ configuration, series }: CostedRun): CostReport {
  return report(configuration, kernelsToCompare(configuration, series), []);
}

/** Side by side, on runs made for it. @throws OutOfMemoryError, DeviceLostError, and the signal's reason. */
export async function measureCosts(
  engine: Engine,
  { configuration, series, state }: CostedRun,
  { signal, progress }: Required<ComparisonOptions>,
): Promise<CostReport> {
  const planned = kernelsToCompare(configuration, series);
  const ceiling = await engine.ceiling();
  const kernels = planned.map((plan) => plan.kernels);
  const profiles = await compareKernels(engine, configuration, series, state, kernels, { signal, progress });
  return { ...report(configuration, planned, profiles), ceiling };
}

function report(
  { training, kernels: own }: Required<BuiltConfiguration>,
  planned: readonly PlannedKernels[],
  profiles: readonly ComparedProfile[],
): CostReport {
  const taken = takenKind(own, planned);
  return {
    rows: planned.map((plan, index) => rowOf(plan, profiles[index] ?? null, taken)),
    timeSteps: training.sequenceLength,
    ceiling: null,
  };
}

/** What a run with such kernels really does: where all time steps in one dispatch are too many, they are single ones. */
function takenKind(
  { precision, recurrence }: KernelChoice,
  planned: readonly PlannedKernels[],
): ComparedKind {
  if (precision === 'float16') return 'rounded';
  return planned.some(({ kind }) => kind === recurrence) ? recurrence : 'steps';
}

function rowOf(
  { kind, cost }: PlannedKernels,
  profile: ComparedProfile | null,
  taken: ComparedKind,
): CostRow {
  const { operations, bytes } = totalWork(cost.kernels);
  return {
    kind,
    taken: kind === taken,
    dispatches: cost.dispatchesPerIteration,
    bytes: cost.bytes,
    operations,
    moved: bytes,
    parts: partsOf(profile?.kernels ?? cost.kernels.map((kernel) => ({ ...kernel, microseconds: null }))),
    measured: profile && measuredOf(profile),
  };
}

function measuredOf({
  microseconds,
  deviceMicroseconds,
  clock,
  submissionsPerIteration,
  difference,
}: ComparedProfile): MeasuredCost {
  return { microseconds, deviceMicroseconds, clock, submissions: submissionsPerIteration, difference };
}

/** Kernels together by the part that they belong to, in the order in which these first come. */
function partsOf(
  kernels: readonly { part: Part; dispatches: number; microseconds: number | null }[],
): PartCost[] {
  return [...new Set(kernels.map(({ part }) => part))].map((part) => {
    const own = kernels.filter((kernel) => kernel.part === part);
    return {
      part,
      dispatches: own.reduce((sum, { dispatches }) => sum + dispatches, 0),
      microseconds: own.reduce<number | null>(
        (sum, { microseconds }) => (microseconds === null ? null : (sum ?? 0) + microseconds),
        0,
      ),
    };
  });
}
