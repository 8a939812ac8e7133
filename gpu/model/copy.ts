import type { Recording } from '../kernels/plan.ts';
import type { LayerContext, Place } from '../layers/context.ts';
import { recordJoin } from '../layers/outputs.ts';

/** [rows, width] from one buffer to another. */
export function copyRows(
  family: LayerContext['family'],
  from: Place,
  to: Place,
  rows: number,
  width: number,
): Recording {
  return recordJoin(family, {
    parts: [from],
    hiddenSize: width,
    batch: rows,
    steps: 1,
    firstTime: 0,
    out: to,
  });
}
