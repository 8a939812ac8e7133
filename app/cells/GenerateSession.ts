/**
 * The running state of a generate cell: the seed, what the network made of it, and the talk with the worker. It
 * outlives the view, so that a drawn waveform is still there when the reader comes back to the lesson.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { standardNormal } from '../data/random.ts';
import type { Generated, Runtime } from '../worker/protocol.ts';
import { latestWins } from './GenerateQueue.ts';
import type { SeriesScale } from './GenerateScale.ts';

export type SeedKind = 'zeros' | 'series' | 'random' | 'hand';

export interface GenerateSettings {
  /** The run is built and can be asked; before, a seed can be drawn all the same. */
  readonly ready: boolean;
  /** Values in the seed: the run's window. */
  readonly points: number;
  readonly steps: number;
  readonly mode: 'window' | 'carried';
  /** Standard deviation of the noise added, in deviations of the series. */
  readonly noise: number;
  /** Unsigned 32-bit. */
  readonly noiseSeed: number;
  readonly scale: SeriesScale;
}

export interface GenerateState {
  readonly kind: SeedKind;
  readonly seed: Float32Array;
  /** The continuation, then other draws of it; empty before the first answer. */
  readonly sequences: readonly Float32Array[];
  /** The last answer: how long it took, and how far the network was trained. */
  readonly milliseconds: number | null;
  /** Whether that is the time of compiling as well. */
  readonly isFirst: boolean;
  readonly iteration: number | null;
  /** A request is under way. */
  readonly working: boolean;
  /** Why there is no answer; empty otherwise. */
  readonly problem: string;
}

/** The runtime's methods that a session calls, as they look from the page. */
export type GenerateRuntime = Pick<Runtime, 'generate' | 'excerpt'>;

/** Sequences side by side where there is noise, to show how far they stray. */
const NOISY_DRAWS = 5;

export interface GenerateSession {
  readonly store: StoreApi<GenerateState>;
  /** Takes settings and asks again; a seed of another length is made anew, or stretched where it was drawn. */
  readonly configure: (settings: GenerateSettings) => void;
  /** A seed of this kind: for the series and for random another each time, for the hand what was drawn last. */
  readonly choose: (kind: SeedKind) => void;
  /** A seed from the reader's hand. */
  readonly draw: (seed: Float32Array) => void;
  /** Asks again: the network has changed. */
  readonly refresh: () => void;
}

/**
 * @param run key of the run whose network goes on
 * @param first the kind of seed to begin with
 */
export function createSession(runtime: GenerateRuntime, run: string, first: SeedKind): GenerateSession {
  const store = createStore<GenerateState>(() => ({
    kind: first,
    seed: new Float32Array(0),
    sequences: [],
    milliseconds: null,
    isFirst: false,
    iteration: null,
    working: false,
    problem: '',
  }));
  let settings: GenerateSettings | null = null;
  /** A piece of the series was chosen before the run could give one. */
  let owed = false;
  /** What the reader drew last; null before. */
  let drawn: Float32Array | null = null;
  /** Counts the seeds made, so that each press gives another, and only the latest excerpt is taken. */
  let made = 0;

  const queue = latestWins<Parameters<Runtime['generate']>[1], Generated>({
    send: (request) => runtime.generate(run, request),
    answered: ({ sequences, milliseconds, isFirst, iteration }) =>
      store.setState({ sequences, milliseconds, isFirst, iteration, working: queue.waiting(), problem: '' }),
    failed: (error) => store.setState({ working: queue.waiting(), problem: messageOf(error) }),
  });

  function refresh(): void {
    const { seed } = store.getState();
    if (!settings?.ready || seed.length !== settings.points) return;
    const { steps, mode, noise, noiseSeed, scale } = settings;
    store.setState({ working: true });
    queue.request({
      seed,
      steps,
      mode,
      noise: noise * scale.deviation,
      draws: noise > 0 ? NOISY_DRAWS : 1,
      randomSeed: noiseSeed,
    });
  }

  function take(kind: SeedKind, seed: Float32Array): void {
    owed = false;
    store.setState({ kind, seed });
    refresh();
  }

  async function takeExcerpt({ points, ready }: GenerateSettings): Promise<void> {
    const asked = made;
    store.setState({ kind: 'series' });
    owed = !ready;
    if (owed) return;
    try {
      const seed = await runtime.excerpt(run, points, asked);
      if (asked === made) take('series', seed);
    } catch (error) {
      if (asked === made) store.setState({ problem: messageOf(error) });
    }
  }

  function choose(kind: SeedKind): void {
    if (!settings) return;
    made++;
    const { points, scale } = settings;
    if (kind === 'series') void takeExcerpt(settings);
    else if (kind === 'zeros') take(kind, new Float32Array(points).fill(zeroOf(scale)));
    else if (kind === 'random') take(kind, randomSeed(points, scale, made));
    else take(kind, resample(drawn ?? store.getState().seed, points) ?? gentleWave(points, scale));
  }

  return {
    store,
    configure(next) {
      settings = next;
      const { seed, kind } = store.getState();
      if (seed.length === next.points && !owed) refresh();
      else choose(kind);
    },
    choose,
    draw(seed) {
      made++;
      drawn = seed;
      take('hand', seed);
    },
    refresh,
  };
}

/** Zero where the series goes through it; elsewhere its mean, which is the network's own zero. */
export function zeroOf({ range, mean }: SeriesScale): number {
  return range[0] <= 0 && range[1] >= 0 ? 0 : mean;
}

/** Independent values spread as the series' own are, none beyond its range. */
export function randomSeed(
  points: number,
  { range, mean, deviation }: SeriesScale,
  draw: number,
): Float32Array {
  return Float32Array.from({ length: points }, (_, index) =>
    Math.min(range[1], Math.max(range[0], mean + deviation * standardNormal(index, draw))),
  );
}

/** What stands where a hand is to draw: one turn and a half, as high as the series usually goes. */
function gentleWave(points: number, { mean, deviation }: SeriesScale): Float32Array {
  return Float32Array.from(
    { length: points },
    (_, index) => mean + deviation * Math.sin((3 * Math.PI * index) / Math.max(1, points - 1)),
  );
}

/** The same line with another number of points on it; null where there was none. */
export function resample(seed: Float32Array, points: number): Float32Array | null {
  if (seed.length === 0) return null;
  if (seed.length === points) return seed;
  return Float32Array.from({ length: points }, (_, index) => {
    const place = points === 1 ? 0 : (index * (seed.length - 1)) / (points - 1);
    const here = seed[Math.floor(place)]!;
    return here + (place - Math.floor(place)) * (seed[Math.ceil(place)]! - here);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
