import { searchText } from '../../db/search.ts';
import type { Row } from '../../sources/source.ts';
import { insertContent } from './content.store.ts';
import { type Around, foldersByUid, placesHere } from './folder-places.ts';
import { type Given, givenOn } from './given.ts';
import { bringPermissions } from './permissions.ts';
import { idsFor, newIdsFor, orgsOf, peopleOf, withoutOrg } from './refs.ts';
import { newTally, type Tally } from './report.ts';
import { flagOf, integerOf, refOf, textOf, timesOf } from './rows.ts';
import {
  batchesOf,
  bringBatch,
  countFound,
  idOf,
  named,
  type Run,
  soundRows,
  type Stage,
  unknownRows,
} from './run.ts';
import { type Placed, titleOf, withFreeTitles } from './titles.ts';

const KIND = 'folder';
const COLUMNS = [
  'org_id',
  'uid',
  'title',
  'version',
  'is_folder',
  'folder_uid',
  'parent_uid',
  'has_acl',
  'deleted',
  'created',
  'updated',
  'created_by',
  'updated_by',
];

interface Prepared {
  /** The folder around each, by id; none at the top. */
  around: ReadonlyMap<number, Around>;
  given: ReadonlyMap<number, readonly Given[]>;
}

type Pass = 'first' | 'later' | 'last';

/**
 * Brings folders from the top down: in each pass those that lie in none or in one that came, until no more come. Grafana has had two
 * tables for them: the older one of dashboards, and one of folders alone, which knows what lies in what.
 */
export async function bringFolders(run: Run): Promise<void> {
  for (let pass: Pass = 'first'; ; pass = 'later') {
    const { brought, waiting } = await onePass(run, pass);
    if (waiting === 0) return;
    if (brought > 0) continue;
    await onePass(run, 'last');
    return;
  }
}

async function onePass(run: Run, pass: Pass): Promise<{ brought: number; waiting: number }> {
  let [brought, waiting] = [0, 0];
  for (const stage of [stageOf('dashboard', pass), stageOf('folder', pass)]) {
    for await (const rows of batchesOf(run, stage)) {
      const tally = newTally();
      const sound = soundRows(stage, rows, tally);
      const listed = stage.table === 'folder' ? await onlyThere(run, sound) : sound;
      countFound(stage, listed, tally);
      const fresh = await unknownRows(run, stage, listed, tally);
      if (pass === 'first') {
        run.report.take(tally);
        run.advance(rows.length);
      }
      if (fresh.length === 0) continue;
      const done = await bringBatch(run, stage, fresh);
      run.report.take(done.tally);
      brought += done.brought;
      waiting += fresh.length - done.brought;
    }
  }
  return { brought, waiting };
}

function stageOf(table: 'dashboard' | 'folder', pass: Pass): Stage<Prepared> {
  return {
    table,
    ledger: table,
    columns: COLUMNS,
    equals: { is_folder: true },
    batch: 200,
    kindOf: () => KIND,
    prepare: (run, rows) => prepare(run, rows, table),
    bring: (run, rows, tally, prepared) => bring(run, rows, tally, { ...prepared, pass, table }),
  };
}

/** Folders that only the newer table has. */
async function onlyThere({ source }: Run, rows: readonly Row[]): Promise<Row[]> {
  const uids = rows.map((row) => textOf(row, 'uid'));
  const older = await source.rowsWith('dashboard', 'uid', uids, { columns: ['org_id', 'uid', 'is_folder'] });
  const known = new Set(older.filter((row) => flagOf(row, 'is_folder') === 1).map(key));
  return rows.filter((row) => !known.has(key(row)));
}

function key(row: Row): string {
  return `${refOf(row, 'org_id')} ${textOf(row, 'uid')}`;
}

async function prepare(
  { source, usesRoles }: Run,
  rows: readonly Row[],
  table: 'dashboard' | 'folder',
): Promise<Prepared> {
  const parents = await parentUids(source, rows, table);
  const find = await foldersByUid(
    source,
    rows.map((row) => ({ orgId: refOf(row, 'org_id'), uid: parents.get(key(row)) ?? '' })),
  );
  const around = new Map<number, Around>();
  for (const row of rows) {
    const uid = parents.get(key(row)) ?? '';
    if (uid !== '') around.set(idOf(row), find(refOf(row, 'org_id'), uid));
  }
  const things = rows.map((row) => ({
    id: idOf(row),
    number: table === 'dashboard' ? idOf(row) : undefined,
    orgId: refOf(row, 'org_id'),
    uid: textOf(row, 'uid'),
    hasUsual: flagOf(row, 'has_acl') === 0,
  }));
  return { around, given: await givenOn(source, usesRoles, 'folders', things) };
}

/** The uid of the folder around each, by organization and uid. */
async function parentUids(
  source: Run['source'],
  rows: readonly Row[],
  table: 'dashboard' | 'folder',
): Promise<Map<string, string>> {
  const own = new Map(rows.map((row) => [key(row), textOf(row, 'parent_uid') || textOf(row, 'folder_uid')]));
  if (table === 'folder') return own;
  const uids = rows.map((row) => textOf(row, 'uid'));
  const newer = await source.rowsWith('folder', 'uid', uids, { columns: ['org_id', 'uid', 'parent_uid'] });
  return new Map([...own, ...newer.map((row) => [key(row), textOf(row, 'parent_uid')] as const)]);
}

async function bring(
  run: Run,
  rows: readonly Row[],
  tally: Tally,
  { around, given, pass, table }: Prepared & { pass: Pass; table: 'dashboard' | 'folder' },
): Promise<ReadonlyMap<number, number>> {
  const { context } = run;
  const orgs = await orgsOf(run, rows);
  const find = await placesHere(run, [...around.values()]);
  const placed = rows.flatMap((row): Placed[] => {
    const id = idOf(row);
    const outer = around.get(id);
    const orgId = orgs.get(refOf(row, 'org_id'));
    const place = outer && find(outer);
    if (orgId === undefined || textOf(row, 'deleted') !== '') {
      if (pass === 'first') tally.skip(KIND, named(row), faultOf(row, orgId));
      return [];
    }
    if (outer !== undefined && place?.orgId !== orgId) {
      if (pass === 'last')
        tally.skip(KIND, named(row), `the folder ${outer.name} around it did not come, or lies in it`);
      return [];
    }
    const uid = textOf(row, 'uid');
    return [{ id, row, kind: KIND, orgId, parentUid: place?.uid ?? '', uid, title: titleOf(row) }];
  });
  const folders = await withFreeTitles(run, placed, tally);
  // The ids of the newer table are not those that anybody has seen.
  const ids =
    table === 'dashboard'
      ? await idsFor(run, 'dashboard', folders, tally)
      : await newIdsFor(run, 'dashboard', folders);
  const people = await peopleOf(
    run,
    rows.flatMap((row) => [refOf(row, 'created_by'), refOf(row, 'updated_by')]),
  );
  await insertContent(
    context.db,
    folders.map(({ id, row, orgId, parentUid, uid, title }) => ({
      id: ids.get(id) as number,
      org_id: orgId,
      uid,
      is_folder: 1,
      parent_uid: parentUid,
      title,
      search_text: searchText(title),
      version: Math.max(1, integerOf(row, 'version') ?? 1),
      ...timesOf(row, context.now()),
      created_by: people.get(refOf(row, 'created_by'))?.id ?? null,
      updated_by: people.get(refOf(row, 'updated_by'))?.id ?? null,
    })),
  );
  await bringPermissions(
    run,
    'folders',
    folders.map(({ id, orgId, uid }) => ({ rowId: id, orgId, objectId: uid, given: given.get(id) ?? [] })),
    tally,
  );
  tally.add(KIND, 'brought', folders.length);
  return ids;
}

function faultOf(row: Row, orgId: number | undefined): string {
  return orgId === undefined ? withoutOrg(row) : 'it was deleted, and lay in the trash';
}
