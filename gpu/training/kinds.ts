/** The dispatches of an iteration by kind: those of one kernel that belong to one part of it. */
import type { PartRecording } from '../kernels/plan.ts';
import { type Part, totalWork } from '../kernels/work.ts';
import type { KernelCost } from '../model/engine.ts';

export interface Kind {
  readonly part: Part;
  /** See KernelCost. */
  readonly kernel: string;
  /** Places in the iteration, ascending. */
  readonly places: readonly number[];
  readonly recordings: readonly PartRecording[];
}

/** In the order in which they first come. */
export function kindsOf(recordings: readonly PartRecording[]): Kind[] {
  const kinds = new Map<
    string,
    { part: Part; kernel: string; places: number[]; recordings: PartRecording[] }
  >();
  recordings.forEach((recording, place) => {
    const kernel = kernelName(recording);
    const key = `${recording.part} ${kernel}`;
    const kind = kinds.get(key) ?? { part: recording.part, kernel, places: [], recordings: [] };
    kind.places.push(place);
    kind.recordings.push(recording);
    kinds.set(key, kind);
  });
  return [...kinds.values()];
}

export function costOf({ part, kernel, recordings }: Kind): KernelCost {
  return { part, kernel, dispatches: recordings.length, ...totalWork(recordings.map(({ work }) => work)) };
}

/** Products of one iteration differ by their shapes. */
function kernelName({ kernel, uniform: { rows, inner, columns } }: PartRecording): string {
  return inner === undefined ? kernel.name : `${kernel.name} ${rows}×${inner}×${columns}`;
}
