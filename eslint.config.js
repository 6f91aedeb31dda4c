import tseslint from 'typescript-eslint';

const typedArrayLoops = [
  'src/data/pictures/png-reader.ts',
  'src/data/pictures/png-rows.ts',
  'src/data/pictures/tones.ts',
  'src/base/arith.ts',
  'src/base/crc32.ts',
  'src/base/sha256.ts',
  'src/base/key.ts',
  'src/base/map-into.ts',
  'src/base/random.ts',
  'src/base/box-muller.ts',
  'src/data/sets/toy.ts',
  'src/data/scaler.ts',
  'src/data/pictures/resize.ts',
  'src/data/arrays/npy.ts',
  'src/data/moments.ts',
  'src/data/standardize.ts',
  'src/data/kinds/image-batches.ts',
  'src/data/kinds/points.ts',
  'src/sde/exact/gaussian-mixture.ts',
  'src/sde/time/monotone-cubic.ts',
  'src/sde/time/piecewise.ts',
  'src/data/largest-distance.ts',
  'src/base/fft.ts',
  'src/base/assignment.ts',
  'src/base/cholesky.ts',
  'src/base/dct.ts',
  'src/data/sets/phantoms.ts',
  'src/inverse/noise.ts',
  'src/inverse/operator/**',
  'src/inverse/classical/total-variation.ts',
  'src/inverse/posterior/exact-posterior.ts',
  'src/evaluate/**',
  'src/discrete/**',
  'src/ode/adaptive.ts',
  'src/sample/adaptive/brownian-tree.ts',
  'src/sample/adaptive/straightness.ts',
  'src/sample/laws/**',
  'src/score/objectives/coupling.ts',
  'src/graph/evaluate.ts',
  'src/run/folder/crc32c.ts',
  'src/plot/png.ts',
  'src/plot/svg-layers.ts',
  'src/studio/view/picture.ts',
];

export default tseslint.config(
  {
    ignores: [
      'dist',
      '.bench',
      'coverage',
      'node_modules',
      'runs',
      'demo',
      'docs/.vitepress/dist',
      'docs/.vitepress/cache',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowArray: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
      'no-param-reassign': 'error',
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src/**', 'scripts/**', 'bench/**', 'examples/**', 'test/**'],
    // vitest takes a reporter by default export.
    ignores: ['test/count-reporter.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Names are the same everywhere: export by name.' },
      ],
    },
  },
  {
    // Rule tables of the graph are one idea each, and long.
    files: ['src/**'],
    ignores: ['src/graph/{shape-rules,evaluate,vjp,build}.ts'],
    rules: { 'max-lines': ['error', 320] },
  },
  {
    files: ['src/**'],
    ignores: ['src/cli/**', 'src/node/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from keys (base/random.ts).' },
        { object: 'Date', property: 'now', message: 'Clocks belong to src/cli and src/node.' },
      ],
    },
  },
  {
    files: [...typedArrayLoops, 'test/**', 'scripts/**', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
);
