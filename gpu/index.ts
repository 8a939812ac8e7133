/** The only door of the runtime: all that the notebook, the tests and the benchmarks may use. */
export type * from './model/configuration.ts';
export type * from './model/engine.ts';
export { ConfigurationError, NonFiniteError } from './model/errors.ts';
export {
  DeviceLostError,
  LimitError,
  NoAdapterError,
  NoWebGpuError,
  OutOfMemoryError,
} from './device/errors.ts';
