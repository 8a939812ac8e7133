/**
 * The whole test suite: `npm test`, or `npm test -- unit kernels` for some of its stages. Every stage runs, whatever
 * became of those before it; the last line is the total. A skipped test counts as failed: what did not run proves
 * nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'unroll-test-'));

/** name, what it checks, and a function that resolves with `{ passed, failed }`. */
const STAGES = [
  ['format', 'Format', () => check(['oxfmt', '--check', '.'])],
  ['lint', 'Lint, import rules', () => check(['oxlint', '--type-aware'])],
  ['types', 'Types', () => check(['tsc', '--noEmit'])],
  ['unit', 'Unit tests', () => vitest('unit')],
  ['kernels', 'Kernels against the reference, on Dawn', () => vitest('kernels')],
  ['build', 'Production build', () => check(['vite', 'build', '--logLevel', 'warn'])],
  ['e2e', 'End to end, the built page in Chromium', playwright],
];

/** Runs a command of node_modules/.bin in the foreground; resolves with its exit status. */
function run([command, ...args], environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(join('node_modules', '.bin', command), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
}

/** A command that passes or fails as one. */
async function check(command) {
  return (await run(command)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project) {
  const file = join(scratch, `${project}.json`);
  const status = await run([
    'vitest',
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = readReport(file);
  // A file that broke before its first test has failed, but lists no failed test.
  const broken = report?.testResults.filter(
    (result) =>
      result.status === 'failed' && !result.assertionResults.some(({ status }) => status === 'failed'),
  );
  return total(
    status,
    report && {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
  );
}

async function playwright() {
  const file = join(scratch, 'e2e.json');
  const status = await run(['playwright', 'test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  const stats = readReport(file)?.stats;
  return total(
    status,
    stats && {
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
    },
  );
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(`The runner left no report at ${file}.`);
    return undefined;
  }
}

/** A runner that failed, ran nothing or left no report cannot count as free of failures. */
function total(status, counts) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  if (skipped > 0) console.error(`${skipped} skipped: counted as failed.`);
  const wrong = failed + skipped;
  return { passed, failed: wrong === 0 && (status !== 0 || passed === 0) ? 1 : wrong };
}

function heading(text) {
  console.log(`\n━━ ${text} ${'━'.repeat(Math.max(0, 76 - text.length))}\n`);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STAGES.some(([stage]) => stage === name));
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(', ')}. There are: ${STAGES.map(([stage]) => stage).join(', ')}.`);
  process.exit(2);
}

const results = [];
try {
  ensureBrowser();
  for (const [stage, title, work] of STAGES) {
    if (asked.length > 0 && !asked.includes(stage)) continue;
    heading(title);
    const began = performance.now();
    const { passed, failed } = await work();
    results.push({ title, passed, failed, seconds: (performance.now() - began) / 1000 });
  }
} catch (error) {
  console.error(error.message);
  results.push({ title: 'Preparation', passed: 0, failed: 1, seconds: 0 });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

heading('Summary');
for (const { title, passed, failed, seconds } of results) {
  const time = `${seconds.toFixed(1)} s`.padStart(8);
  console.log(`${failed > 0 ? '✗' : '✓'} ${title.padEnd(42)} ${passed} passed, ${failed} failed ${time}`);
}
const sum = (field) => results.reduce((count, result) => count + result[field], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
