/** How far a batch of sequences reaches. */
export interface Extent {
  /** T */
  readonly steps: number;
  /** B */
  readonly batch: number;
  /** `[B]` real time steps of each sequence; T for all where left out. */
  readonly lengths?: Uint32Array | undefined;
  /** What the first of these time steps is called, where they are a piece of the sequence. Left out: 0. */
  readonly firstTime?: number | undefined;
}

/** Whether a sequence has not yet ended at the time step with this index. */
export function isLive({ lengths, firstTime = 0 }: Extent, index: number, row: number): boolean {
  return lengths === undefined || firstTime + index < lengths[row]!;
}

/** Sets the time steps past the end of `[T, B, width]` to 0. */
export function clearEnds(sequence: Float64Array, extent: Extent, width: number): void {
  if (extent.lengths === undefined) return;
  for (let index = 0; index < extent.steps; index++) {
    for (let row = 0; row < extent.batch; row++) {
      const at = (index * extent.batch + row) * width;
      if (!isLive(extent, index, row)) sequence.fill(0, at, at + width);
    }
  }
}
