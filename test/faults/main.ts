import { breakPostgres } from './break-postgres.ts';
import { breakSqlite } from './break-sqlite.ts';
import { breakGroup } from './group.ts';
import { kill } from './kill.ts';
import { migrationSurvivesKills } from './migration.ts';
import { once } from './once.ts';
import { peers } from './peers.ts';
import { stop } from './stop.ts';
import { type Row, type Run, summary, teller } from './table.ts';

// Long runs that break things on purpose. `npm run faults -- stop` runs one of them, without a name all; `--short` is the form for
// each change.
const RUNS: Record<string, Run> = {
  stop,
  'break-sqlite': breakSqlite,
  'break-postgres': breakPostgres,
  peers,
  group: breakGroup,
  migration: migrationSurvivesKills,
  once,
  kill,
};

const given = process.argv.slice(2);
const wanted = given.filter((word) => word !== '--short');
const unknown = wanted.filter((name) => !Object.hasOwn(RUNS, name));
if (unknown.length > 0) {
  console.error(`There is no run ${unknown.join(', ')}. Use: ${Object.keys(RUNS).join(', ')}.`);
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const [name, run] of Object.entries(RUNS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await run(teller(name, rows, given.includes('--short')));
  }
  console.log(`\n${summary(rows)}`);
  process.exitCode = rows.some(({ failure }) => failure !== undefined) ? 1 : 0;
}
