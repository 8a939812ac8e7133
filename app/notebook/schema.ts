/** The schemas of the fences: the one place that says which fields exist and what is allowed in each. */
import { z } from 'zod';
z.config({ jitless: true });

export const dataSettings = z.strictObject({
  source: z.string().min(1),
  noise: z.number().min(0).max(1).default(0),
  missing: z.enum(['skip', 'interpolate', 'previous']).default('skip'),
});

export const modelSettings = z.strictObject({
  cell: z.enum(['rnn']),
  hidden: z.int().min(1).max(1024),
  readout: z.enum(['every-step']).default('every-step'),
});

export const trainSettings = z.strictObject({
  batch: z.int().min(1).max(512),
  window: z.int().min(1).max(200),
  optimizer: z.enum(['sgd', 'momentum', 'adam']).default('adam'),
  rate: z.number().positive().max(10),
  clip: z.number().positive().nullable().default(null),
  initializer: z.enum(['glorot', 'he', 'orthogonal']).default('glorot'),
  iterations: z.int().min(1).max(1_000_000),
  seed: z.int().min(0).max(4_294_967_295).default(42),
});

/** An experiment's settings, defaults filled in: what the worker builds a run from. */
export const experimentSettings = z.strictObject({
  data: dataSettings,
  model: modelSettings,
  train: trainSettings,
});

export type ExperimentSettings = z.infer<typeof experimentSettings>;
