/** How the kernels for a GPU divide a result among workgroups. */

/** A workgroup shares the inner sums of its results: see shaders/common/slices.wgsl. */
export interface Slices {
  readonly SLICES: number;
  readonly ROWS: number;
  readonly COLUMNS: number;
  readonly CHUNK: number;
}

const SLICES = 16;
const COLUMNS = 16;
/** With 16 rows the staged factor fills the 16 KB of workgroup memory that every adapter has, and so do the sums. */
const CHUNK = 256;
const ROWS = [16, 8, 4, 2, 1];

/** Workgroups that keep a GPU busy; below that, fewer rows to a workgroup. */
const ENOUGH_GROUPS = 96;

/** As many rows as leave enough workgroups, so that an element of the right factor serves many. */
export function slicesFor(rows: number, columns: number): Slices {
  const fits = ROWS.filter((size) => size === 1 || size <= rows);
  const busy = (size: number): boolean =>
    Math.ceil(rows / size) * Math.ceil(columns / COLUMNS) >= ENOUGH_GROUPS;
  const chosen = fits.find(busy) ?? fits[Math.min(1, fits.length - 1)]!;
  return { SLICES, ROWS: chosen, COLUMNS, CHUNK };
}

/** Workgroups, along columns and rows, that cover a result. */
export function sliceGroups(slices: Slices, rows: number, columns: number): [number, number] {
  return [Math.ceil(columns / slices.COLUMNS), Math.ceil(rows / slices.ROWS)];
}

/** A block of results to a workgroup: see shaders/linear/product_blocked.wgsl. */
export interface Block {
  readonly BLOCK: number;
  /** Results of an invocation along each side. */
  readonly EACH: number;
  readonly DEPTH: number;
}

const LARGE: Block = { BLOCK: 128, EACH: 8, DEPTH: 8 };
const SMALL: Block = { BLOCK: 64, EACH: 4, DEPTH: 16 };

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
export function blockGroups({ BLOCK }: Block, rows: number, columns: number): [number, number] {
  return [Math.ceil(columns / BLOCK), Math.ceil(rows / BLOCK)];
}
