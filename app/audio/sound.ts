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
export function soundOf(values: Float32Array, voice: Voice, sampleRate: number): Float32Array {
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
  return largest > 1e-6 * Math.max(1, Math.abs(mean)) ? centred.map((v) => v / largest) : centred.fill(0);
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
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
  const samples = new Float32Array(length);
  let start = 0;
  for (let at = -hop; at < length; at += hop) {
    const wanted = Math.round((Math.max(0, at) / length) * lastStart);
    start = at < 0 ? 0 : bestContinuation(values, start + half, wanted, half, lastStart);
    addGrain(samples, at, values, start, { hop, half });
  }
  const peak = largestOf(samples);
  return peak > 0 ? samples.map((sample) => (sample * PEAK) / peak) : samples;
}

/** What a start as far off as can be must gain in likeness, of 1, to be taken: the playhead shows what is heard. */
const FAR_OFF = 0.1;

/** The start within half a grain of `wanted` from which the values best resemble those at `natural`, for its size. */
function bestContinuation(
  values: Float32Array,
  natural: number,
  wanted: number,
  half: number,
  lastStart: number,
): number {
  let best = wanted;
  let bestLikeness = -Infinity;
  for (let start = Math.max(0, wanted - half); start <= Math.min(lastStart, wanted + half); start++) {
    let product = 0;
    let here = 1e-12; // so that silence resembles nothing, rather than dividing by zero
    let there = 1e-12;
    for (let n = 0; n < half; n++) {
      const a = values[start + n]!;
      const b = values[natural + n] ?? 0;
      product += a * b;
      here += a * a;
      there += b * b;
    }
    const likeness = product / Math.sqrt(here * there) - (FAR_OFF * Math.abs(start - wanted)) / half;
    if (likeness > bestLikeness) [best, bestLikeness] = [start, likeness];
  }
  return best;
}

/** Adds a grain of twice `hop` samples, read from `2 · half` values by straight lines between them. */
function addGrain(
  samples: Float32Array,
  at: number,
  values: Float32Array,
  start: number,
  { hop, half }: { hop: number; half: number },
): void {
  for (let n = Math.max(0, -at); n < 2 * hop && at + n < samples.length; n++) {
    const place = start + (n * half) / hop;
    const index = Math.floor(place);
    const here = values[index] ?? 0;
    const next = values[index + 1] ?? here;
    const window = 0.5 - 0.5 * Math.cos((Math.PI * n) / hop);
    samples[at + n]! += window * (here + (place - index) * (next - here));
  }
}

/** The major pentatonic scale in semitones: any two of its notes sound well together. */
const SCALE = [0, 2, 4, 7, 9];
const OCTAVES = 3;
const LOWEST_HERTZ = 196;

/** One note a value, from the scale; the phase runs on from note to note, so that none begins with a click. */
function notes(values: Float32Array, length: number, sampleRate: number): Float32Array {
  const samples = new Float32Array(length);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const perNote = sampleRate / VALUES_PER_SECOND.pitch;
  const release = 0.08 * sampleRate;
  const attack = 0.006 * sampleRate;
  let phase = 0;
  let loudness = 0;
  for (let n = 0; n < length; n++) {
    const index = Math.min(values.length - 1, Math.floor(n / perNote));
    const height = high > low ? (values[index]! - low) / (high - low) : 0.5;
    phase += (2 * Math.PI * hertz(height)) / sampleRate;
    const sinceStart = n - index * perNote;
    const wanted = 0.55 + 0.45 * Math.exp(-sinceStart / release);
    loudness += (wanted - loudness) / attack;
    samples[n] = PEAK * loudness * (0.8 * Math.sin(phase) + 0.2 * Math.sin(2 * phase));
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
