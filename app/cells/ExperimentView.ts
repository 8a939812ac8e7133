/** What an experiment shows: plain values, changed by its control. */
import type { SeriesSummary } from '../data/types.ts';
import type { ExperimentSettings } from '../notebook/schema.ts';
import { type ResetSetting, waitingForReset } from './ExperimentChoices.ts';

/** A series that the reader brought. */
export interface OwnSource {
  /** Such as `file:prices.csv`. */
  readonly source: string;
  readonly missing: ExperimentSettings['data']['missing'];
  /** How many values it has. */
  readonly length: number;
}

export interface ExperimentView {
  /** As the controls show them. */
  readonly settings: ExperimentSettings;
  /** As the run has them; null before it was first built. */
  readonly applied: ExperimentSettings | null;
  /** Null before the series was first prepared. */
  readonly summary: SeriesSummary | null;
  /** Why the last action failed and what to do; empty otherwise. */
  readonly problem: string;
  /** What to know of the last action, which did succeed; empty where there is nothing. */
  readonly remark: string;
  /** Training is to stop, and the iteration under way is still being finished. */
  readonly pausing: boolean;
  /** A run is being built: a large one takes a while. */
  readonly building: boolean;
  /** Play was asked for before there was a run. */
  readonly starting: boolean;
  readonly ownSources: readonly OwnSource[];
  /** Which held-out window is to be shown, from 0. */
  readonly window: number;
}

/** Names of the settings that wait for a reset. */
export function waiting({ settings, applied }: ExperimentView): readonly ResetSetting[] {
  return applied ? waitingForReset(settings, applied) : [];
}

/** Before anything was built. */
export function firstView(lesson: ExperimentSettings): ExperimentView {
  return {
    settings: lesson,
    applied: null,
    summary: null,
    problem: '',
    remark: '',
    pausing: false,
    building: false,
    starting: false,
    ownSources: [],
    window: 0,
  };
}
