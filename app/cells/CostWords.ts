/** How an iteration's cost is put in words and numbers. */
import { count, plainNumber, shortNumber } from '../controls/format.ts';
import type { CostReport, CostRow, PartCost } from '../worker/protocol.ts';

/** Of each kind of kernels a name, how a sentence says it, and what is one dispatch. */
export const kinds = {
  unfused: {
    name: 'Unfused',
    inText: 'unfused',
    says: 'joining x and h, product, bias and cell are a dispatch each',
  },
  steps: { name: 'Steps', inText: 'step by step', says: 'a whole time step is one dispatch' },
  sequence: {
    name: 'Sequence',
    inText: 'as one sequence',
    says: 'all time steps of a layer are one dispatch',
  },
  rounded: {
    name: '16 bits',
    inText: 'with parameters and h of 16 bits',
    says: 'as this run, its parameters, of which time steps then read half the bytes, and each h rounded to 16 bits',
  },
} as const satisfies Record<CostRow['kind'], { name: string; inText: string; says: string }>;

/** Of each part of an iteration a name, and how a sentence says it. */
export const parts = {
  batch: { name: 'Batch', inText: 'drawing the batch' },
  forward: { name: 'Steps forward', inText: 'the steps forward' },
  attention: { name: 'Attention', inText: 'attention' },
  readout: { name: 'Readout', inText: 'the readout' },
  loss: { name: 'Loss', inText: 'the loss' },
  backward: { name: 'Steps backward', inText: 'the steps backward' },
  gradients: { name: 'Weight gradients', inText: 'the weight gradients' },
  optimizer: { name: 'Optimiser', inText: 'the optimiser' },
} as const satisfies Record<PartCost['part'], { name: string; inText: string }>;

/** Three digits, or whole from a hundred on. */
export function amount(value: number | null | undefined): string {
  return value !== null && value !== undefined && value >= 100 ? count(value) : shortNumber(value);
}

/** A line of the table: a quantity, and its number for each kind of kernels. */
export interface CostLine {
  readonly name: string;
  /** Left out of a count. */
  readonly unit?: string;
  readonly value: (row: CostRow) => number | null | undefined;
}

/** Those that follow from the shapes. */
export const plannedLines: readonly CostLine[] = [
  { name: 'Dispatches', value: (row) => row.dispatches },
  { name: 'Operations', unit: 'MFLOP', value: (row) => row.operations / 1e6 },
  { name: 'Read and written', unit: 'MB', value: (row) => row.moved / 1e6 },
  { name: 'Buffers in all', unit: 'MB', value: (row) => row.bytes / 1e6 },
];

/** 10⁹ operations a second: 10³ a microsecond. */
function speed({ operations, measured }: CostRow): number | null {
  return measured && operations / measured.microseconds / 1000;
}

/** Of an iteration's time what the device does not work in, in percent. */
function overhead({ measured }: CostRow): number | null {
  return measured && 100 * Math.max(0, 1 - measured.deviceMicroseconds / measured.microseconds);
}

/** Those that are measured. */
export function measuredLines({ timeSteps, ceiling }: CostReport): readonly CostLine[] {
  const share = (row: CostRow) => ceiling && row.measured && (100 * speed(row)!) / ceiling.gigaflops;
  return [
    { name: 'Submissions', value: (row) => row.measured?.submissions },
    { name: 'An iteration', unit: 'µs', value: (row) => row.measured?.microseconds },
    {
      name: 'A time step',
      unit: 'µs',
      value: (row) => row.measured && row.measured.microseconds / timeSteps,
    },
    { name: 'On the device', unit: 'µs', value: (row) => row.measured?.deviceMicroseconds },
    { name: 'Overhead', unit: '%', value: overhead },
    { name: 'Speed', unit: 'GFLOP/s', value: speed },
    { name: 'Of the ceiling', unit: '%', value: share },
    { name: 'A forecast differs by', unit: 'deviations', value: (row) => row.measured?.difference },
  ];
}

/** What the machine does at the most. */
export function ceilingText({ ceiling }: CostReport): string {
  if (!ceiling)
    return 'The ceiling is what this machine does at the most, multiplying and adding in registers.';
  const { gigaflops, gigabytes } = ceiling;
  return (
    `The ceiling, what this machine does at the most: ${amount(gigaflops)} GFLOP/s, multiplying and adding in ` +
    `registers. It copies ${amount(gigabytes)} GB/s.`
  );
}

/** What the bars show. */
export function sharesText({ rows }: CostReport): string {
  const taken = rows.find((row) => row.taken)!;
  if (!taken.measured) return 'Not measured yet.';
  const total = devicesTime(taken);
  const [first, ...next] = taken.parts
    .toSorted((one, other) => other.microseconds! - one.microseconds!)
    .slice(0, 3)
    .map(({ part, microseconds }) => ({
      share: `${Math.round((100 * microseconds!) / total)} %`,
      to: `to ${parts[part].inText}`,
    }));
  const shares = [
    `${first!.share} of the device’s time goes ${first!.to}`,
    ...next.map(({ share, to }) => `${share} ${to}`),
  ];
  const others = rows.filter((row) => row !== taken && row.measured);
  return `As this run trains, ${kinds[taken.kind].inText}, ${listed(shares)}.${comparedText(others, taken)}`;
}

/** Such as ` Unfused, an iteration takes 2.4 times as long; as one sequence, 0.40 times.` */
function comparedText(others: readonly CostRow[], taken: CostRow): string {
  const texts = others.map(({ kind, measured }, index) => {
    const times = plainNumber(measured!.microseconds / taken.measured!.microseconds, 2);
    const { inText } = kinds[kind];
    return index === 0
      ? ` ${inText.charAt(0).toUpperCase()}${inText.slice(1)}, an iteration takes ${times} times as long`
      : `; ${inText}, ${times} times`;
  });
  return texts.length > 0 ? `${texts.join('')}.` : '';
}

/** Microseconds of all parts. */
export function devicesTime(row: CostRow): number {
  return row.parts.reduce((sum, { microseconds }) => sum + (microseconds ?? 0), 0);
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
