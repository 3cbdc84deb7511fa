import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { attackTable } from './test/support/attack-table.ts';
import { summaryLine } from './test/support/summary-line.ts';

const overTheWire = [
  'server/**/*.test.ts',
  'cli/**/*.test.ts',
  'test/{attacks,browser,documents,routes,compat,clients,upgrades}/**/*.test.ts',
];
// Nothing in it depends on the database.
const looks = 'test/browser/looks/*.test.ts';
const pureLogic = ['**/*.unit.test.ts', 'test/architecture.test.ts'];
const notOurs = ['**/node_modules/**', 'dist/**'];

export default defineConfig({
  test: {
    reporters:
      process.env['LATCHKEY_ATTACKS'] === 'full'
        ? ['default', attackTable(), summaryLine()]
        : ['default', summaryLine()],
    // Files of one worker share their modules: the server keeps no state in modules, and two servers in one process
    // must not meet anyway. Loading the modules anew for each file costs more than most files' tests.
    isolate: false,
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: pureLogic, exclude: notOurs } },
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: overTheWire,
          exclude: [...notOurs, ...pureLogic],
          env: { LATCHKEY_TEST_DATABASE: 'sqlite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: overTheWire,
          exclude: [...notOurs, ...pureLogic, looks],
          env: { LATCHKEY_TEST_DATABASE: 'postgres' },
          globalSetup: 'test/support/postgres.ts',
        },
      },
    ],
  },
});
