/**
 * The command line of the benchmark, whatever places there are to run in.
 *
 *   --case A[,B]            some cases; left out: A and B on a software adapter, all on a GPU
 *   --cells rnn,lstm,gru    some cells          --where node,chromium   some places
 *   --peers a,b             some peers          --json FILE             the figures, raw samples included
 *   --growth                instead: time and memory against time steps, units and batch, ours alone in the first place
 *   --svg FILE              where the plot of them goes; left out: .cache/bench/growth.svg
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { AXES, growthTable, measureGrowth, panelsOf } from './growth.ts';
import type { Host } from './host.ts';
import { findPeer, OURS, peersIn } from './peers/index.ts';
import { plot } from './plot.ts';
import { casesNamed, cellsNamed, run } from './run.ts';
import { table } from './table.ts';
import { Yardstick } from './yardstick.ts';

export { nodeHost } from './node/host.ts';

/** What was asked for, as it stands on the command line. */
interface Options {
  readonly case?: string | undefined;
  readonly cells: string;
  readonly peers?: string | undefined;
  readonly json?: string | undefined;
  readonly svg: string;
}

/** @param values of the command line. @throws Error that says what there is, where a name is unknown. */
export async function main(places: readonly Host[], values: readonly string[]): Promise<void> {
  const { values: options } = parseArgs({
    args: [...values],
    options: {
      case: { type: 'string' },
      cells: { type: 'string', default: 'rnn,lstm,gru' },
      where: { type: 'string', default: places.map(({ name }) => name).join(',') },
      peers: { type: 'string' },
      json: { type: 'string' },
      growth: { type: 'boolean', default: false },
      svg: { type: 'string', default: '.cache/bench/growth.svg' },
    },
  });
  const hosts = options.where.split(',').map((name) => placeNamed(places, name));
  const used = options.growth ? hosts.slice(0, 1) : hosts;
  const yardsticks: Yardstick[] = [];
  try {
    for (const host of used) yardsticks.push(await Yardstick.open(host));
    await (options.growth ? grow : compare)(used, yardsticks, options);
  } finally {
    await Promise.all(yardsticks.map((yardstick) => yardstick.end()));
    await Promise.all(used.map((host) => host.close()));
  }
}

async function compare(
  hosts: readonly Host[],
  yardsticks: readonly Yardstick[],
  options: Options,
): Promise<void> {
  const software = yardsticks.every(({ adapter }) => adapter.software);
  const machine = machineOf(yardsticks);
  const rows = await run({
    cases: casesNamed(options.case ?? (software ? 'AB' : 'ABC')),
    cells: cellsNamed(options.cells),
    entries: hosts.flatMap((host) => {
      const peers = options.peers === undefined ? peersIn(host.name, software) : peersNamed(options.peers);
      return peers.filter(({ places }) => places.includes(host.name)).map((peer) => ({ host, peer }));
    }),
    yardsticks,
    report: progress(),
    done: (rows) => writeJson(options.json, { machine, rows }),
  });
  console.log(`${headingOf(machine)}\n\n${table(rows)}`);
}

async function grow(
  [host]: readonly Host[],
  yardsticks: readonly Yardstick[],
  options: Options,
): Promise<void> {
  const machine = machineOf(yardsticks);
  const points = await measureGrowth({
    cells: cellsNamed(options.cells),
    peers: peersNamed(options.peers ?? OURS),
    host: host!,
    report: progress(),
  });
  const panels = panelsOf(points);
  console.log(`${headingOf(machine)}\n\n${growthTable(panels)}\n\n${options.svg}`);
  mkdirSync(dirname(options.svg), { recursive: true });
  writeFileSync(options.svg, plot(panels, AXES.length, 'Time and memory of a training step'));
  writeJson(options.json, { machine, points });
}

function machineOf(yardsticks: readonly Yardstick[]) {
  return {
    places: yardsticks.map(({ place, adapter }) => `${place}: ${adapter.label}`),
    processor: `${cpus().length} × ${cpus()[0]!.model}`,
    node: process.version,
    loadBefore: loadavg()[0]!,
  };
}

function headingOf({ places, processor, node, loadBefore }: ReturnType<typeof machineOf>): string {
  return `${places.join(' · ')}\n${processor}, Node ${node}, load ${loadBefore.toFixed(1)} before`;
}

function writeJson(file: string | undefined, figures: object): void {
  if (file === undefined) return;
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ date, ...figures }, null, 2)}\n`);
}

function peersNamed(names: string) {
  return names.split(',').map(findPeer);
}

function placeNamed(places: readonly Host[], name: string): Host {
  const found = places.find((place) => place.name === name);
  if (!found) throw new Error(`No place ${name}. There are: ${places.map(({ name }) => name).join(', ')}.`);
  return found;
}

/** One line that is overwritten where a person watches, and none where output is kept. */
function progress(): (line: string) => void {
  const begun = performance.now();
  return (line) => {
    if (!process.stderr.isTTY) return;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    process.stderr.write(`\r\u001B[K${seconds} s · ${line}`);
  };
}
