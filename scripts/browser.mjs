/**
 * The browser that tests, pictures and benchmarks drive: Chromium with the software adapter (SwiftShader) that comes
 * with it, so that all of them run on a machine without a graphics card.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ICD_PATHS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

/** Quiet, and without a call home. */
export const BASE_ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without these two a headless browser has no adapter. */
export const WEBGPU_ARGUMENTS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Options for Playwright's `chromium.launch`. UNROLL_CHROMIUM names another browser. */
export function launchOptions() {
  return { executablePath: chromiumPath(), args: [...BASE_ARGUMENTS, ...WEBGPU_ARGUMENTS] };
}

/** Path of the browser; where there is none, the path at which Debian would have put it. */
export function chromiumPath() {
  return (
    process.env['UNROLL_CHROMIUM'] ?? CHROMIUM_PATHS.find((path) => existsSync(path)) ?? CHROMIUM_PATHS[0]
  );
}

/** What the tests need and this machine lacks, each in words; an empty list where all is there. */
export function missingParts() {
  const missing = [];
  if (!existsSync(chromiumPath())) missing.push(`a Chromium browser at ${chromiumPath()}`);
  if (process.platform !== 'linux') return missing;
  const icd = process.env['VK_ICD_FILENAMES'] ? [process.env['VK_ICD_FILENAMES']] : ICD_PATHS;
  if (!icd.some((path) => existsSync(path))) missing.push(`a Vulkan driver (none of ${icd.join(', ')})`);
  if (!vulkanLoader()) missing.push('the Vulkan loader, libvulkan.so.1');
  return missing;
}

function vulkanLoader() {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
  return folders.some((folder) => existsSync(`${folder}/libvulkan.so.1`));
}

/**
 * Installs what is missing, where that can be done without asking: as root on Debian and its kin.
 * @throws Error that says what is missing and what to do about it.
 */
export function ensureBrowser() {
  if (missingParts().length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'libvulkan1'], options);
  }
  const missing = missingParts();
  if (missing.length === 0) return;
  throw new Error(
    `Missing: ${missing.join('; ')}.\n` +
      'On Debian: sudo apt-get install chromium libvulkan1\n' +
      'Elsewhere: install Chromium or Chrome 121 or later, set UNROLL_CHROMIUM to its executable and, for the kernel ' +
      'tests in Node on Linux, VK_ICD_FILENAMES to a Vulkan driver’s ICD file.',
  );
}
