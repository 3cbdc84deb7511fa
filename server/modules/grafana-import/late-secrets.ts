import { changeSecrets, secretsSet } from '../datasources/secure-json.ts';
import { listStoredSecrets, updateStoredSecrets } from './data-sources.store.ts';
import { fitSecrets, isComplete } from './fit-secrets.ts';
import { targetsOf } from './refs.ts';
import { textOf } from './rows.ts';
import { idOf, type Stage } from './run.ts';
import { type Opener, readSecrets, type Secrets, SEALED_COLUMNS } from './secrets.ts';

/**
 * The secrets of data sources that came before, where they could not be read then: without the secret key of Grafana, or with another
 * one. What was set here meanwhile stays.
 */
export function lateSecrets(opener: Opener): Stage<ReadonlyMap<number, Secrets>> {
  return {
    table: 'data_source',
    ledger: 'data_source_secrets',
    columns: SEALED_COLUMNS,
    batch: 100,
    kindOf: () => undefined,
    prepare: ({ source }, rows) => readSecrets(source, opener, rows),
    async bring(run, rows, tally, secrets) {
      const { context } = run;
      const here = await targetsOf(run, 'data_source', rows.map(idOf));
      const stored = await listStoredSecrets(context.db, [...here.values()]);
      const done = new Map<number, number>();
      for (const row of rows) {
        const [id, found] = [idOf(row), secrets.get(idOf(row))];
        const before = stored.get(here.get(id) ?? 0);
        if (before === undefined || found === undefined) continue;
        const fresh = withoutThose(found, secretsSet(before.secure_json_data));
        const owner = { orgId: before.org_id, uid: before.uid };
        const changes = fitSecrets(fresh, { id, name: textOf(row, 'name') }, tally);
        if (Object.keys(changes).length > 0) {
          const kept = { owner, stored: before.secure_json_data };
          const changed = changeSecrets(context.seal, owner, changes, kept);
          await updateStoredSecrets(context.db, before.id, changed, context.now());
        }
        if (isComplete(found)) done.set(id, before.id);
      }
      return done;
    },
  };
}

function withoutThose({ plain, faults }: Secrets, set: Readonly<Record<string, boolean>>): Secrets {
  const fresh = Object.entries(plain).filter(([name]) => !Object.hasOwn(set, name));
  return {
    plain: Object.fromEntries(fresh),
    faults: faults.filter(({ name }) => !Object.hasOwn(set, name)),
  };
}
