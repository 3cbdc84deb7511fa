import { hash } from 'node:crypto';
import type { RequestContext } from '../../context.ts';
import { inCheckedTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import type { Source } from '../../sources/source.ts';
import { isUntouched, wasChangedSince } from './begin.store.ts';
import { insertRange, listRanges, type Numbered, type Range, skipIds } from './ids.store.ts';
import {
  getSource,
  insertSigns,
  insertSource,
  listBrought,
  listSigns,
  updateTookOver,
} from './ledger.store.ts';
import { refOf, textOf, timeOf } from './rows.ts';

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
const PEOPLE_AT_ONCE = 1000;

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

/**
 * Which source it is in the ledger; one that was never seen is entered there. Throws 400 for one that shares users with a Grafana that
 * was imported before, but is not the same any more: its rows would be taken for the other's.
 */
export async function enterSource(
  context: RequestContext,
  source: Source,
): Promise<{ sourceId: number; tookOver: boolean }> {
  const own = await ownSigns(source);
  const people = await signsOfPeople(source);
  const signs = [...own, ...[...people.values()].filter(({ isOwn }) => isOwn).map(({ sign }) => sign)];
  if (signs.length === 0) {
    throw badRequest(
      'No user in it was ever given a salt; a second import could not know it again.',
      `${source.name} has nothing that tells it from another Grafana`,
    );
  }
  return inCheckedTransaction(context, async (context) => {
    const { db } = context;
    const known = await getSource(db, signs);
    if (known !== undefined) await requireSamePeople(context, source, known.id, people);
    const tookOver = known === undefined ? await isUntouched(db) : await isStillUntouched(db, known);
    const sourceId = known?.id ?? (await insertSource(db, tookOver, context.now()));
    const all = [...own, ...[...people.values()].map(({ sign }) => sign)];
    await insertSigns(db, sourceId, all);
    return { sourceId, tookOver };
  });
}

/** From the end of the first import on, nothing of ours is replaced any more. */
export function endTakeOver({ db }: RequestContext, sourceId: number): Promise<void> {
  return updateTookOver(db, sourceId);
}

async function isStillUntouched(
  db: RequestContext['db'],
  { took_over, begun_at }: { took_over: 0 | 1; begun_at: number },
): Promise<boolean> {
  return took_over === 1 && !(await wasChangedSince(db, begun_at));
}

async function requireSamePeople(
  { db }: RequestContext,
  source: Source,
  sourceId: number,
  people: ReadonlyMap<number, { sign: string }>,
): Promise<void> {
  const brought = await listBrought(db, sourceId, 'user', [...people.keys()]);
  const signs = [...brought.keys()].map((row) => people.get(row)?.sign ?? '');
  const known = await listSigns(db, sourceId, signs);
  const strangers = [...brought.keys()].filter((row) => !known.has(people.get(row)?.sign ?? ''));
  if (strangers.length === 0) return;
  throw badRequest(
    `User ${strangers[0]} in it is somebody else than the user ${strangers[0]} that was imported. A copy that went its own way has to go ` +
      'into a Latchkey of its own.',
    `${source.name} was once the same Grafana as one that was imported before, and is another one by now`,
  );
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

// What a Grafana is known by, whatever its file or server is called by then: the number that it gave itself, and the random letters
// that each of its users got when they were made. Any one of them is enough, since users come and go.

async function ownSigns(source: Source): Promise<string[]> {
  const own = await source.rowsWith('kv_store', 'key', ['anonymous_id'], {
    columns: ['namespace', 'value'],
  });
  return own
    .filter((row) => textOf(row, 'value') !== '')
    .map((row) => hashed(`instance ${textOf(row, 'value')}`));
}

/** What tells the users and service accounts of one Grafana from those of the same numbers in another, by their numbers. */
async function signsOfPeople(source: Source): Promise<Map<number, { sign: string; isOwn: boolean }>> {
  const signs = new Map<number, { sign: string; isOwn: boolean }>();
  for (let after: number | undefined; ;) {
    const rows = await source.page('user', {
      columns: ['id', 'salt', 'rands', 'created'],
      after,
      limit: PEOPLE_AT_ONCE,
    });
    for (const row of rows) {
      const id = refOf(row, 'id');
      const letters = textOf(row, 'salt') + textOf(row, 'rands');
      const sign =
        letters === ''
          ? `account ${id} ${Math.floor((timeOf(row, 'created') ?? 0) / 1000)}`
          : `user ${id} ${textOf(row, 'salt')} ${textOf(row, 'rands')}`;
      signs.set(id, { sign: hashed(sign), isOwn: letters !== '' });
      after = id;
    }
    if (rows.length < PEOPLE_AT_ONCE) return signs;
  }
}

function hashed(sign: string): string {
  return hash('sha256', sign, 'base64url');
}
