/** How a GPU's workgroup shares the inner sums of its results: see shaders/common/slices.wgsl. */
export interface Slices {
  readonly SLICES: number;
  readonly ROWS: number;
  readonly COLUMNS: number;
  readonly CHUNK: number;
}

const SLICES = 16;
const COLUMNS = 16;
/** With ROWS = 8 the staged factor and the slices' sums fill the 16 KB of workgroup memory that every adapter has. */
const CHUNK = 256;
const ROWS = [8, 4, 2, 1];

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
