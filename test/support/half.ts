import { FORWARD_TOLERANCE } from './compare.ts';

/** Numbers of 16 bits, the normal ones and 0 of binary16 of IEEE 754: 11 bits of significance, exponents from −14 to 15. */

export const LARGEST_HALF = 65504;

/** The nearest number of 16 bits, of two equally near ones the even one; the largest for what is beyond. */
export function roundToHalf(value: number): number {
  const size = Math.min(LARGEST_HALF, Math.abs(value));
  const exponent = Math.floor(Math.log2(size || 1));
  const spacing = exponent < -14 ? 2 ** -14 : 2 ** (exponent - 10);
  const steps = size / spacing;
  const low = Math.floor(steps);
  const above = steps - low;
  const isUp = above > 0.5 || (above === 0.5 && low % 2 !== 0);
  return Math.sign(value) * (low + (isUp ? 1 : 0)) * spacing;
}

/**
 * What h, of float64, is rounded to where float32 has made `theirs` of it. If h lies in the middle between two numbers of 16
 * bits, as far as float32 can tell, either is right, and theirs is gone on with; all else is held to the usual tolerance.
 */
export function roundLike(theirs: number, h: number): number {
  const off = FORWARD_TOLERANCE * Math.max(1, Math.abs(h));
  const isNearest = roundToHalf(h - off) <= theirs && theirs <= roundToHalf(h + off);
  return isNearest && roundToHalf(theirs) === theirs ? theirs : roundToHalf(h);
}

/** A number of 16 bits from its bits. */
export function halfFromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
