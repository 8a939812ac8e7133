/** How large a register tile one invocation computes, for software adapters: see shaders/common/tile.wgsl. */

/**
 * A processor that runs shaders in software wants few invocations with much to do each, no workgroup memory and no
 * barriers; a GPU wants the opposite.
 */
export type KernelFamily = 'software' | 'hardware';

export interface Tile {
  /** Invocations of a workgroup, side by side along the columns. */
  readonly LANES: number;
  readonly ROWS: number;
  readonly COLUMNS: number;
}

/** SwiftShader runs four invocations as one vector. */
const LANES = 4;
/** Sizes to choose from: few, since each tile is a pipeline of its own. */
const ROWS = [1, 2, 4, 5, 8, 10, 16, 20, 25];
const COLUMNS = [1, 2, 4, 5, 8];
/** Results that one invocation keeps in registers, at most: so many take half a second to compile. */
const REGISTERS = 160;

/** Invocations of a workgroup for kernels that treat one element each. */
const ELEMENT_LANES: Record<KernelFamily, number> = { software: 16, hardware: 64 };

/**
 * What one index of a tile's inner sums costs, in nanoseconds on SwiftShader: a product, an element of the left factor
 * (of which, with subgroups, an invocation loads a quarter), one of the right factor, and the loop itself. Only the ratios
 * matter; they serve to weigh large tiles against what hangs over the edges of the result.
 */
const PRODUCT_COST = 2.2;
const LEFT_COST = 2.8;
const RIGHT_COST = 12;
const LOOP_COST = 8;
/** Workgroups that run at once, between the two cores on which the costs were measured and the more that readers have. */
const CORES = 3;

/** The tile that covers a result at the least cost, where every column stands for `gates` sums. */
export function tileFor(rows: number, columns: number, gates = 1): Tile {
  let best: Tile = { LANES, ROWS: 1, COLUMNS: 1 };
  let least = Infinity;
  for (const down of ROWS) {
    for (const across of COLUMNS.filter((columns) => down * columns * gates <= REGISTERS)) {
      const tile = { LANES, ROWS: down, COLUMNS: across };
      const [x, y] = tileGroups(tile, rows, columns);
      const sums = gates * across;
      const index = down * sums * PRODUCT_COST + down * LEFT_COST + sums * RIGHT_COST + LOOP_COST;
      const cost = Math.ceil((x * y) / CORES) * index;
      if (cost < least) {
        least = cost;
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
  return ELEMENT_LANES[family];
}

/** Workgroups that every adapter takes along one dimension. */
export const MOST_GROUPS = 65_535;

/** In software a workgroup costs as much as a hundred elements, so a few go through them all. */
const ELEMENT_GROUPS: Record<KernelFamily, number> = { software: 32, hardware: MOST_GROUPS };

/** Workgroups for `length` elements; where those are too few for one invocation each, they go on in strides. */
export function elementGroups(family: KernelFamily, length: number): [number, number] {
  return [Math.min(Math.ceil(length / elementLanes(family)), ELEMENT_GROUPS[family]), 1];
}
