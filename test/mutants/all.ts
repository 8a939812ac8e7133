/** Every mutant there is, by the part that it breaks. */
import type { Suite } from '../support/mutation.ts';
import { ATTENTION } from './attention.ts';
import { BEGINNINGS } from './beginnings.ts';
import { CELLS } from './cells.ts';
import { CHOICES } from './choices.ts';
import { CONTINUATIONS } from './continuations.ts';
import { DRIVERS } from './drivers.ts';
import { SLICED_DRIVERS } from './drivers-sliced.ts';
import { GENERATION } from './generation.ts';
import { HALVES } from './halves.ts';
import { LAYERS } from './layers.ts';
import { LOSSES } from './losses.ts';
import { OPTIMIZERS } from './optimizers.ts';
import { OUTPUTS } from './outputs.ts';
import { SEQUENCES } from './sequences.ts';
import { STEPS } from './steps.ts';
import { TRAINING } from './training.ts';
import { UNFUSED } from './unfused.ts';

export const AREAS: Readonly<Record<string, readonly Suite[]>> = {
  cells: CELLS,
  drivers: DRIVERS,
  slices: SLICED_DRIVERS,
  layers: LAYERS,
  steps: STEPS,
  sequences: SEQUENCES,
  training: TRAINING,
  choices: CHOICES,
  unfused: UNFUSED,
  beginnings: BEGINNINGS,
  attention: ATTENTION,
  generation: GENERATION,
  continuations: CONTINUATIONS,
  outputs: OUTPUTS,
  losses: LOSSES,
  optimizers: OPTIMIZERS,
  halves: HALVES,
};
