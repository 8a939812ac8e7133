/** Errors on windows never trained on, of the model and of persistence ("the next value is this one"). */
import type { WindowedSeries } from '../model/engine.ts';

/** The first position that counts as late: the ones before cannot be known from what was read. Counted from 1. */
const FIRST_LATE_POSITION = 6;
const MOST_WINDOWS = 64;

/** Mean squared errors on the normalised series. */
export interface WindowErrors {
  /** Over every position. */
  readonly all: number;
  /** Over positions 6 to T; over every position where T < 6. */
  readonly late: number;
}

/** At most 64 of the windows, evenly spaced, the first and the last among them. */
export function evaluationStarts(starts: Uint32Array): Uint32Array {
  if (starts.length <= MOST_WINDOWS) return starts;
  const step = (starts.length - 1) / (MOST_WINDOWS - 1);
  return Uint32Array.from({ length: MOST_WINDOWS }, (_, i) => starts[Math.round(i * step)]!);
}

/**
 * Errors of `predict(t, window, feature)` against the value one step ahead: of position t + 1 of the window that
 * begins at `starts[window]`.
 */
function errorsOf(
  predict: (t: number, window: number, feature: number) => number,
  values: Float32Array,
  features: number,
  starts: Uint32Array,
  sequenceLength: number,
): WindowErrors {
  const firstLate = sequenceLength < FIRST_LATE_POSITION ? 0 : FIRST_LATE_POSITION - 1;
  let [all, late] = [0, 0];
  for (let t = 0; t < sequenceLength; t++) {
    let sum = 0;
    for (let window = 0; window < starts.length; window++) {
      for (let feature = 0; feature < features; feature++) {
        const target = values[(starts[window]! + t + 1) * features + feature]!;
        sum += (predict(t, window, feature) - target) ** 2;
      }
    }
    all += sum;
    if (t >= firstLate) late += sum;
  }
  const perPosition = starts.length * features;
  return {
    all: all / (perPosition * sequenceLength),
    late: late / (perPosition * (sequenceLength - firstLate)),
  };
}

/** Errors of teacher-forced outputs `[T, starts.length, features]`. */
export function forecastErrors(
  outputs: Float32Array,
  values: Float32Array,
  features: number,
  starts: Uint32Array,
): WindowErrors {
  const sequenceLength = outputs.length / (starts.length * features);
  return errorsOf(
    (t, window, feature) => outputs[(t * starts.length + window) * features + feature]!,
    values,
    features,
    starts,
    sequenceLength,
  );
}

/** Errors of saying that the next value is the last one read. */
export function persistenceErrors(
  values: Float32Array,
  features: number,
  starts: Uint32Array,
  sequenceLength: number,
): WindowErrors {
  return errorsOf(
    (t, window, feature) => values[(starts[window]! + t) * features + feature]!,
    values,
    features,
    starts,
    sequenceLength,
  );
}

/** While training runs, the held-out error is measured once in this many milliseconds at most. */
const INTERVAL = 500;

/** Measures the model on held-out windows, one measurement at a time. */
export class Evaluation {
  /** The newest errors, null before there are any. */
  errors: WindowErrors | null = null;
  readonly #starts: Uint32Array;
  readonly #forecast: (starts: Uint32Array) => Promise<Float32Array>;
  readonly #ready: () => Promise<void>;
  #running = false;
  #again = false;
  #last = -Infinity;

  /** `heldOutStarts` are all windows that may be used; `forecast` as that of TrainingRun; `ready` is awaited before each. */
  constructor(
    heldOutStarts: Uint32Array,
    forecast: (starts: Uint32Array) => Promise<Float32Array>,
    ready: () => Promise<void> = async () => undefined,
  ) {
    this.#starts = evaluationStarts(heldOutStarts);
    this.#forecast = forecast;
    this.#ready = ready;
  }

  due(now: number): boolean {
    return !this.#running && now - this.#last >= INTERVAL;
  }

  /** What was measured no longer holds. */
  clear(): void {
    this.errors = null;
    this.#again = this.#running;
  }

  /**
   * Measures once; where a measurement is on its way, it is dropped and made again.
   * Resolves with true where the errors are new.
   */
  async measure(series: () => WindowedSeries, now: number): Promise<boolean> {
    this.#last = now;
    this.#again = this.#running;
    if (this.#running) return false;
    this.#running = true;
    try {
      do {
        await this.#ready();
        this.#again = false;
        const { values, features } = series();
        const outputs = await this.#forecast(this.#starts);
        if (!this.#again) this.errors = forecastErrors(outputs, values, features, this.#starts);
      } while (this.#again);
    } finally {
      this.#running = false;
    }
    return true;
  }

  persistence({ values, features }: WindowedSeries, sequenceLength: number): WindowErrors {
    return persistenceErrors(values, features, this.#starts, sequenceLength);
  }
}
