/** The schemas of the fences: the one place that says which fields exist and what is allowed in each. */
import { z } from 'zod';

// Compiled checkers would need `unsafe-eval`, which the page's policy forbids.
z.config({ jitless: true });

/** Such as `train`: how links, `from` and `data-cell` name a notebook cell. */
const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/)
  .meta({ description: 'a name of lower-case letters, digits and hyphens, a letter first, such as `train`' });
const title = z.string().min(1).max(80);

/** Recurrent layers at most, one above the other. */
const MOST_LAYERS = 3;

const dataSettings = z.strictObject({
  source: z.string().min(1),
  noise: z.number().min(0).max(1).default(0),
  missing: z.enum(['skip', 'interpolate', 'previous']).default('skip'),
});

const modelSettings = z.strictObject({
  cell: z.enum(['rnn', 'lstm', 'gru']),
  /** Neurons of each layer. */
  hidden: z.int().min(1).max(1024),
  layers: z.int().min(1).max(MOST_LAYERS).default(1),
  /** The share of what each layer hands up, to the next or to the readout, that is set to 0 in training. */
  dropout: z.number().min(0).max(0.9).default(0),
  readout: z.enum(['every-step']).default('every-step'),
});

const trainSettings = z.strictObject({
  batch: z.int().min(1).max(512),
  window: z.int().min(1).max(200),
  optimizer: z.enum(['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw']).default('adam'),
  rate: z.number().positive().max(10),
  clip: z.number().positive().nullable().default(null),
  initializer: z.enum(['glorot', 'he', 'orthogonal']).default('glorot'),
  iterations: z.int().min(1).max(1_000_000),
  seed: z.int().min(0).max(4_294_967_295).default(42),
  /** How the GPU computes it: as measured to be fastest, a dispatch a time step, the same with input sums made before, one for all. */
  kernels: z.enum(['automatic', 'steps', 'hoisted', 'sequence', 'rounded']).default('automatic'),
});

/** An experiment's settings, defaults filled in: what the worker builds a run from. */
export const experimentSettings = z.strictObject({
  data: dataSettings,
  model: modelSettings,
  train: trainSettings,
});

/** A model, its data and its training. `show` says which plots, in their order. */
export const experimentFence = z.strictObject({
  id: identifier,
  title,
  ...experimentSettings.shape,
  show: z.array(z.enum(['loss', 'forecast'])).default(['loss', 'forecast']),
});

/** A trained model continued from a seed of as many values as its window. */
export const generateFence = z.strictObject({
  id: identifier,
  title,
  /** The experiment whose model goes on, as `lesson#id`. */
  from: z
    .string()
    .regex(/^[a-z][a-z0-9-]*#[a-z][a-z0-9-]*$/)
    .meta({ description: 'an experiment as `lesson#id`, such as `predict#train`' }),
  /** Where the seed starts; the reader may change it. */
  seed: z.enum(['zeros', 'series', 'random', 'hand']).default('zeros'),
  /** Values to generate. */
  steps: z.int().min(1).max(2000).default(300),
  mode: z.enum(['carried', 'window']).default('carried'),
  /** Standard deviation of the noise added to each value before it is fed back, in deviations of the series. */
  noise: z.number().min(0).max(1).default(0),
  /** From which the noise follows. */
  noiseSeed: z.int().min(0).max(4_294_967_295).default(1),
});

/** Every kind of live fence that there is. */
export const fenceSchemas = { experiment: experimentFence, generate: generateFence } as const;

export type FenceKind = keyof typeof fenceSchemas;
export type ExperimentSettings = z.infer<typeof experimentSettings>;
export type KernelSetting = ExperimentSettings['train']['kernels'];
export type ExperimentFence = z.infer<typeof experimentFence>;
export type GenerateFence = z.infer<typeof generateFence>;
