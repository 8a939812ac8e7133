/** Bundles what the benchmark runs, WGSL included: single files for Node, and the page for Chromium. */
import { build } from 'vite';

/** What the processes of the benchmark load from node_modules: libraries that find files of their own beside them. */
const LIBRARIES = [
  'webgpu',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-backend-wasm',
  '@jax-js/jax',
];

/**
 * @param {string} outDir
 * @param {Record<string, string>} input modules by the name of their bundle
 * @param {readonly string[]} external what is not packed in
 */
export async function bundleForNode(outDir, input, external = LIBRARIES) {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      rollupOptions: {
        input,
        external: [...external],
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
    ssr: { noExternal: true, external: [...external] },
  });
}

/** @param {string} outDir */
export async function bundlePage(outDir) {
  await build({
    configFile: false,
    root: 'bench/chromium',
    publicDir: false,
    base: './',
    logLevel: 'error',
    // As it is written: TensorFlow.js hands the text of one of its functions to its threads.
    build: { target: 'es2022', minify: false, outDir, emptyOutDir: true, chunkSizeWarningLimit: 10_000 },
  });
}
