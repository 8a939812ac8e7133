/**
 * Gives Node a `navigator.gpu` by Dawn, on the software adapter that comes with Chromium unless VK_ICD_FILENAMES
 * names another. A missing adapter is a failure, never a skip.
 */
import { existsSync } from 'node:fs';

const SWIFTSHADER = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];
const software = SWIFTSHADER.find((path) => existsSync(path));
if (software) process.env['VK_ICD_FILENAMES'] ??= software;

const { create, globals } = await import('webgpu');
Object.assign(globalThis, globals);

declare global {
  /** Dawn's instance: kept, since its devices die with it. */
  var dawn: GPU | undefined;
}
globalThis.dawn ??= create([]);
Object.defineProperty(globalThis.navigator ?? (globalThis.navigator = {} as Navigator), 'gpu', {
  value: globalThis.dawn,
  configurable: true,
});

if (!(await globalThis.dawn.requestAdapter())) {
  throw new Error(
    'No WebGPU adapter in Node: install Chromium (for its SwiftShader) and libvulkan1, or set VK_ICD_FILENAMES.',
  );
}
