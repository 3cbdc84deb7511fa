import { searchText } from '../../db/search.ts';
import type { Row, Source } from '../../sources/source.ts';
import { insertContent, insertLibraryPanels, insertTags, insertVersions } from './content.store.ts';
import { type Document, documentText, readDocument } from './documents.ts';
import { type Around, foldersByUid, placesHere } from './folder-places.ts';
import { type Given, givenOn } from './given.ts';
import { bringPermissions } from './permissions.ts';
import { bringPublic, publicOnes } from './public-dashboards.ts';
import { idsFor, orgsOf, peopleOf, withoutOrg } from './refs.ts';
import type { Tally } from './report.ts';
import { flagOf, integerOf, refOf, textOf, timesOf } from './rows.ts';
import { idOf, named, type Run, type Stage } from './run.ts';
import { type Placed, titleOf, withFreeTitles } from './titles.ts';
import { bringVersions, inParts, listVersions, type Versions, versionValues } from './versions.ts';

const KIND = 'dashboard';

interface Prepared {
  /** The document of each that can be kept; or why it cannot. */
  documents: ReadonlyMap<number, Document | { fault: string }>;
  versions: ReadonlyMap<number, Versions>;
  published: ReadonlyMap<string, Row>;
  /** The folder around each, by id; none at the top. */
  around: ReadonlyMap<number, Around>;
  given: ReadonlyMap<number, readonly Given[]>;
}

/** Dashboards with their versions, tags and permissions, all in one transaction for each. */
export const DASHBOARDS: Stage<Prepared> = {
  table: 'dashboard',
  ledger: 'dashboard',
  columns: [
    'org_id',
    'uid',
    'title',
    'version',
    'is_folder',
    'folder_id',
    'folder_uid',
    'has_acl',
    'deleted',
    'created',
    'updated',
    'created_by',
    'updated_by',
  ],
  sizes: ['data'],
  equals: { is_folder: false },
  batch: 200,
  kindOf: () => KIND,
  split: (rows) => inParts(rows, 'data_bytes'),
  prepare,
  bring,
};

async function prepare({ context, source, usesRoles }: Run, rows: readonly Row[]): Promise<Prepared> {
  const most = context.config.limits.max_dashboard_bytes;
  const small = rows.filter((row) => refOf(row, 'data_bytes') <= most);
  const read = await source.rowsWith('dashboard', 'id', small.map(idOf), { columns: ['id', 'data'] });
  const documents = new Map<number, Document | { fault: string }>(
    rows.map((row) => [idOf(row), { fault: `it is larger than [limits] max_dashboard_bytes, ${most}` }]),
  );
  for (const row of read) documents.set(idOf(row), readDocument(textOf(row, 'data')));
  const around = await foldersAround(source, rows);
  const things = rows.map((row) => ({
    id: idOf(row),
    number: idOf(row),
    orgId: refOf(row, 'org_id'),
    uid: textOf(row, 'uid'),
    hasUsual: !around.has(idOf(row)) && flagOf(row, 'has_acl') === 0,
  }));
  return {
    documents,
    versions: await listVersions(source, new Map(rows.map((row) => [idOf(row), versionOf(row)]))),
    published: await publicOnes(source, rows),
    around,
    given: await givenOn(source, usesRoles, 'dashboards', things),
  };
}

/** By its uid where Grafana knows it so, as since version 10, else by its id. */
async function foldersAround(source: Source, rows: readonly Row[]): Promise<Map<number, Around>> {
  const find = await foldersByUid(
    source,
    rows.map((row) => ({ orgId: refOf(row, 'org_id'), uid: textOf(row, 'folder_uid') })),
  );
  const around = new Map<number, Around>();
  for (const row of rows) {
    const [uid, id] = [textOf(row, 'folder_uid'), refOf(row, 'folder_id')];
    if (uid !== '' && uid !== 'general') around.set(idOf(row), find(refOf(row, 'org_id'), uid));
    else if (id > 0) around.set(idOf(row), { row: { table: 'dashboard', id }, name: String(id) });
  }
  return around;
}

type Sound = Placed & { document: Document };

async function bring(
  run: Run,
  rows: readonly Row[],
  tally: Tally,
  prepared: Prepared,
): Promise<ReadonlyMap<number, number>> {
  const dashboards = await withFreeTitles(run, await placed(run, rows, prepared, tally), tally);
  const ids = await idsFor(run, 'dashboard', dashboards, tally);
  await insertAll(run, dashboards, ids, prepared);
  const here = dashboards.map((dashboard) => ({ ...dashboard, here: ids.get(dashboard.id) as number }));
  const owners = here.map(({ row, ...dashboard }) => ({ ...dashboard, version: versionOf(row) }));
  await bringVersions(run, owners, prepared.versions, tally);
  await bringPublic(run, here, prepared.published, tally);
  await bringPermissions(
    run,
    'dashboards',
    dashboards.map(({ id, orgId, uid }) => ({
      rowId: id,
      orgId,
      objectId: uid,
      given: prepared.given.get(id) ?? [],
    })),
    tally,
  );
  tally.add(KIND, 'brought', dashboards.length);
  return ids;
}

function versionOf(row: Row): number {
  return Math.max(1, integerOf(row, 'version') ?? 1);
}

async function placed(
  run: Run,
  rows: readonly Row[],
  { around, documents }: Prepared,
  tally: Tally,
): Promise<Sound[]> {
  const orgs = await orgsOf(run, rows);
  const find = await placesHere(run, [...around.values()]);
  return rows.flatMap((row): Sound[] => {
    const id = idOf(row);
    const outer = around.get(id);
    const orgId = orgs.get(refOf(row, 'org_id'));
    const place = outer && find(outer);
    const document = documents.get(id) ?? { fault: 'its JSON is not there' };
    const fault =
      orgId === undefined
        ? withoutOrg(row)
        : textOf(row, 'deleted') !== ''
          ? 'it was deleted, and lay in the trash'
          : // Outside its folder others might see it.
            outer !== undefined && place?.orgId !== orgId
            ? `the folder ${outer.name} around it did not come`
            : 'fault' in document
              ? document.fault
              : undefined;
    if (orgId === undefined || 'fault' in document || fault !== undefined) {
      tally.skip(KIND, named(row), fault ?? '');
      return [];
    }
    const uid = textOf(row, 'uid');
    return [{ id, row, kind: KIND, orgId, parentUid: place?.uid ?? '', uid, title: titleOf(row), document }];
  });
}

async function insertAll(
  run: Run,
  dashboards: readonly Sound[],
  ids: ReadonlyMap<number, number>,
  { versions }: Prepared,
): Promise<void> {
  const { context } = run;
  const people = await peopleOf(
    run,
    dashboards.flatMap(({ id, row }) => [
      refOf(row, 'created_by'),
      refOf(row, 'updated_by'),
      refOf(versions.get(id)?.newest ?? {}, 'created_by'),
    ]),
  );
  const authorOf = (row: Row, column: string): number | null => people.get(refOf(row, column))?.id ?? null;
  const all = dashboards.map((dashboard) => {
    const { row } = dashboard;
    const authors = {
      created_by: authorOf(row, 'created_by'),
      updated_by: authorOf(row, 'updated_by'),
    };
    const here = ids.get(dashboard.id) as number;
    return { ...dashboard, ...timesOf(row, context.now()), ...authors, here, version: versionOf(row) };
  });
  await insertContent(
    context.db,
    all.map(({ here, orgId, parentUid, uid, title, version, ...rest }) => ({
      id: here,
      org_id: orgId,
      uid,
      is_folder: 0,
      parent_uid: parentUid,
      title,
      search_text: searchText(title),
      version,
      created_at: rest.created_at,
      created_by: rest.created_by,
      updated_at: rest.updated_at,
      updated_by: rest.updated_by,
    })),
  );
  await insertVersions(
    context.db,
    all.map(({ id, here, row, uid, title, version, document, updated_at, updated_by }) => {
      const known = versions.get(id)?.newest;
      const renamed = title === textOf(row, 'title').trim() ? {} : { title };
      return {
        ...(known === undefined
          ? { ...versionValues({}, updated_by, updated_at), parent_version: version - 1 }
          : versionValues(known, authorOf(known, 'created_by'), updated_at)),
        dashboard_id: here,
        version,
        data: documentText(document.text, { id: here, uid, version, ...renamed }),
      };
    }),
  );
  await insertTags(
    context.db,
    all.flatMap(({ here, document }) => document.tags.map((term) => ({ dashboard_id: here, term }))),
  );
  await insertLibraryPanels(
    context.db,
    all.flatMap(({ here, orgId, document, updated_at, updated_by }) =>
      document.libraryPanels.map((element_uid) => ({
        org_id: orgId,
        dashboard_id: here,
        element_uid,
        created_at: updated_at,
        created_by: updated_by,
      })),
    ),
  );
}
