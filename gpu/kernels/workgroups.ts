/** How the kernels for a GPU divide a result among workgroups. */

/** A workgroup shares the inner sums of its results: see shaders/common/slices.wgsl. */
export interface Slices {
  readonly SLICES: number;
  /** Rows by fours. */
  readonly QUADS: number;
  readonly COLUMNS: number;
  readonly CHUNK: number;
  /** Columns of an invocation, COLUMNS apart; 1 where the kernel knows of no more. */
  readonly EACH: number;
}

const SLICES = 16;
const QUADS = [4, 2, 1];

/** Workgroups that keep a GPU busy; below that, fewer rows to a workgroup. */
export const ENOUGH_GROUPS = 96;

/**
 * With 16 rows the staged factor fills the 16 KB of workgroup memory that every adapter has, and so do the sums. With a
 * single quad, groups are half as wide, and twice as many.
 */
function slices(quads: number, each: number): Slices {
  const shape = quads === 1 ? { COLUMNS: 8, CHUNK: 128 } : { COLUMNS: 16, CHUNK: 256 };
  return { SLICES, QUADS: quads, ...shape, EACH: each };
}

/**
 * As many rows as leave enough workgroups, so that an element of the right factor serves many; then as many columns to
 * an invocation, at most `mostEach`, so that a staged element does too.
 */
export function slicesFor(rows: number, columns: number, mostEach = 1): Slices {
  const busy = (candidate: Slices): boolean => {
    const [across, down] = sliceGroups(candidate, rows, columns);
    return across * down >= ENOUGH_GROUPS;
  };
  const fits = QUADS.filter((size) => size === 1 || 4 * size <= rows);
  const most = fits.find((size) => busy(slices(size, 1))) ?? fits[Math.min(1, fits.length - 1)]!;
  const each = [4, 2].find((size) => size <= mostEach && busy(slices(most, size))) ?? 1;
  return slices(most, each);
}

/** Workgroups, along columns and rows, that cover a result. */
export function sliceGroups(
  { COLUMNS, EACH, QUADS }: Slices,
  rows: number,
  columns: number,
): [number, number] {
  return [Math.ceil(columns / (COLUMNS * EACH)), Math.ceil(rows / (4 * QUADS))];
}

/** A block of results to a workgroup: see shaders/linear/product_blocked.wgsl. */
export interface Block {
  /** Quads of results of an invocation along each side. */
  readonly QUADS: number;
  /** Inner indices staged at a time: as many as give each invocation one quad of either factor to stage. */
  readonly DEPTH: number;
}

const LARGE: Block = { QUADS: 2, DEPTH: 8 };
const SMALL: Block = { QUADS: 1, DEPTH: 16 };

/** Blocks that keep a GPU busy: one for each of its processors, of which the larger have a hundred. */
const ENOUGH_LARGE = 128;
const ENOUGH_SMALL = 60;

/** The blocks for a result; null where it has too few of them, and slices of the inner sums serve better. */
export function blockFor(rows: number, columns: number): Block | null {
  if (blockCount(LARGE, rows, columns) >= ENOUGH_LARGE) return LARGE;
  if (blockCount(SMALL, rows, columns) >= ENOUGH_SMALL) return SMALL;
  return null;
}

function blockCount(block: Block, rows: number, columns: number): number {
  const [across, down] = blockGroups(block, rows, columns);
  return across * down;
}

/** Workgroups, along columns and rows, that cover a result. */
export function blockGroups(block: Block, rows: number, columns: number): [number, number] {
  const side = blockSide(block);
  return [Math.ceil(columns / side), Math.ceil(rows / side)];
}

/** Results along a side of a block, of a workgroup of 16 × 16. */
export function blockSide({ QUADS }: Block): number {
  return 16 * 4 * QUADS;
}
