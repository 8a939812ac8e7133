import { describe, expect, it } from 'vitest';
import { soundOf, soundSeconds, type Voice } from '../../../app/audio/sound.ts';

const RATE = 8000;
const VOICES: readonly Voice[] = ['wave', 'pitch'];

/** A wave of 16 values a turn, growing, off zero. */
const wave = Float32Array.from({ length: 320 }, (_, n) => 3 + (n / 100) * Math.sin((2 * Math.PI * n) / 16));

function peak(samples: Float32Array): number {
  return samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
}

function largestJump(samples: Float32Array): number {
  let largest = Math.abs(samples[0]!);
  for (let n = 1; n < samples.length; n++) {
    largest = Math.max(largest, Math.abs(samples[n]! - samples[n - 1]!));
  }
  return largest;
}

/** Upward zero crossings per second between two moments. */
function crossings(samples: Float32Array, from: number, to: number): number {
  let count = 0;
  for (let n = Math.round(from * RATE) + 1; n < to * RATE; n++) {
    if (samples[n - 1]! < 0 && samples[n]! >= 0) count++;
  }
  return count / (to - from);
}

describe.each(VOICES)('a series as %s', (voice) => {
  it('lasts as long as it says', () => {
    const samples = soundOf(wave, voice, RATE);
    expect(samples).toHaveLength(Math.round(soundSeconds(wave.length, voice) * RATE));
  });

  it('is heard, and never clipped', () => {
    const largest = peak(soundOf(wave, voice, RATE));
    expect(largest).toBeGreaterThan(0.5);
    expect(largest).toBeLessThanOrEqual(0.8 + 1e-6);
  });

  it('is the same each time', () => {
    const [once, again] = [soundOf(wave, voice, RATE), soundOf(wave, voice, RATE)];
    expect(Buffer.from(once.buffer).equals(Buffer.from(again.buffer))).toBe(true);
  });

  it('begins and ends in silence', () => {
    const samples = soundOf(wave, voice, RATE);
    expect(samples[0]).toBe(0);
    expect(Math.abs(samples.at(-1)!)).toBeLessThan(0.01);
  });

  it('has no sample that is not a number, whatever the values', () => {
    const broken = wave.slice();
    broken.set([Number.NaN, Infinity, -Infinity], 40);
    for (const values of [broken, new Float32Array(50), new Float32Array(60).fill(1e30), wave.slice(0, 1)]) {
      expect(soundOf(values, voice, RATE).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('a wave', () => {
  it('keeps its pitch though it is stretched: 16 values a turn at 4,000 a second are 250 Hz', () => {
    const samples = soundOf(wave, 'wave', RATE);
    expect(crossings(samples, 2, 3)).toBeGreaterThan(240);
    expect(crossings(samples, 2, 3)).toBeLessThan(260);
  });

  it('of one value all along is silence', () => {
    expect(peak(soundOf(new Float32Array(100).fill(7), 'wave', RATE))).toBe(0);
  });

  it('grows where the values grow', () => {
    const samples = soundOf(wave, 'wave', RATE);
    const early = peak(samples.slice(0.2 * RATE, 0.7 * RATE));
    const late = peak(samples.slice(5.5 * RATE, 6 * RATE));
    expect(late).toBeGreaterThan(1.5 * early);
  });
});

describe('pitch', () => {
  it('is higher where the value is higher', () => {
    const steps = Float32Array.from({ length: 32 }, (_, n) => (n < 16 ? -1 : 1));
    const samples = soundOf(steps, 'pitch', RATE);
    expect(crossings(samples, 0.2, 0.8)).toBeCloseTo(196, -1);
    expect(crossings(samples, 1.2, 1.8)).toBeGreaterThan(4 * crossings(samples, 0.2, 0.8));
  });

  it('has no click from note to note', () => {
    const leaps = Float32Array.from({ length: 40 }, (_, n) => n % 2);
    // The highest note is below 1,500 Hz: at this rate no smooth tone moves faster than this from sample to sample.
    const fastest = 0.8 * 2 * Math.PI * 1.2 * (1320 / 44100);
    expect(largestJump(soundOf(leaps, 'pitch', 44100))).toBeLessThan(fastest);
  });
});
