import { batchesOf, named, type Run } from './run.ts';
import { newTally } from './report.ts';
import { textOf } from './rows.ts';

const KIND = 'custom role';
// Those of Grafana itself: what managed ones give comes as permissions, and the others are here too.
const OWN = /^(managed|basic|fixed|plugins|extsvc|externalservice)[:.]/;

/** Names every role that somebody made: they are not brought. */
export async function nameCustomRoles(run: Run): Promise<void> {
  const roles = { table: 'role', columns: ['name', 'org_id'], batch: 500 };
  for await (const rows of batchesOf(run, roles)) {
    const tally = newTally();
    for (const row of rows.filter((one) => !OWN.test(textOf(one, 'name')))) {
      tally.add(KIND, 'found');
      tally.skip(
        KIND,
        named(row),
        'custom roles are not brought: make it anew, and give it to whom it is for',
      );
    }
    run.report.take(tally);
  }
}
