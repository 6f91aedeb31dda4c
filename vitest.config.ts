import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One process a core: every engine of a test has one thread of its own.
    maxWorkers: 2,
    // Tests that use ONNX Runtime without scorefield's engine do not send telemetry either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 120_000,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
