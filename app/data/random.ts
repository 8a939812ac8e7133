/** Counter-based random numbers: each follows from its counters alone, so any of them can be had in any order. */

/** 2^32, one more than the largest unsigned 32-bit integer. */
const RANGE = 4_294_967_296;

/** Four unsigned 32-bit integers. */
export type Quad = readonly [number, number, number, number];

/**
 * Hashes four counters to four random integers: PCG4D of Jarzynski and Olano, "Hash Functions for GPU Rendering",
 * Journal of Computer Graphics Techniques 9(3), 2020.
 */
export function pcg4d([a, b, c, d]: Quad): Quad {
  let x = step(a);
  let y = step(b);
  let z = step(c);
  let w = step(d);
  for (let round = 0; round < 2; round++) {
    if (round > 0) {
      x ^= x >>> 16;
      y ^= y >>> 16;
      z ^= z >>> 16;
      w ^= w >>> 16;
    }
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
  }
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/** One step of the linear congruential generator, modulo 2^32. */
function step(counter: number): number {
  return (Math.imul(counter, 1_664_525) + 1_013_904_223) | 0;
}

/**
 * Draws from the standard normal distribution by the transform of Box and Muller.
 * @param index which draw, an unsigned 32-bit integer
 * @param seed an unsigned 32-bit integer; another seed gives other draws
 */
export function standardNormal(index: number, seed: number): number {
  const [x, y] = pcg4d([index, seed, 0, 0]);
  const radius = Math.sqrt(-2 * Math.log((x + 1) / RANGE)); // (x + 1) / 2^32 lies in (0, 1]
  return radius * Math.cos((2 * Math.PI * y) / RANGE);
}
