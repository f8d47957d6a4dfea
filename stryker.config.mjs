/** Mutation tests of what must not fail silently, one part at a time: see scripts/test-mutation.mjs. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts' },
  // Wording is held by the tests of each message, not word by word.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tables and patterns are read once when a file is loaded: all tests would run for each of them.
  ignoreStatic: true,
  // Its rewriting of paths needs the API of TypeScript before 7; there is nothing to rewrite here.
  tsconfigFile: 'tsconfig.none.json',
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 5_000,
  ignorePatterns: ['dist', 'bench', 'assets', 'coverage'],
  tempDirName: '.stryker-tmp',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: process.env.MUTATION_REPORT ?? 'reports/mutation/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  // The script decides.
  thresholds: { high: 90, low: 85, break: null },
};
