/** What an experiment's settings may be, how they are named, and the presets. */
import { count, settingNumber } from '../controls/format.ts';
import { linearScale, listScale, logScale } from '../controls/scale.ts';
import type { ExperimentSettings } from '../notebook/schema.ts';

/** A change of settings, of any of its parts. */
export interface SettingsChange {
  readonly data?: Partial<ExperimentSettings['data']>;
  readonly model?: Partial<ExperimentSettings['model']>;
  readonly train?: Partial<ExperimentSettings['train']>;
}

export function withChange(settings: ExperimentSettings, change: SettingsChange): ExperimentSettings {
  return {
    data: { ...settings.data, ...change.data },
    model: { ...settings.model, ...change.model },
    train: { ...settings.train, ...change.train },
  };
}

export const NEVER_CLIP = 0;

export const scales = {
  hidden: listScale([
    1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512,
  ]),
  window: linearScale(6, 100),
  batch: listScale([1, 2, 4, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256]),
  rate: logScale(1e-5, 1, { perDecade: 10 }),
  noise: linearScale(0, 0.5, 0.01),
  clip: listScale([NEVER_CLIP, 0.1, 0.2, 0.5, 1, 2, 5, 10]),
  iterations: listScale([
    100, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 4000, 5000, 8000, 10_000, 20_000, 50_000, 100_000,
  ]),
} as const;

export const optimizers = [
  { value: 'adam', label: 'Adam' },
  { value: 'momentum', label: 'Momentum' },
  { value: 'sgd', label: 'SGD' },
] as const;

export const initializers = [
  { value: 'glorot', label: 'Glorot' },
  { value: 'he', label: 'He' },
  { value: 'orthogonal', label: 'Orthogonal' },
] as const;

/** The settings of the course notes: everything but the data, the seed and how long to train. */
export const notesSettings: SettingsChange = {
  model: { hidden: 100 },
  train: { batch: 50, window: 20, optimizer: 'adam', rate: 0.001, clip: null, initializer: 'glorot' },
};

/** True where `change` would change nothing. */
export function isPresent(settings: ExperimentSettings, change: SettingsChange): boolean {
  return JSON.stringify(settings) === JSON.stringify(withChange(settings, change));
}

type Reader = (settings: ExperimentSettings) => string | number | null;

/** The settings that take a reset, each under the name that the controls give it. Rate and noise change live. */
const takesReset: Readonly<Record<ResetSetting, Reader>> = {
  series: ({ data }) => `${data.source} ${data.missing}`,
  neurons: ({ model }) => model.hidden,
  window: ({ train }) => train.window,
  batch: ({ train }) => train.batch,
  optimiser: ({ train }) => train.optimizer,
  initialiser: ({ train }) => train.initializer,
  clipping: ({ train }) => train.clip,
  'run length': ({ train }) => train.iterations,
  seed: ({ train }) => train.seed,
};

export type ResetSetting =
  | 'series'
  | 'neurons'
  | 'window'
  | 'batch'
  | 'optimiser'
  | 'initialiser'
  | 'clipping'
  | 'run length'
  | 'seed';

/** Names of the settings that wait for a reset: they differ from those that the run was built with. */
export function waitingForReset(settings: ExperimentSettings, applied: ExperimentSettings): ResetSetting[] {
  return (Object.keys(takesReset) as ResetSetting[]).filter(
    (name) => takesReset[name](settings) !== takesReset[name](applied),
  );
}

/** `6 to 20`, the positions that an error is measured over; null where the window has no such position. */
export function latePositions(window: number): string | null {
  return window < 6 ? null : `6 to ${window}`;
}

export const texts = {
  clip: (value: number) => (value === NEVER_CLIP ? 'never' : settingNumber(value)),
  iterations: count,
} as const;
