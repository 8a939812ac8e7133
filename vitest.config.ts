import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], environment: 'node' },
      },
      {
        // Kernels on Dawn: one process, so that one device serves every file.
        test: {
          name: 'kernels',
          include: ['test/kernels/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          isolate: false,
          fileParallelism: false,
          setupFiles: ['test/support/dawn.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
