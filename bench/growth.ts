/** How time and memory of a training step grow with the time steps, the units and the batch: each alone, from case A. */
import { type Case, CASES, type CellName, type Job } from './cases.ts';
import { Entrant } from './entrant.ts';
import type { Host } from './host.ts';
import type { PeerEntry } from './peers/index.ts';
import type { Panel, Series } from './plot.ts';
import { digits } from './table.ts';
import type { Figure } from './timing.ts';

/** Of a case, what grows, and the sizes it goes through. */
export interface Axis {
  readonly name: 'steps' | 'hidden' | 'batch';
  readonly title: string;
  readonly sizes: readonly number[];
}

export const AXES: readonly Axis[] = [
  { name: 'steps', title: 'time steps', sizes: [20, 50, 100, 200, 500, 1000, 2000] },
  { name: 'hidden', title: 'units', sizes: [16, 32, 64, 128, 256, 512, 1024] },
  { name: 'batch', title: 'batch', sizes: [1, 2, 8, 32, 128, 512] },
];

export interface GrowthPoint {
  readonly axis: Axis['name'];
  readonly size: number;
  readonly cell: CellName;
  readonly peer: string;
  readonly step: Figure;
  readonly bytes?: number;
}

export interface GrowthAsked {
  readonly cells: readonly CellName[];
  readonly peers: readonly PeerEntry[];
  readonly host: Host;
  readonly report: (line: string) => void;
}

/** Every point of every axis, the peers of a point by turns. */
export async function measureGrowth({ cells, peers, host, report }: GrowthAsked): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const axis of AXES) {
    for (const size of axis.sizes) {
      for (const cell of cells) {
        report(`${axis.title} ${size}, ${cell}`);
        const test: Case = { ...CASES[0]!, name: `${axis.name} ${size}`, [axis.name]: size };
        points.push(...(await measurePoint({ test, cell }, axis, size, { peers, host })));
      }
    }
  }
  return points;
}

async function measurePoint(
  job: Job,
  { name: axis }: Axis,
  size: number,
  { peers, host }: Pick<GrowthAsked, 'peers' | 'host'>,
): Promise<GrowthPoint[]> {
  const entrants = peers.map((peer) => new Entrant(host, peer, job));
  try {
    for (const entrant of entrants) await entrant.prepare();
    while (entrants.some((entrant) => entrant.isTraining)) {
      for (const entrant of entrants) await entrant.trainRow();
    }
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.end()));
  }
  return entrants.map(({ result: { peer, step, bytes } }) => ({
    axis,
    size,
    cell: job.cell,
    peer,
    step,
    ...(bytes === undefined ? {} : { bytes }),
  }));
}

/** `[x, y]` */
export type Points = readonly (readonly [number, number])[];

/**
 * The exponent p of y ∝ xᵖ, by least squares on the logarithms, over the upper half of the range of log x: what is the
 * same whatever the size has lost its weight there. Undefined of less than two points.
 */
export function slope(points: Points): number | undefined {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const middle = (logs[0]?.[0] ?? 0) / 2 + (logs.at(-1)?.[0] ?? 0) / 2;
  const upper = logs.filter(([x]) => x >= middle);
  if (upper.length < 2) return undefined;
  const mean = (index: 0 | 1): number => upper.reduce((sum, point) => sum + point[index], 0) / upper.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = upper.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / upper.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** What is plotted: milliseconds above, megabytes below, an axis a column. */
export function panelsOf(points: readonly GrowthPoint[]): Panel[] {
  const time = ({ step }: GrowthPoint): number | undefined => ('median' in step ? step.median : undefined);
  const memory = ({ bytes }: GrowthPoint): number | undefined => bytes && bytes / 1e6;
  return [
    ...AXES.map((axis) => panelOf(points, axis, 'ms a training step', time)),
    ...AXES.map((axis) => panelOf(points, axis, 'MB', memory)),
  ];
}

function panelOf(
  points: readonly GrowthPoint[],
  { name, title }: Axis,
  y: string,
  value: (point: GrowthPoint) => number | undefined,
): Panel {
  const series = new Map<string, [number, number][]>();
  const peers = new Set(points.map(({ peer }) => peer));
  for (const point of points.filter(({ axis }) => axis === name)) {
    const label = peers.size > 1 ? `${point.cell}, ${point.peer}` : point.cell;
    const known = series.get(label) ?? [];
    series.set(label, known);
    const measured = value(point);
    if (measured !== undefined) known.push([point.size, measured]);
  }
  return {
    x: title,
    y,
    series: [...series].map(([label, points]): Series => ({ label: withSlope(label, points), points })),
  };
}

function withSlope(label: string, points: Points): string {
  const exponent = slope(points);
  return exponent === undefined ? label : `${label} ∝ ${exponent.toFixed(2)}`;
}

/** The same as text: per panel and series the points, and the exponent. */
export function growthTable(panels: readonly Panel[]): string {
  return panels
    .map(({ x, y, series }) => {
      const width = Math.max(...series.map(({ label }) => label.length));
      const lines = series.map(({ label, points }) => {
        const values = points.map(([size, value]) => `${size}: ${digits(value)}`).join('  ');
        return `  ${label.padEnd(width)}  ${values}`;
      });
      return [`${y}, by ${x}`, ...lines].join('\n');
    })
    .join('\n\n');
}
