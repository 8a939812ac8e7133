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

const LANES: Record<KernelFamily, number> = { software: 4, hardware: 32 };

/** Results that one invocation keeps in registers, at most. */
const REGISTERS: Record<KernelFamily, number> = { software: 64, hardware: 8 };
const MOST_ROWS: Record<KernelFamily, number> = { software: 8, hardware: 4 };
const MOST_COLUMNS: Record<KernelFamily, number> = { software: 8, hardware: 1 };

/**
 * The tile for a result of so many rows and columns, where every column stands for `gates` sums. Only a few tiles
 * come out for all sizes, since each is a pipeline of its own.
 */
export function tileFor(family: KernelFamily, rows: number, columns: number, gates = 1): Tile {
  const ROWS = Math.min(MOST_ROWS[family], powerOfTwoUnder(rows));
  const room = Math.max(1, Math.floor(REGISTERS[family] / (ROWS * gates)));
  const COLUMNS = Math.min(MOST_COLUMNS[family], powerOfTwoUnder(room), powerOfTwoUnder(columns));
  return { LANES: LANES[family], ROWS, COLUMNS };
}

/** Workgroups, along columns and rows, that cover a result. */
export function tileGroups(tile: Tile, rows: number, columns: number): [number, number] {
  return [Math.ceil(columns / (tile.LANES * tile.COLUMNS)), Math.ceil(rows / tile.ROWS)];
}

/** Invocations of a workgroup for kernels that treat one element each. */
export function elementLanes(family: KernelFamily): number {
  return family === 'software' ? 16 : 64;
}

function powerOfTwoUnder(value: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, value)));
}
