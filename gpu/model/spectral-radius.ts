/** Squarings of A: ‖Aᵏ‖^(1/k) with k = 2²⁴ is within a factor C^(1/k) of the limit, 1 + 1e-6 for a C of 2e7. */
const SQUARINGS = 24;

/**
 * The largest |λ| of a square matrix `[size, size]`, as lim ‖Aᵏ‖^(1/k) (Gelfand, 1941), with k doubled by squaring
 * and A^k divided by its norm each time. It holds for complex pairs too, along which power iteration goes round and
 * round. Of the order of 24·size³ products; the relative error is about 1e-6 for eigenvectors not nearly parallel.
 */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  let power = Float64Array.from(matrix);
  let logarithm = 0; // ln ‖Aᵏ‖ / k so far: A^k = e^(k · logarithm) · power
  let k = 1;
  for (let squaring = 0; squaring <= SQUARINGS; squaring += 1) {
    const norm = Math.sqrt(power.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) return 0;
    logarithm += Math.log(norm) / k;
    if (squaring === SQUARINGS) break;
    power = squared(
      power.map((value) => value / norm),
      size,
    );
    k *= 2;
  }
  return Math.exp(logarithm);
}

function squared(matrix: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let inner = 0; inner < size; inner += 1) {
      const factor = matrix[row * size + inner]!;
      for (let column = 0; column < size; column += 1) {
        product[row * size + column]! += factor * matrix[inner * size + column]!;
      }
    }
  }
  return product;
}
