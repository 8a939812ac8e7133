/** What there is to say of the kernels that a run takes. */
import type { KernelChoice, KernelTiming } from '../../gpu/index.ts';
import { plainNumber } from '../controls/format.ts';
import type { KernelSetting } from '../notebook/schema.ts';
import type { KernelReport } from '../worker/protocol.ts';

export const kernelSettings: readonly { value: KernelSetting; label: string }[] = [
  { value: 'automatic', label: 'Automatic' },
  { value: 'steps', label: 'A dispatch a time step' },
  { value: 'hoisted', label: 'The same, input sums before' },
  { value: 'sequence', label: 'One for all time steps' },
  { value: 'rounded', label: 'Parameters and h of 16 bits' },
];

const RECURRENCES = {
  unfused: 'several dispatches a time step',
  steps: 'a dispatch a time step',
  sequence: 'one dispatch for all time steps of a layer',
} as const;

/** Such as `a dispatch a time step, input sums before`. @param own the family of the adapter's own kernels. */
export function kernelText(
  { recurrence, hoisted, precision, family }: KernelChoice,
  own: KernelChoice['family'],
): string {
  const tiles = family === 'software' ? 'register tiles' : 'workgroup memory';
  return [
    RECURRENCES[recurrence],
    ...(hoisted ? ['input sums before'] : []),
    ...(precision === 'float16' ? ['parameters and h rounded to 16 bits'] : []),
    ...(family === own ? [] : [`by ${tiles}`]),
  ].join(', ');
}

/** Which kernels run, and why; null where there are none. */
export function kernelsLine(report: KernelReport, own: KernelChoice['family']): string | null {
  const { choice, why, unsuited, timings } = report;
  if (!choice) return null;
  const what = kernelText(choice, own);
  if (unsuited) return `${what}, since one for all of them does not suit this network`;
  if (why === 'set') return `${what}, as set`;
  if (why === 'default') return `${what}, by default`;
  return `${what}, measured fastest of ${timings.filter(isMeasured).length} on this adapter`;
}

/** What an iteration took by each of the choices, the fastest first; those that there was no time for come last. */
export function timingRows(
  timings: readonly KernelTiming[],
  own: KernelChoice['family'],
): { what: string; time: string }[] {
  const order = timings.toSorted(
    (one, other) => (one.milliseconds ?? Infinity) - (other.milliseconds ?? Infinity),
  );
  return order.map(({ kernels, milliseconds }) => ({
    what: kernelText(kernels, own),
    time: milliseconds === null ? 'not measured' : `${plainNumber(milliseconds, 2)} ms`,
  }));
}

function isMeasured(timing: KernelTiming): timing is KernelTiming & { milliseconds: number } {
  return timing.milliseconds !== null;
}
