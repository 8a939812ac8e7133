/**
 * Counter-based random numbers: a value follows from its counters alone, so nothing has to be stored or ordered.
 * pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
 */

/** One step of a linear congruential generator modulo 2³². */
function step(value: number): number {
  return (Math.imul(value, 1664525) + 1013904223) >>> 0;
}

/** Four unsigned 32-bit integers from four. */
export function pcg4d(x: number, y: number, z: number, w: number): [number, number, number, number] {
  let [a, b, c, d] = [step(x), step(y), step(z), step(w)];
  const mix = (): void => {
    a = (a + Math.imul(b, d)) >>> 0;
    b = (b + Math.imul(c, a)) >>> 0;
    c = (c + Math.imul(a, b)) >>> 0;
    d = (d + Math.imul(b, c)) >>> 0;
  };
  mix();
  a = (a ^ (a >>> 16)) >>> 0;
  b = (b ^ (b >>> 16)) >>> 0;
  c = (c ^ (c >>> 16)) >>> 0;
  d = (d ^ (d >>> 16)) >>> 0;
  mix();
  return [a, b, c, d];
}

/** A uniform number in (0, 1) from the upper 24 bits of an unsigned 32-bit integer; never 0 or 1. */
export function uniform(bits: number): number {
  return ((bits >>> 8) + 0.5) / 2 ** 24;
}

/** A standard normal number from two uniform ones in (0, 1) (Box and Muller, 1958). */
export function gaussian(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
