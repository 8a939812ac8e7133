import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** As many as there are cores where this has to be quick; a kernel by itself does not fill one. */
const WORKERS = 2;

/** What takes longest begins first, lest a process be left alone with it. */
const LONGEST = /(kernels|reference)\/(options|mutants|recurrent|gradients)\.test/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [true, false].flatMap((isLong) =>
      sorted.filter(({ moduleId }) => LONGEST.test(moduleId) === isLong),
    );
  }
}

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], environment: 'node' },
      },
      {
        // Kernels on Dawn: few processes, in each of which one device serves every file.
        test: {
          name: 'kernels',
          include: ['test/kernels/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          isolate: false,
          setupFiles: ['test/support/setup.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
