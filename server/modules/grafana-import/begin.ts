import { hash } from 'node:crypto';
import type { RequestContext } from '../../context.ts';
import { inCheckedTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import type { Source } from '../../sources/source.ts';
import { isUntouched } from './begin.store.ts';
import { insertRange, listRanges, type Numbered, type Range, skipIds } from './ids.store.ts';
import { getSource, insertSigns, insertSource } from './ledger.store.ts';
import { refOf, textOf } from './rows.ts';

/** Where the ids of our tables come from, as far as they are kept. */
const NUMBERED: Record<Numbered, string> = {
  org: 'org',
  identity: 'user',
  team: 'team',
  credential: 'api_key',
  dashboard: 'dashboard',
  data_source: 'data_source',
  library_element: 'library_element',
  playlist: 'playlist',
  annotation: 'annotation',
};

/** No id above it is kept: what comes later must have ids that clients can hold. */
const MOST_ID = 1_000_000_000;
const SIGNS = 20;

/** The least of what every Grafana from 8 to 12 has. */
const NEEDED: Record<string, readonly string[]> = {
  org: ['id', 'name'],
  user: ['id', 'login', 'email', 'org_id'],
  org_user: ['org_id', 'user_id', 'role'],
  api_key: ['id', 'org_id', 'name', 'key', 'role'],
  dashboard: ['id', 'org_id', 'uid', 'title', 'data', 'is_folder'],
  data_source: ['id', 'org_id', 'name', 'type'],
};

/** Refuses with 400 what is no database of Grafana's. */
export function requireGrafana(source: Source): void {
  for (const [table, columns] of Object.entries(NEEDED)) {
    const missing = !source.has(table)
      ? `the table ${table}`
      : columns.find((column) => !source.has(table, column));
    if (missing === undefined) continue;
    const what = source.has(table) ? `the column ${table}.${missing}` : missing;
    throw badRequest(
      'Versions 8 to 12 are read; an older one has to be brought up to date by a newer Grafana first.',
      `${source.name} is no database of Grafana's that can be read: ${what} is missing`,
    );
  }
}

/** Which source it is in the ledger; one that was never seen is entered there. */
export async function enterSource(
  context: RequestContext,
  source: Source,
): Promise<{ sourceId: number; tookOver: boolean }> {
  const signs = await signsOf(source);
  return inCheckedTransaction(context, async (context) => {
    const known = await getSource(context.db, signs);
    const tookOver = known === undefined ? await isUntouched(context.db) : known.took_over === 1;
    const sourceId = known?.id ?? (await insertSource(context.db, tookOver, context.now()));
    await insertSigns(context.db, sourceId, signs);
    return { sourceId, tookOver };
  });
}

/** Sets aside the ids of what is to come, as far as they were never given out here, so that nothing else gets them meanwhile. */
export async function setIdsAside(
  context: RequestContext,
  source: Source,
  sourceId: number,
): Promise<Map<string, Range[]>> {
  const ranges = new Map<string, Range[]>();
  for (const [table, theirs] of Object.entries(NUMBERED) as [Numbered, string][]) {
    const upTo = await source.greatest(theirs, 'id', MOST_ID);
    ranges.set(
      table,
      await inCheckedTransaction(context, async (context) => {
        const above = await skipIds(context.db, context.config.database.type, table, upTo);
        if (upTo > above) await insertRange(context.db, sourceId, table, { above, up_to: upTo });
        return listRanges(context.db, sourceId, table);
      }),
    );
  }
  return ranges;
}

/**
 * What a Grafana is known by, whatever its file or server is called by then: the random letters that each of its users got when
 * they were made, and the number that it gave itself. Any one of them is enough, since users come and go.
 */
async function signsOf(source: Source): Promise<string[]> {
  const users = await source.page('user', {
    columns: ['id', 'salt', 'rands'],
    after: undefined,
    limit: SIGNS,
  });
  const own = await source.rowsWith('kv_store', 'key', ['anonymous_id'], {
    columns: ['namespace', 'value'],
  });
  const signs = [
    ...users
      .filter((row) => textOf(row, 'salt') + textOf(row, 'rands') !== '')
      .map((row) => `user ${refOf(row, 'id')} ${textOf(row, 'salt')} ${textOf(row, 'rands')}`),
    ...own.filter((row) => textOf(row, 'value') !== '').map((row) => `instance ${textOf(row, 'value')}`),
  ];
  if (signs.length === 0) {
    throw badRequest(
      'No user in it was ever given a salt; a second import could not know it again.',
      `${source.name} has nothing that tells it from another Grafana`,
    );
  }
  return signs.map((sign) => hash('sha256', sign, 'base64url'));
}
