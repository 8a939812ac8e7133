import { expect, test } from 'vitest';
import { blockFor, blockGroups, blockSide, sliceGroups, slicesFor } from '../../../gpu/kernels/workgroups.ts';
import { tileFor, tileGroups } from '../../../gpu/kernels/tiles.ts';

const SIZES = [1, 2, 3, 20, 50, 100, 129, 1000];

function expectCovered(groups: number, size: number, length: number): void {
  expect(groups * size).toBeGreaterThanOrEqual(length);
  expect((groups - 1) * size).toBeLessThan(length);
}

test('tiles cover every result without a group too many, and fit the registers', () => {
  for (const rows of SIZES) {
    for (const columns of SIZES) {
      for (const gates of [1, 3, 4]) {
        const tile = tileFor(rows, columns, gates);
        const [across, down] = tileGroups(tile, rows, columns);
        expectCovered(across, tile.LANES * tile.COLUMNS, columns);
        expectCovered(down, tile.ROWS, rows);
        expect(tile.ROWS * tile.COLUMNS * gates).toBeLessThanOrEqual(160);
      }
    }
  }
});

test('slices cover every result without a group too many, and fit workgroup memory', () => {
  for (const rows of SIZES) {
    for (const columns of SIZES) {
      const slices = slicesFor(rows, columns, 4);
      const [across, down] = sliceGroups(slices, rows, columns);
      expectCovered(across, slices.COLUMNS * slices.EACH, columns);
      expectCovered(down, 4 * slices.QUADS, rows);
      const floats = 4 * slices.QUADS * Math.max(slices.CHUNK, slices.SLICES * slices.COLUMNS);
      expect(4 * floats).toBeLessThanOrEqual(16_384);
      expect(slices.SLICES * slices.COLUMNS).toBeLessThanOrEqual(256);
    }
  }
});

test('blocks cover every result that has enough of them, and fit workgroup memory', () => {
  expect(blockFor(100, 100)).toBeNull();
  for (const [rows, columns] of [
    [512, 512],
    [6400, 64],
    [1000, 1030],
    [1024, 4096],
  ] as const) {
    const block = blockFor(rows, columns)!;
    const [across, down] = blockGroups(block, rows, columns);
    const side = blockSide(block);
    expectCovered(across, side, columns);
    expectCovered(down, side, rows);
    expect((block.DEPTH * side) / 4).toBe(16 * 16);
    expect(4 * 2 * block.DEPTH * (side + 4)).toBeLessThanOrEqual(16_384);
  }
});
