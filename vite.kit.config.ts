/** Bundles what runs in Node on Dawn, WGSL included, into single files: see scripts/bench-kit.mjs. */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: '.kit/bundle',
    emptyOutDir: true,
    rollupOptions: {
      input: { bench: 'bench/device/entry.ts', check: 'bench/device/check-entry.ts' },
      external: ['webgpu'],
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  ssr: { noExternal: true, external: ['webgpu'] },
});
