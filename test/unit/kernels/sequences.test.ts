import { describe, expect, test } from 'vitest';
import { cellOf } from '../../../gpu/cells/registry.ts';
import { fitsSequence, sequenceProducts, sequenceShape } from '../../../gpu/kernels/sequences.ts';

const UNITS = [1, 2, 3, 20, 65, 100, 128, 167, 193, 300, 335];
const BATCHES = [1, 3, 50, 200, 1000];

describe.each(['rnn', 'lstm', 'gru'])('%s', (name) => {
  const cell = cellOf({ cell: name });

  test('a workgroup covers the product of its rows, and fits what every adapter has', () => {
    for (const units of UNITS.filter((size) => fitsSequence(cell, size))) {
      for (const product of Object.values(sequenceProducts(cell, units))) {
        for (const batch of BATCHES) {
          const shape = sequenceShape(batch, product)!;
          const { ROWS, SLICES, COLUMNS, EACH, HELD, INNER, PAIRS } = shape;
          expect(COLUMNS * EACH).toBeGreaterThanOrEqual(product.columns);
          expect(INNER).toBeGreaterThanOrEqual(product.inner);
          expect(INNER % SLICES).toBe(0);
          expect(HELD).toBeGreaterThanOrEqual(1);
          expect(HELD * SLICES).toBeLessThanOrEqual(INNER);
          expect(PAIRS * SLICES * COLUMNS).toBeGreaterThanOrEqual(ROWS * units);
          expect(SLICES * COLUMNS).toBeLessThanOrEqual(256);
          const shares = SLICES * ((ROWS * EACH * COLUMNS) | 1);
          expect(4 * (ROWS * INNER + shares)).toBeLessThanOrEqual(16_384);
        }
      }
    }
  });

  test('workgroups keep several rows only where there are enough of them', () => {
    const { forward } = sequenceProducts(cell, 20);
    expect(sequenceShape(50, forward)!.ROWS).toBe(1);
    expect(sequenceShape(200, forward)!.ROWS).toBe(2);
    expect(sequenceShape(1000, forward)!.ROWS).toBe(4);
  });
});

test('a layer fits by the bytes of its recurrent weights', () => {
  for (const [name, largest] of [
    ['rnn', 335],
    ['lstm', 167],
    ['gru', 193],
  ] as const) {
    expect(fitsSequence(cellOf({ cell: name }), largest)).toBe(true);
    expect(fitsSequence(cellOf({ cell: name }), largest + 1)).toBe(false);
  }
});

test('a layer whose sums exceed the memory of a workgroup does not fit', () => {
  const cell = { gates: Array.from({ length: 5000 }, () => ''), states: ['h'], vectors: [], saved: 0 };
  expect(fitsSequence(cell, 1)).toBe(false);
});
