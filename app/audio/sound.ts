/** A series as sound: pure functions from values to samples. The same values give the same samples. */

/**
 * `wave`: the line in the picture is the sound wave itself, stretched in time so that the ear can follow.
 * `pitch`: every value is a note, higher where the value is higher.
 */
export type Voice = 'wave' | 'pitch';

/** How fast the playhead moves over the values, per second. */
const VALUES_PER_SECOND: Readonly<Record<Voice, number>> = { wave: 48, pitch: 16 };

/** Loudest sample; the rest is headroom for two sounds while one fades into the next. */
const PEAK = 0.8;
const FADE_SECONDS = 0.02;

/** Samples a second: four for each value of a wave, so that its corners are not lost; a device makes more of them. */
export const SAMPLE_RATE = 16_000;

/** How many values the playhead passes in a second. */
export function valuesPerSecond(voice: Voice): number {
  return VALUES_PER_SECOND[voice];
}

/** How long a series of `count` values sounds. */
export function soundSeconds(count: number, voice: Voice): number {
  return count / VALUES_PER_SECOND[voice];
}

/**
 * Samples of a series, mono, of length `soundSeconds · sampleRate` rounded; none beyond ±0.8, faded at both ends.
 * Values that are not finite count as the mean. A constant series is silence as a wave, one held note as pitch.
 */
export function soundOf(values: Float32Array, voice: Voice, sampleRate = SAMPLE_RATE): Float32Array {
  const length = Math.round(soundSeconds(values.length, voice) * sampleRate);
  const centred = centre(values);
  const samples =
    voice === 'wave' ? stretchedWave(centred, length, sampleRate) : notes(centred, length, sampleRate);
  return fadeEnds(samples, Math.round(FADE_SECONDS * sampleRate));
}

/** The values less their mean, scaled to a largest magnitude of 1. */
function centre(values: Float32Array): Float32Array {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value / finite.length, 0);
  const centred = values.map((value) => (Number.isFinite(value) ? value - mean : 0));
  const largest = largestOf(centred);
  // Rounding alone must not be made loud.
  return largest > 1e-6 * Math.max(1, Math.abs(mean)) ? scale(centred, 1 / largest) : centred.fill(0);
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** In place. */
function scale(values: Float32Array, factor: number): Float32Array {
  for (let n = 0; n < values.length; n++) values[n]! *= factor;
  return values;
}

/** Values a second within a grain: a wave of 16 values sounds at 250 Hz. */
const WAVE_RATE = 4000;
/** Values in a grain: long enough for one turn of a slow wave. */
const GRAIN = 96;

/**
 * The series read at 4,000 values a second, yet slowly passed over: short grains from around the playhead overlap by
 * half under Hann windows, each begun where it best continues the one before (WSOLA; Verhelst and Roelands, 1993).
 */
function stretchedWave(values: Float32Array, length: number, sampleRate: number): Float32Array {
  const half = Math.max(1, Math.floor(Math.min(GRAIN, values.length / 2) / 2));
  const lastStart = Math.max(0, values.length - 2 * half);
  const hop = Math.max(1, Math.round((half * sampleRate) / WAVE_RATE));
  const window = Float32Array.from({ length: 2 * hop }, (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * n) / hop));
  const energies = energyOfStretches(values, half);
  const samples = new Float32Array(length);
  let start = 0;
  for (let at = -hop; at < length; at += hop) {
    const wanted = Math.round((Math.max(0, at) / length) * lastStart);
    if (at >= 0) start = bestContinuation({ values, energies, half, lastStart }, start + half, wanted);
    addGrain(samples, at, { values, start, window, step: half / hop });
  }
  const peak = largestOf(samples);
  return peak > 0 ? scale(samples, PEAK / peak) : samples;
}

/** Of each start, the sum of squares of the `half` values from it on, counting those that there are. */
function energyOfStretches(values: Float32Array, half: number): Float64Array {
  const energies = new Float64Array(values.length + 1);
  let energy = 0;
  for (let start = values.length - 1; start >= 0; start--) {
    energy += values[start]! ** 2 - (values[start + half] ?? 0) ** 2;
    energies[start] = Math.max(0, energy);
  }
  return energies;
}

/** What a start as far off as can be must gain in likeness, of 1, to be taken: the playhead shows what is heard. */
const FAR_OFF = 0.1;
/** So that silence resembles nothing, rather than dividing by zero. */
const NEXT_TO_NOTHING = 1e-9;

interface Stretches {
  readonly values: Float32Array;
  readonly energies: Float64Array;
  readonly half: number;
  readonly lastStart: number;
}

/** The start within half a grain of `wanted` from which the values best resemble those at `natural`, for its size. */
function bestContinuation(stretches: Stretches, natural: number, wanted: number): number {
  const { values, energies, half, lastStart } = stretches;
  const compared = Math.min(half, values.length - natural);
  let best = wanted;
  let bestLikeness = -Infinity;
  for (let start = Math.max(0, wanted - half); start <= Math.min(lastStart, wanted + half); start++) {
    let product = 0;
    for (let n = 0; n < compared; n++) product += values[start + n]! * values[natural + n]!;
    const size = Math.sqrt(energies[start]! * (energies[natural] ?? 0)) + NEXT_TO_NOTHING;
    const likeness = product / size - (FAR_OFF * Math.abs(start - wanted)) / half;
    if (likeness > bestLikeness) [best, bestLikeness] = [start, likeness];
  }
  return best;
}

interface Grain {
  readonly values: Float32Array;
  readonly start: number;
  /** One weight a sample. */
  readonly window: Float32Array;
  /** Values from one sample to the next. */
  readonly step: number;
}

/** Adds a grain to the samples from `at` on, which may be before the first; read by straight lines between values. */
function addGrain(samples: Float32Array, at: number, { values, start, window, step }: Grain): void {
  const end = Math.min(window.length, samples.length - at);
  for (let n = Math.max(0, -at); n < end; n++) {
    const place = start + n * step;
    const index = Math.floor(place);
    const here = values[index] ?? 0;
    const next = values[index + 1] ?? here;
    samples[at + n]! += window[n]! * (here + (place - index) * (next - here));
  }
}

/** The major pentatonic scale in semitones: any two of its notes sound well together. */
const SCALE = [0, 2, 4, 7, 9];
const OCTAVES = 3;
const LOWEST_HERTZ = 196;

/** How fast a note rises and falls, in seconds. */
const ATTACK = 0.006;
const RELEASE = 0.08;
/** How loud a note is that has faded, of 1. */
const HELD = 0.55;

/**
 * One note a value, from the scale. The tone is a pointer that turns on the unit circle, faster for a higher note: its
 * phase runs on from note to note, so that none begins with a click.
 */
function notes(values: Float32Array, length: number, sampleRate: number): Float32Array {
  const samples = new Float32Array(length);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const decay = Math.exp(-1 / (RELEASE * sampleRate));
  const rise = 1 / (ATTACK * sampleRate);
  let [x, y, loudness] = [1, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const height = high > low ? (values[index]! - low) / (high - low) : 0.5;
    const turn = (2 * Math.PI * hertz(height)) / sampleRate;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const end = Math.min(length, Math.round(((index + 1) * length) / values.length));
    let fading = 1;
    for (let n = Math.round((index * length) / values.length); n < end; n++) {
      [x, y] = [x * cos - y * sin, x * sin + y * cos];
      loudness += (HELD + (1 - HELD) * fading - loudness) * rise;
      fading *= decay;
      samples[n] = PEAK * loudness * (0.8 * y + 0.2 * 2 * x * y); // sin 2φ = 2 sin φ cos φ
    }
  }
  return samples;
}

/** The pitch of a height from 0 to 1. */
function hertz(height: number): number {
  const degree = Math.round(height * (OCTAVES * SCALE.length - 1));
  const semitones = 12 * Math.floor(degree / SCALE.length) + SCALE[degree % SCALE.length]!;
  return LOWEST_HERTZ * 2 ** (semitones / 12);
}

function fadeEnds(samples: Float32Array, fade: number): Float32Array {
  const within = Math.min(fade, samples.length >> 1);
  for (let n = 0; n < within; n++) {
    samples[n]! *= n / within;
    samples[samples.length - 1 - n]! *= n / within;
  }
  return samples;
}
