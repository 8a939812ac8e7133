/** The spectral radius of matrices whose eigenvalues are known. */
import { expect, test } from 'vitest';
import { spectralRadius } from '../../../gpu/model/spectral-radius.ts';
import { RandomSource } from '../../support/random.ts';

test.each([
  { what: 'of one element', matrix: [-0.7], expected: 0.7 },
  {
    what: 'of a rotation, all of whose eigenvalues are a complex pair',
    matrix: [0, -0.8, 0.8, 0],
    expected: 0.8,
  },
  { what: 'of a skewed pair', matrix: [1, -5, 1, -1], expected: 2 },
  { what: 'of a triangle', matrix: [0.5, 100, 0, 0, -0.9, 100, 0, 0, 0.3], expected: 0.9 },
  { what: 'of what is nilpotent', matrix: [0, 1, 0, 0], expected: 0 },
  { what: 'of zeros', matrix: [0, 0, 0, 0], expected: 0 },
  // λ³ = 2: three of the same size.
  { what: 'of three on a circle', matrix: [0, 0, 2, 1, 0, 0, 0, 1, 0], expected: Math.cbrt(2) },
  { what: 'of very small values', matrix: [1e-30, 0, 0, 2e-30], expected: 2e-30 },
])('$what', ({ matrix, expected }) => {
  const radius = spectralRadius(matrix, Math.sqrt(matrix.length));
  expect(Math.abs(radius - expected)).toBeLessThanOrEqual(2e-6 * expected);
});

test('does not change with the basis', () => {
  const random = new RandomSource(3);
  const size = 12;
  // Blocks of rotations by any angle, the longest 1.3; then reflections H = 1 − 2vvᵀ on both sides.
  let matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (let at = 0; at < size; at += 2) {
    const [length, angle] = [1.3 * (1 - at / 20), random.uniform() * 6];
    matrix[at]![at] = matrix[at + 1]![at + 1] = length * Math.cos(angle);
    matrix[at]![at + 1] = -(matrix[at + 1]![at] = length * Math.sin(angle));
  }
  for (let round = 0; round < 4; round++) {
    const v = [...random.normals(size)];
    const square = v.reduce((sum, value) => sum + value * value, 0);
    const reflect = (row: number[]): number[] => {
      const along = row.reduce((sum, value, k) => sum + value * v[k]!, 0) / square;
      return row.map((value, k) => value - 2 * along * v[k]!);
    };
    matrix = transposed(transposed(matrix.map(reflect)).map(reflect));
  }
  expect(spectralRadius(matrix.flat(), size)).toBeCloseTo(1.3, 6);
});

function transposed(rows: number[][]): number[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}
