import type { Config } from 'jest';

/**
 * Whole processes killed and started again, runs of minutes, tables of 200,000 rows: EARSHOT_TEST_HEAVY=1 npm test. The
 * same word lets some of the other tests do more: tus.client, upload-service, consumer.
 */
const HEAVY = [
  '<rootDir>/test/heavy/',
  '<rootDir>/test/postgres/',
  '<rootDir>/test/faults/(database|demo-data|disk-full|kill|memory|process|race|refusals|roles|take-over)\\.',
  '<rootDir>/test/jobs/copy-take-over\\.',
  '<rootDir>/test/api/(explain|users-command|walking)\\.',
];

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{server,sdk,console,test}/**/*.test.{ts,tsx}'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/bench/peers/',
    // Needs Chromium from the system: EARSHOT_TEST_BROWSER=1 npm test -- /browser/
    ...(process.env['EARSHOT_TEST_BROWSER'] === '1' ? [] : ['/browser/']),
    ...(process.env['EARSHOT_TEST_HEAVY'] === '1' ? [] : HEAVY),
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: false, decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
      },
    ],
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Twice the cores that the suite is meant for: half of a test's time is waiting, for PostgreSQL or a clock.
  maxWorkers: 4,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/support/count-reporter.mjs'],
};

export default config;
