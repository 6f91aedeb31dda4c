import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One process a core: every engine of a test has one thread of its own.
    maxWorkers: 2,
    testTimeout: 120_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
