/** Columns of one matrix put into another, such as the parts of [x ‖ h]. */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import type { Place } from './context.ts';

/** Where the first of the columns lies in the first row. */
export interface Columns extends Place {
  /** Floats from one row to the next; 0: the same for every row. */
  readonly rowWidth: number;
}

/** `columns` of each row, from one place to another; added to what is there, or in its place. */
export function recordCopyColumns(
  family: KernelFamily,
  [rows, columns]: readonly [number, number],
  from: Columns,
  to: Columns,
  adds: boolean,
): Recording {
  return {
    kernel: library.copyColumns(family),
    buffers: { source: from.buffer, out: to.buffer },
    uniform: {
      rows,
      columns,
      source_at: from.at,
      source_row: from.rowWidth,
      out_at: to.at,
      out_row: to.rowWidth,
      adds: adds ? 1 : 0,
    },
    workgroups: elementGroups(family, rows * columns),
    work: touching((adds ? 2 : 1) * rows * columns + (from.rowWidth === 0 ? 1 : rows) * columns),
  };
}

/** Two matrices of so many columns side by side: out [rows, left + right] = [left ‖ right]. */
export function recordJoinColumns(
  family: KernelFamily,
  rows: number,
  [leftColumns, rightColumns]: readonly [number, number],
  [left, right]: readonly [Place, Place],
  out: Place,
): Recording {
  const length = rows * (leftColumns + rightColumns);
  return {
    kernel: library.joinColumns(family),
    buffers: { left: left.buffer, right: right.buffer, out: out.buffer },
    uniform: {
      rows,
      left_columns: leftColumns,
      right_columns: rightColumns,
      left_at: left.at,
      right_at: right.at,
      out_at: out.at,
    },
    workgroups: elementGroups(family, length),
    work: touching(2 * length),
  };
}
