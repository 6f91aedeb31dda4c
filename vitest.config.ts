import { defineConfig } from 'vitest/config';

/** Tests that take long: those with the native engine, with processes or a browser, or with much to compute. */
const long = ['test/**/*.{ort,slow}.test.ts'];
/** Tests that replace modules, or that others disturb. The rest of a worker's tests load the library once for all. */
const alone = ['test/**/*.alone.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/fresh-bundle.ts',
    setupFiles: 'test/cleanup.ts',
    // One process a core: every engine of a test has one thread of its own.
    maxWorkers: 2,
    // Tests that use ONNX Runtime without scorefield's engine do not send telemetry either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 120_000,
    reporters: ['default', './test/count-reporter.ts'],
    // By their names, which is the order in which they begin.
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'engine', isolate: false, include: long } },
      {
        extends: true,
        test: { name: 'fast', isolate: false, include: ['test/**/*.test.ts'], exclude: [...long, ...alone] },
      },
    ],
  },
});
