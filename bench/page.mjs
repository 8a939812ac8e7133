/**
 * What the built page achieves in headless Chromium on this machine: `npm run build && npm run bench:page`.
 * `--seeds N` (five): trainings whose median is taken. `--json FILE`: the figures, raw samples included.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { withBuiltPage } from '../scripts/page.mjs';
import { measureDrag, measureGeneration } from './drag.mjs';
import { measureOpening } from './opening.mjs';
import { measureLongTasks, measureTraining } from './training.mjs';
import { median } from './samples.mjs';

const { values: options } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, json: { type: 'string' } },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
if (seeds.length === 0 || !Number.isInteger(Number(options.seeds))) {
  throw new Error(`--seeds is a count from 1, not ${options.seeds}.`);
}

/** What is measured, the median of its samples, their unit, and the bar that it should stay under. */
const rows = [];

function report(name, samples, unit, bar) {
  const value = median(samples);
  rows.push({ name, value, unit, bar, samples });
  const spread =
    samples.length > 1 ? ` (${show(Math.min(...samples))} to ${show(Math.max(...samples))})` : '';
  console.error(`${name}: ${show(value)} ${unit}${spread}`);
}

function show(value) {
  if (!Number.isFinite(value)) return 'not reached';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table() {
  const name = Math.max(...rows.map((row) => row.name.length));
  const line = (row) => {
    const held = row.bar === undefined ? '' : row.value <= row.bar ? 'held' : 'MISSED';
    const bar = row.bar === undefined ? '' : `≤ ${row.bar}`;
    return `${row.name.padEnd(name)}  ${show(row.value).padStart(11)} ${row.unit.padEnd(14)} ${bar.padEnd(7)} ${held}`;
  };
  return rows.map(line).join('\n');
}

/** Other work on the machine stretches every figure, so what there was of it is told. */
const loadBefore = loadavg()[0];
let machine = '';
await withBuiltPage(async (browser, address) => {
  const bench = { browser, address };

  const opening = await measureOpening(bench, 5);
  report('predict: navigation → Play enabled', opening.predict, 's', 3);
  report('creative: navigation → continuation painted', opening.creative, 's', 3);
  report('creative: pad on the screen → continuation painted', opening.pad, 's', 1);
  machine = `${opening.device}, Chromium ${browser.version()}, ${cpus().length} cores, load ${loadBefore.toFixed(1)} before`;

  for (const mode of ['carried', 'window']) {
    const { steps, milliseconds } = await measureGeneration(bench, mode);
    report(`${steps} values, ${mode} (idle queue)`, milliseconds, 'ms', mode === 'carried' ? 50 : 150);
  }

  const drag = await measureDrag(bench);
  report('pointer event → painted continuation, training', drag, 'ms', 150);

  const tasks = await measureLongTasks(bench, 60);
  report('tasks over 50 ms, training', [tasks.perMinute], 'per minute', 1);
  report('longest task, training', [tasks.longest], 'ms');

  const training = await measureTraining(bench, seeds);
  report('Play → held-out error under persistence / 10', training.seconds, 's', 60);
  report('iterations until then', training.iterations, '');
  report('iterations per second', training.rates, '');
});

console.log(`${machine}\n\n${table()}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
