/**
 * `npm run test:lavapipe`: the kernel tests on a second driver, Mesa's lavapipe, which shares no code with the
 * SwiftShader of `npm test`. `npm run test:lavapipe -- recurrent loss` runs the files with such names only.
 *
 * UNROLL_LAVAPIPE names the driver's ICD file where it is in none of the usual folders.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ICD_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
/** Every new shader is compiled by LLVM at its first use, some for many seconds. */
const TEST_TIMEOUT = 900_000;

/** Path of lavapipe's ICD file; undefined where there is none. */
function findDriver() {
  const named = process.env['UNROLL_LAVAPIPE'];
  if (named) return existsSync(named) ? named : undefined;
  return ICD_FOLDERS.filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .find((path) => /\/lvp_icd[^/]*\.json$/.test(path));
}

/** How Dawn describes the adapter of an ICD file; empty where it takes none. In a process of its own, as a loader looks once. */
function describe(icd) {
  const ask = `const { create } = await import('webgpu');
    const gpu = create([]);
    const info = (await gpu.requestAdapter())?.info;
    console.log(info ? info.architecture + ' · ' + info.description + ' · ' + info.device : '');
    process.exit(0);`;
  const options = { env: environment(icd), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  return execFileSync(process.execPath, ['--input-type=module', '--eval', ask], options).trim();
}

function environment(icd) {
  return { ...process.env, VK_ICD_FILENAMES: icd };
}

/** Where that can be done without asking: as root on Debian 12, whose own Mesa is too old, from its backports. */
function install() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const release = readFileSync('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=bookworm$/m.test(release) ? 'bookworm-backports' : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'unroll-lavapipe-'));
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    // Beside the machine's own sources, for these two commands only.
    const list = join(folder, 'sources.list');
    writeFileSync(list, suite ? `deb http://deb.debian.org/debian ${suite} main\n` : '');
    const source = ['-o', `Dir::Etc::SourceList=${list}`];
    execFileSync('apt-get', [...source, 'update'], options);
    const target = suite ? ['--target-release', suite] : [];
    const packages = ['mesa-vulkan-drivers', 'libvulkan1'];
    const wanted = ['install', '-y', '--no-install-recommends', ...target, ...packages];
    execFileSync('apt-get', [...source, ...wanted], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ADVICE =
  'On Debian 12, as root: echo "deb http://deb.debian.org/debian bookworm-backports main" > ' +
  '/etc/apt/sources.list.d/backports.list; apt-get update; ' +
  'apt-get install -t bookworm-backports mesa-vulkan-drivers libvulkan1\n' +
  'On Debian 13 or Ubuntu 24.04 and later: sudo apt-get install mesa-vulkan-drivers libvulkan1\n' +
  'Elsewhere: install Mesa with lavapipe (25.0.7 is known to work) and set UNROLL_LAVAPIPE to its lvp_icd.json.';

/**
 * The ICD file of a lavapipe that Dawn takes, and its name.
 * @throws Error that says what is missing and what to do about it.
 */
function ensureDriver() {
  let icd = findDriver();
  if (!process.env['UNROLL_LAVAPIPE'] && !(icd && describe(icd))) {
    install();
    icd = findDriver();
  }
  if (!icd) {
    const named = process.env['UNROLL_LAVAPIPE'];
    const where = named ? `at ${named}` : `(no lvp_icd*.json in ${ICD_FOLDERS.join(', ')})`;
    throw new Error(`Missing: Mesa's lavapipe ${where}.\n${ADVICE}`);
  }
  const description = describe(icd);
  if (!description) {
    throw new Error(`Dawn takes no adapter of ${icd}: Mesa 22.3, Debian 12's own, is too old.\n${ADVICE}`);
  }
  if (!/llvmpipe|lavapipe/i.test(description)) {
    throw new Error(`${icd} is the driver of "${description}", not of lavapipe.\n${ADVICE}`);
  }
  return { icd, description };
}

function test() {
  const { icd, description } = ensureDriver();
  console.log(`On ${description}, ${icd}.\n`);
  const files = process.argv.slice(2).map((name) => `test/kernels/${name}`);
  const command = ['run', '--project=kernels', `--testTimeout=${TEST_TIMEOUT}`, ...files];
  const vitest = join('node_modules', '.bin', 'vitest');
  return spawnSync(vitest, command, { stdio: 'inherit', env: environment(icd) }).status ?? 1;
}

try {
  process.exitCode = test();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
