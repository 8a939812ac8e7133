import { describe, expect, test } from 'vitest';
import { cellOf } from '../../../gpu/cells/registry.ts';
import {
  fitsSequence,
  sequenceProducts,
  sequenceShape,
  fitsContinuation,
} from '../../../gpu/kernels/sequences.ts';

const UNITS = [1, 2, 3, 20, 65, 100, 128, 167, 193, 256, 262, 300, 335, 524];
const BATCHES = [1, 3, 50, 200, 1000];

describe.each(['rnn', 'lstm', 'gru'])('%s', (name) => {
  const cell = cellOf({ cell: name });

  test.each([
    ['hardware', 200],
    ['software', 512],
  ] as const)(
    'a workgroup covers the product of its rows, and fits what every adapter has: %s',
    (family, most) => {
      for (const units of UNITS.filter((size) => fitsSequence(cell, size))) {
        for (const product of Object.values(sequenceProducts(cell, units))) {
          for (const batch of BATCHES) {
            const shape = sequenceShape(family, batch, product)!;
            const { ROWS, SLICES, COLUMNS, EACH, HELD, AHEAD, INNER, PAIRS, PARTS, ROUNDS } = shape;
            expect(COLUMNS * EACH).toBeGreaterThanOrEqual(product.columns);
            expect(INNER).toBeGreaterThanOrEqual(product.inner);
            expect(HELD).toBeGreaterThanOrEqual(1);
            const others = INNER / SLICES - HELD;
            expect(AHEAD > 0 ? others % AHEAD : others).toBe(0);
            expect(PARTS * ROUNDS).toBeGreaterThanOrEqual(SLICES);
            expect(PARTS * (ROUNDS - 1)).toBeLessThan(SLICES);
            expect(PAIRS * SLICES * COLUMNS).toBeGreaterThanOrEqual(ROWS * units);
            expect(SLICES * COLUMNS).toBeLessThanOrEqual(256);
            const shares = PARTS * ((ROWS * EACH * COLUMNS) | 1);
            expect(4 * (ROWS * INNER + shares)).toBeLessThanOrEqual(16_384);
            const registers = (HELD + AHEAD) * EACH + shape.SUMS + PAIRS * product.unitValues;
            expect(registers).toBeLessThanOrEqual(most);
            expect([0, HELD]).toContain(shape.UNROLLED);
          }
        }
      }
    },
  );

  test('workgroups keep several rows only where there are enough of them', () => {
    const { forward } = sequenceProducts(cell, 20);
    expect(sequenceShape('hardware', 50, forward)!.ROWS).toBe(1);
    expect(sequenceShape('hardware', 200, forward)!.ROWS).toBe(2);
    expect(sequenceShape('hardware', 1000, forward)!.ROWS).toBe(4);
  });

  test('workgroups that read many weights in every step keep several rows sooner', () => {
    const units = Math.floor(Math.sqrt(1_000_000 / 4 / cell.gates.length));
    const { forward } = sequenceProducts(cell, units);
    expect(sequenceShape('hardware', 20, forward)!.ROWS).toBe(1);
    expect(sequenceShape('hardware', 64, forward)!.ROWS).toBe(2);
  });
});

test('a layer fits by the bytes of its recurrent weights', () => {
  for (const [name, largest] of [
    ['rnn', 524],
    ['lstm', 262],
    ['gru', 302],
  ] as const) {
    expect(fitsSequence(cellOf({ cell: name }), largest)).toBe(true);
    expect(fitsSequence(cellOf({ cell: name }), largest + 1)).toBe(false);
  }
});

test('a layer whose sums exceed the memory of a workgroup does not fit', () => {
  const cell = { gates: Array.from({ length: 5000 }, () => ''), states: ['h'], vectors: [], saved: 0 };
  expect(fitsSequence(cell, 1)).toBe(false);
});

test.each([
  ['rnn', 353, 524],
  ['lstm', 176, 262],
  ['gru', 204, 302],
] as const)(
  'one dispatch continues a %s of %i units in software, of %i on a GPU, at most',
  (name, software, hardware) => {
    const cell = cellOf({ cell: name });
    for (const [family, largest] of [
      ['software', software],
      ['hardware', hardware],
    ] as const) {
      expect(fitsContinuation(family, cell, largest)).toBe(true);
      expect(fitsContinuation(family, cell, largest + 1)).toBe(false);
    }
  },
);
