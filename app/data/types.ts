/** Series as the notebook speaks of them. Values are in the series' own units unless a name says normalised. */

/** What the reader chose about a file; anything left out is found out from the file. */
export interface ImportChoices {
  /** Index of the column that holds the series. */
  readonly column?: number;
  readonly header?: boolean;
  readonly decimal?: 'point' | 'comma';
  /** `skip`: windows with a missing value are not used. `interpolate`: a straight line. `previous`: repeat the last. */
  readonly missing?: 'skip' | 'interpolate' | 'previous';
  /** Text where a number should be: refused, or taken for a missing value. */
  readonly unreadable?: 'refuse' | 'missing';
}

export interface ImportColumn {
  readonly index: number;
  readonly name: string;
  readonly numbers: number;
  readonly missing: number;
  /** The fields of the first rows, as they stand in the file; long ones cut. */
  readonly examples: readonly string[];
  readonly kind?: 'numbers' | 'dates' | 'text' | 'empty';
}

export interface ImportReport {
  /**
   * Name under which the series is kept: the `source` of an experiment's data, such as `file:prices.csv`, or
   * `file:prices.csv · Close` where the file has several columns of numbers.
   */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly ImportColumn[];
  /** What was assumed, all fields filled in. */
  readonly choices: Required<ImportChoices>;
  /** What the reader should know: values missing, rows left out. One sentence each. */
  readonly notices: readonly string[];
  /** Why the chosen column cannot be used as things stand; the series is then not kept. Other choices may help. */
  readonly problem?: string;
  /** The chosen column in few points, in its own units, NaN where a stretch is missing; without a problem only. */
  readonly outline?: { readonly index: Float32Array; readonly value: Float32Array };
}

/** What an experiment shows of its data before training. */
export interface SeriesSummary {
  readonly name: string;
  readonly length: number;
  /** For a plot: at most 2,000 points, the extremes of each stretch kept. */
  readonly plotIndex: Float32Array;
  readonly plotValue: Float32Array;
  /** Half-open range of indices never trained on. */
  readonly heldOut: readonly [number, number];
  readonly mean: number;
  readonly deviation: number;
  readonly trainingWindows: number;
  readonly heldOutWindows: number;
}
