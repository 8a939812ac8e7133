/** The only door of the runtime: all that the notebook, the tests and the benchmarks may use. */
export type * from './model/configuration.ts';
export type * from './model/engine.ts';
export type * from './model/tuning.ts';
export { type KernelChoice, type Precision, type Recurrence, sameKernels } from './kernels/choice.ts';
export type { Ceiling } from './kernels/ceiling.ts';
export { type Part, totalWork, type Work } from './kernels/work.ts';
export { ConfigurationError, NonFiniteError } from './model/errors.ts';
export {
  DeviceLostError,
  LimitError,
  NoAdapterError,
  NoWebGpuError,
  OutOfMemoryError,
} from './device/errors.ts';
export { registerCell } from './cells/registry.ts';
export type { CellDescription } from './cells/cell.ts';
export { initialParameters, initialState } from './model/initialization.ts';
export { optimizerSlots } from './model/optimizer.ts';
export { parameterLayout, type ParameterLayout, type ParameterView } from './model/parameters.ts';
export { validateConfiguration } from './model/validation.ts';
export { openEngine } from './open.ts';
export type { WebGpuOptions } from './training/webgpu-engine.ts';
export { openReferenceEngine } from './reference/engine.ts';
export { type Checkpoint, loadCheckpoint, requireSameModel, saveCheckpoint } from './model/checkpoint.ts';
export {
  type ComparedKind,
  type ComparedProfile,
  compareKernels,
  type ComparisonOptions,
  kernelsToCompare,
  type PlannedKernels,
} from './training/comparison.ts';
export { runBytes, withinBudget } from './training/memory.ts';
export type { WindowErrors } from './training/evaluation.ts';
export { type OpenedEngine, Recovery } from './training/recovery.ts';
export type { KnownKernels } from './training/recipe.ts';
export { Trainer } from './training/trainer.ts';
export type * from './training/trainer-options.ts';
