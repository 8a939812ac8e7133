import { expect, test } from 'vitest';
import { type KernelFamily, tileFor, tileGroups } from '../../../gpu/kernels/tiles.ts';

const SIZES = [1, 2, 3, 20, 50, 100, 129, 1000];

test.each<KernelFamily>(['software', 'hardware'])(
  '%s tiles cover every result without a group too many',
  (family) => {
    for (const rows of SIZES) {
      for (const columns of SIZES) {
        for (const gates of [1, 3, 4]) {
          const tile = tileFor(family, rows, columns, gates);
          const [across, down] = tileGroups(tile, rows, columns);
          const [width, height] = [tile.LANES * tile.COLUMNS, tile.ROWS];
          expect(across * width).toBeGreaterThanOrEqual(columns);
          expect((across - 1) * width).toBeLessThan(columns);
          expect(down * height).toBeGreaterThanOrEqual(rows);
          expect((down - 1) * height).toBeLessThan(rows);
          expect(tile.ROWS * tile.COLUMNS * gates).toBeLessThanOrEqual(64);
        }
      }
    }
  },
);
