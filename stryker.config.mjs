/** Mutation tests of what must not fail silently: `npm run test:mutation`, or `-- --mutate src/writes/lock.ts` for a file. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts' },
  mutate: ['src/writes/*.ts', 'src/confirm/*.ts', 'src/catalog/request-guard.ts', 'src/catalog/arguments/*.ts'],
  // Wording is held by the tests of each message, not word by word.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tables and patterns are read once when a file is loaded: all tests would run for each of them.
  ignoreStatic: true,
  // Its rewriting of paths needs the API of TypeScript before 7; there is nothing to rewrite here.
  tsconfigFile: 'tsconfig.none.json',
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 20_000,
  ignorePatterns: ['dist', 'bench', 'assets', 'coverage'],
  tempDirName: '.stryker-tmp',
  reporters: ['clear-text'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
};
