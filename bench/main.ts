/**
 * The command line of the benchmark, whatever places there are to run in.
 *
 *   --case A[,B]            some cases; left out: A and B on a software adapter, all on a GPU
 *   --cells rnn,lstm,gru    some cells          --where node,chromium   some places
 *   --peers a,b             some peers          --json FILE             the figures, raw samples included
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Host } from './host.ts';
export { nodeHost } from './node/host.ts';
import { findPeer, PEERS } from './peers/index.ts';
import { casesNamed, cellsNamed, run } from './run.ts';
import { table } from './table.ts';
import { Yardstick } from './yardstick.ts';

export async function main(places: readonly Host[], values: readonly string[]): Promise<void> {
  const { values: options } = parseArgs({
    args: [...values],
    options: {
      case: { type: 'string' },
      cells: { type: 'string', default: 'rnn,lstm,gru' },
      where: { type: 'string', default: places.map(({ name }) => name).join(',') },
      peers: { type: 'string', default: PEERS.map(({ name }) => name).join(',') },
      json: { type: 'string' },
    },
  });
  const hosts = options.where.split(',').map((name) => placeNamed(places, name));
  const peers = options.peers.split(',').map(findPeer);
  const cells = cellsNamed(options.cells);
  const yardsticks: Yardstick[] = [];
  const loadBefore = loadavg()[0]!;
  try {
    for (const host of hosts) yardsticks.push(await Yardstick.open(host));
    const software = yardsticks.every(({ adapter }) => adapter.software);
    const cases = casesNamed(options.case ?? (software ? 'AB' : 'ABC'));
    const machine = {
      places: yardsticks.map(({ place, adapter }) => `${place}: ${adapter.label}`),
      processor: `${cpus().length} × ${cpus()[0]!.model}`,
      node: process.version,
      loadBefore,
    };
    const heading = `${machine.places.join(' · ')}\n${machine.processor}, Node ${machine.node}, load ${loadBefore.toFixed(1)} before`;
    const begun = performance.now();
    const rows = await run({
      cases,
      cells,
      hosts,
      peers,
      yardsticks,
      report: (line) => showProgress(line, begun),
    });
    console.log(`${heading}\n\n${table(rows)}`);
    if (options.json) {
      const date = new Date().toISOString().slice(0, 10);
      writeFileSync(options.json, `${JSON.stringify({ date, machine, rows }, null, 2)}\n`);
    }
  } finally {
    await Promise.all(yardsticks.map((yardstick) => yardstick.end()));
    await Promise.all(hosts.map((host) => host.close()));
  }
}

function placeNamed(places: readonly Host[], name: string): Host {
  const found = places.find((place) => place.name === name);
  if (!found) throw new Error(`No place ${name}. There are: ${places.map(({ name }) => name).join(', ')}.`);
  return found;
}

/** One line that is overwritten where a person watches, and none where output is kept. */
function showProgress(line: string, begun: number): void {
  if (!process.stderr.isTTY) return;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stderr.write(`\r\u001B[K${seconds} s · ${line}`);
}
