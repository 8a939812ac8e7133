/** The linter guards the direction of imports; these tests prove that it would notice. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LINTER = resolve('node_modules/.bin/oxlint');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-imports-'));
  copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Codes of the rules that the linter finds broken in the planted files, such as `import(no-cycle)`. */
function brokenRules(): string[] {
  const report = lint();
  return report.diagnostics.map(({ code }) => code.replace('eslint-plugin-', ''));
}

function lint(): { diagnostics: { code: string }[]; number_of_files: number } {
  const command = ['-c', '.oxlintrc.json', '--format', 'json', '.'];
  try {
    return JSON.parse(execFileSync(LINTER, command, { cwd: folder, encoding: 'utf8' }));
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout);
  }
}

test('a circular import is found, however long the circle', () => {
  plant('gpu/model/one.ts', "import { two } from './two.ts';\nexport const one = () => two();\n");
  plant('gpu/model/two.ts', "import { three } from './three.ts';\nexport const two = () => three();\n");
  plant('gpu/model/three.ts', "import { one } from './one.ts';\nexport const three = (): number => one();\n");
  const rules = brokenRules();
  expect(rules.filter((rule) => rule === 'import(no-cycle)')).toHaveLength(3);
});

test('the same files without the closing import pass', () => {
  plant('gpu/model/one.ts', "import { two } from './two.ts';\nexport const one = () => two();\n");
  plant('gpu/model/two.ts', "import { three } from './three.ts';\nexport const two = () => three();\n");
  plant('gpu/model/three.ts', 'export const three = (): number => 3;\n');
  expect(lint().number_of_files).toBe(3);
  expect(brokenRules()).toEqual([]);
});

test.each([
  ['app/cells/view.ts', '../../gpu/model/layout.ts'],
  ['app/cells/view.ts', '../../shaders/common/tanh.wgsl'],
  ['gpu/model/layout.ts', '../training/trainer.ts'],
  ['gpu/training/trainer.ts', '../../app/worker/client.ts'],
  ['gpu/reference/engine.ts', '../kernels/assembly.ts'],
  ['gpu/device/open.ts', '../kernels/assembly.ts'],
  ['gpu/layers/linear.ts', '../../shaders/linear/forward.wgsl'],
])('%s may not import %s', (from, target) => {
  plant(from, `import { thing } from '${target}';\nexport const use = () => thing();\n`);
  expect(brokenRules()).toContain('eslint(no-restricted-imports)');
});

test('the page may import the runtime through its door', () => {
  plant(
    'app/cells/view.ts',
    "import { thing } from '../../gpu/index.ts';\nexport const use = () => thing();\n",
  );
  expect(brokenRules()).toEqual([]);
});
