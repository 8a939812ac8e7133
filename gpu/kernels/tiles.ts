/**
 * How large a register tile one invocation computes (see shaders/common/tile.wgsl). A processor that runs shaders in
 * software wants few invocations with much to do each; a GPU wants many.
 */
export type KernelFamily = 'software' | 'hardware';

export interface Tile {
  /** Invocations of a workgroup, side by side along the columns. */
  readonly LANES: number;
  readonly ROWS: number;
  readonly COLUMNS: number;
}

interface Family {
  readonly lanes: number;
  /** Sizes to choose from: few, since each tile is a pipeline of its own. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Results that one invocation keeps in registers, at most. */
  readonly registers: number;
  /** Invocations of a workgroup for kernels that treat one element each. */
  readonly elementLanes: number;
}

const FAMILIES: Record<KernelFamily, Family> = {
  software: {
    lanes: 4,
    rows: [1, 2, 4, 5, 8, 10],
    columns: [1, 2, 4, 5, 8],
    registers: 64,
    elementLanes: 16,
  },
  hardware: { lanes: 32, rows: [1, 2, 4], columns: [1], registers: 16, elementLanes: 64 },
};

/**
 * What one turn of a tile's inner loop costs, in nanoseconds on SwiftShader: products, loads and the loop itself.
 * Only the ratios matter; they serve to weigh large tiles against what hangs over the edges of the result.
 */
const PRODUCT_COST = 5;
const LOAD_COST = 14;
const LOOP_COST = 60;

/** The tile that covers a result at the least cost, where every column stands for `gates` sums. */
export function tileFor(family: KernelFamily, rows: number, columns: number, gates = 1): Tile {
  const { lanes, rows: rowSizes, columns: columnSizes, registers } = FAMILIES[family];
  let best: Tile = { LANES: lanes, ROWS: 1, COLUMNS: 1 };
  let least = Infinity;
  for (const ROWS of rowSizes) {
    for (const COLUMNS of columnSizes) {
      if (ROWS * COLUMNS * gates > registers) continue;
      const tile = { LANES: lanes, ROWS, COLUMNS };
      const [across, down] = tileGroups(tile, rows, columns);
      const turn = gates * ROWS * COLUMNS * PRODUCT_COST + (ROWS + gates * COLUMNS) * LOAD_COST + LOOP_COST;
      if (across * down * turn < least) {
        least = across * down * turn;
        best = tile;
      }
    }
  }
  return best;
}

/** Workgroups, along columns and rows, that cover a result. */
export function tileGroups(tile: Tile, rows: number, columns: number): [number, number] {
  return [Math.ceil(columns / (tile.LANES * tile.COLUMNS)), Math.ceil(rows / tile.ROWS)];
}

export function elementLanes(family: KernelFamily): number {
  return FAMILIES[family].elementLanes;
}

/** Workgroups that every adapter takes along one dimension. */
export const MOST_GROUPS = 65_535;

/** Workgroups for `length` elements; where that is more than an adapter takes, each invocation goes on in strides. */
export function elementGroups(family: KernelFamily, length: number): [number, number] {
  return [Math.min(Math.ceil(length / elementLanes(family)), MOST_GROUPS), 1];
}
