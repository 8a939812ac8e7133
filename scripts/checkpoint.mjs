/**
 * `npm run checkpoint`: makes the trained network that comes with the page. It trains the experiment of the lesson
 * `predict` as the lesson states it, seed and all, by the runtime that the page's worker runs, on Dawn, and saves it as
 * the page would. On one adapter the file comes out the same, bit for bit.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { withModules } from './modules.mjs';

const LESSON = 'app/lessons/predict.md';
const KEY = 'predict#train';
const FILE = 'public/checkpoints/predict-train.safetensors';

/** The settings that the lesson states. */
async function lessonSettings(load) {
  const { parseDocument } = await load('/app/notebook/parse.ts');
  const { experimentSettings } = await load('/app/notebook/schema.ts');
  const [, id] = KEY.split('#');
  const cell = parseDocument(readFileSync(LESSON, 'utf8')).cells.find((cell) => cell.id === id);
  if (cell?.kind !== 'experiment') throw new Error(`${LESSON} has no experiment "${id}".`);
  const { data, model, train } = cell.fence;
  // Set, so that no measurement decides over its bits.
  return experimentSettings.parse({ data, model, train: { ...train, kernels: 'steps' } });
}

/** Trains to the end; resolves with the file and the held-out error over persistence's, positions 6 and later. */
async function train(load, settings) {
  const { openEngine } = await load('/gpu/index.ts');
  const { WorkerRuntime } = await load('/app/worker/runtime.ts');
  const runtime = new WorkerRuntime(openEngine);
  let last = null;
  let shown = 0;
  let ended;
  const end = new Promise((resolve, reject) => {
    ended = (report) => {
      if (report.status === 'stopped' || report.status === 'failed') reject(new Error(report.message));
      // The report that tells of the end may bear errors measured before it; the next ones are of the end.
      if (last?.status === 'finished' && report.heldOutError) resolve(report);
      if (report.iteration >= 250 + shown) console.log(`  ${(shown = report.iteration)} iterations`);
      last = report;
    };
  });
  const { engine, notice } = await runtime.open(
    {
      device: ({ notice }) => ended({ status: 'stopped', message: notice }),
      run: ended,
    },
    'file:///',
  );
  if (engine.kind !== 'webgpu') throw new Error(`A WebGPU adapter is needed. ${notice}`);
  console.log(`Training ${KEY} for ${settings.train.iterations} iterations on ${engine.label}.`);
  await runtime.prepare(KEY, settings);
  await runtime.play(KEY);
  const { heldOutError, persistenceError } = await end;
  return { file: await runtime.save(KEY), ratio: heldOutError.late / persistenceError.late };
}

await withModules(async (load) => {
  await load('/test/support/dawn.ts');
  const settings = await lessonSettings(load);
  const { file, ratio } = await train(load, settings);
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, file);
  console.log(
    `${FILE}: ${file.length} bytes. Over positions 6 and later the held-out error is ${ratio.toFixed(3)} of persistence's.`,
  );
});
// Dawn keeps a thread of its own.
process.exit(0);
