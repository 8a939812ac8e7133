/** What an experiment's settings may be, how they are named, and the presets. */
import { count, settingNumber } from '../controls/format.ts';
import { linearScale, listScale, logScale, type Scale } from '../controls/scale.ts';
import { generators } from '../data/generators.ts';
import { longestWindow } from '../data/prepare.ts';
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

/** The longest window that is offered, however long the series. */
const LONGEST_WINDOW = 100;
const SHORTEST_WINDOW = 6;

export const scales = {
  hidden: listScale([
    1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512,
  ]),
  batch: listScale([1, 2, 4, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256]),
  rate: logScale(1e-5, 1, { perDecade: 10 }),
  noise: linearScale(0, 0.5, 0.01),
  dropout: linearScale(0, 0.5, 0.05),
  clip: listScale([NEVER_CLIP, 0.1, 0.2, 0.5, 1, 2, 5, 10]),
  iterations: listScale([
    100, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 4000, 5000, 8000, 10_000, 20_000, 50_000, 100_000,
  ]),
} as const;

/** Windows that a series of so many values has room for. */
export function windowScale(length: number): Scale {
  const longest = Math.max(1, Math.min(LONGEST_WINDOW, longestWindow(length)));
  return linearScale(Math.min(SHORTEST_WINDOW, longest), longest);
}

/** How many values a series has that the page makes itself; undefined for one that the reader brought. */
export function generatedLength(source: string): number | undefined {
  return Object.hasOwn(generators, source) ? generators[source]!.length : undefined;
}

/** What a reader calls a series: `prices.csv` for `file:prices.csv`. */
export function seriesTitle(source: string): string {
  const made = Object.hasOwn(generators, source) ? generators[source]!.title : undefined;
  return made ?? source.replace(/^file:/, '');
}

export const cells = [
  { value: 'rnn', label: 'RNN' },
  { value: 'lstm', label: 'LSTM' },
  { value: 'gru', label: 'GRU' },
] as const;

export const layerCounts = [
  { value: '1', label: '1' },
  { value: '2', label: '2' },
  { value: '3', label: '3' },
] as const;

export const optimizers = [
  { value: 'sgd', label: 'SGD' },
  { value: 'momentum', label: 'Momentum' },
  { value: 'nesterov', label: 'Nesterov' },
  { value: 'rmsprop', label: 'RMSProp' },
  { value: 'adam', label: 'Adam' },
  { value: 'adamw', label: 'AdamW' },
] as const;

export const initializers = [
  { value: 'glorot', label: 'Glorot' },
  { value: 'he', label: 'He' },
  { value: 'orthogonal', label: 'Orthogonal' },
] as const;

/** The settings of the course notes: everything but the data, the seed and how long to train. */
export const notesSettings: SettingsChange = {
  model: { cell: 'rnn', hidden: 100, layers: 1, dropout: 0 },
  train: { batch: 50, window: 20, optimizer: 'adam', rate: 0.001, clip: null, initializer: 'glorot' },
};

/** True where `change` would change nothing. */
export function isPresent(settings: ExperimentSettings, change: SettingsChange): boolean {
  return JSON.stringify(settings) === JSON.stringify(withChange(settings, change));
}

type Reader = (settings: ExperimentSettings) => string | number | null;

/** The settings that take a reset, each under the name that the controls give it. Rate and noise change live. */
const takesReset = {
  series: ({ data }) => `${data.source} ${data.missing}`,
  cell: ({ model }) => model.cell,
  layers: ({ model }) => model.layers,
  neurons: ({ model }) => model.hidden,
  dropout: ({ model }) => model.dropout,
  window: ({ train }) => train.window,
  batch: ({ train }) => train.batch,
  optimiser: ({ train }) => train.optimizer,
  initialiser: ({ train }) => train.initializer,
  clipping: ({ train }) => train.clip,
  'run length': ({ train }) => train.iterations,
  seed: ({ train }) => train.seed,
} as const satisfies Readonly<Record<string, Reader>>;

export type ResetSetting = keyof typeof takesReset;

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

/** Such as `LSTM, 2 layers of 64 neurons`. */
export function modelText(model: Pick<ExperimentSettings['model'], 'cell' | 'hidden' | 'layers'>): string {
  const { cell, hidden, layers } = model;
  const name = cells.find(({ value }) => value === cell)!.label;
  const neurons = `${count(hidden)} ${hidden === 1 ? 'neuron' : 'neurons'}`;
  return layers === 1 ? `${name}, ${neurons}` : `${name}, ${layers} layers of ${neurons}`;
}

export const texts = {
  clip: (value: number) => (value === NEVER_CLIP ? 'never' : settingNumber(value)),
  dropout: (share: number) => (share === 0 ? 'none' : settingNumber(share)),
  iterations: count,
} as const;
