import { migrationSurvivesKills } from './migration.ts';

// Long runs that break things on purpose. `npm run faults -- migration` runs one of them; without a name, all.
const RUNS: Record<string, () => Promise<void>> = { migration: migrationSurvivesKills };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(RUNS, name));
if (unknown.length > 0) {
  console.error(`There is no run ${unknown.join(', ')}. Use: ${Object.keys(RUNS).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(RUNS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await run();
  }
}
