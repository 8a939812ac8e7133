/**
 * Times the runtime on whatever adapter Dawn finds: per case and cell one training step, per kernel its share, and
 * generation. `--cases AB`, `--cells rnn,lstm`, `--json FILE`, `--kernels`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { initialState, openEngine } from '../../gpu/index.ts';
import { CASES, caseConfiguration, caseSeries, operations } from './cases.ts';
import { printProfile } from './profile.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: 'AB' },
    cells: { type: 'string', default: 'rnn,lstm,gru' },
    json: { type: 'string' },
    kernels: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '1' },
  },
});

const GATES: Record<string, number> = { rnn: 1, lstm: 4, gru: 3 };
const { engine, notice } = await openEngine();
if (notice) throw new Error(notice);
const ceiling = (await engine.ceiling())!;
console.log(
  `${engine.description.label}: at the most ${ceiling.gigaflops.toFixed(1)} GFLOP/s in registers, ` +
    `${ceiling.gigabytes.toFixed(1)} GB/s copying`,
);

const results: Record<string, unknown>[] = [];

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Milliseconds of one call in a row of so many, for about the seconds asked for; at least three rows. */
async function time(
  work: (count: number) => Promise<unknown>,
): Promise<{ median: number; least: number; most: number }> {
  await work(1);
  await work(3);
  const begun = performance.now();
  await work(3);
  const once = (performance.now() - begun) / 3;
  const seconds = Number(options.seconds);
  const count = Math.max(1, Math.min(400, Math.round((seconds * 1000) / 5 / once)));
  const rows: number[] = [];
  for (let row = 0; row < 5; row += 1) {
    const start = performance.now();
    await work(count);
    rows.push((performance.now() - start) / count);
  }
  return { median: median(rows), least: Math.min(...rows), most: Math.max(...rows) };
}

for (const test of CASES.filter(({ name }) => options.cases.includes(name))) {
  for (const cell of options.cells.split(',')) {
    const configuration = caseConfiguration(test, cell);
    const begun = performance.now();
    const run = await engine.createRun(configuration, caseSeries(test), initialState(configuration));
    await run.advance(1);
    const compile = performance.now() - begun;
    const step = await time((count) => run.advance(count));
    const rate = operations(test, GATES[cell]!) / step.median / 1e6;
    const row: Record<string, unknown> = {
      case: test.name,
      cell,
      milliseconds: step,
      gigaflops: rate,
      dispatches: run.cost.dispatchesPerIteration,
      bytes: run.cost.bytes,
      firstStepMilliseconds: compile,
    };
    console.log(
      `${test.name} ${cell.padEnd(4)} training step ${step.median.toFixed(3)} ms (${step.least.toFixed(3)}–${step.most.toFixed(3)}), ` +
        `${rate.toFixed(1)} GFLOP/s, ${run.cost.dispatchesPerIteration} dispatches, first step ${compile.toFixed(0)} ms`,
    );
    if (test.input === 1) {
      for (const mode of ['carried', 'window'] as const) {
        const seed = Float32Array.from({ length: test.steps }, (_, index) => Math.sin(index / 3));
        const request = { seed, steps: 300, mode, window: test.steps, noise: 0, draws: 1, randomSeed: 1 };
        const values = await time(async (count) => {
          for (let index = 0; index < count; index += 1) await run.generate(request);
        });
        row[`${mode}Milliseconds`] = values;
        console.log(`${test.name} ${cell.padEnd(4)} 300 values, ${mode}: ${values.median.toFixed(2)} ms`);
      }
    }
    results.push(row);
    if (options.kernels) await printProfile(run);
    run.destroy();
  }
}

if (options.json) {
  const adapter = await navigator.gpu.requestAdapter();
  const { vendor, architecture, device, description } = adapter!.info;
  const machine = { vendor, architecture, device, driver: description, node: process.version };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(options.json, JSON.stringify({ date, machine, results }, null, 2));
}
process.exit(0);
