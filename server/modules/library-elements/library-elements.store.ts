import { type Insertable, type Kysely, sql, type Updateable } from 'kysely';
import { isFolderInSight, isInSight } from '../../access/visible.store.ts';
import type { Sight } from '../../access/visible.ts';
import { emailOf, loginOf } from '../../db/author.ts';
import type { LibraryElementTable, Schema } from '../../db/schema.ts';
import { contains } from '../../db/search.ts';

/** What somebody may read: the elements of the folders in sight and, as a member, those in none. */
export interface Reader {
  sight: Sight;
  seesGeneral: boolean;
}

/** What is searched for; every one that is given narrows it down. 0 and '' are the general folder. */
export interface Filter {
  query?: string;
  name?: string;
  kind?: number;
  types?: readonly string[];
  notUid?: string;
  folderIds?: readonly number[];
  folderUids?: readonly string[];
}

interface Slice {
  limit: number;
  offset: number;
}

/** An element without its model, of which it knows the length. */
export type ElementRow = Awaited<ReturnType<typeof listElements>>[number];

/** The elements that somebody may read and the filter lets through, by name. */
export function listElements(
  db: Kysely<Schema>,
  reader: Reader,
  filter: Filter,
  { limit, offset, isDescending = false }: Slice & { isDescending?: boolean },
) {
  const order = isDescending ? 'desc' : 'asc';
  return elements(narrowed(db, reader, filter))
    .orderBy('library_element.name_text', order)
    .orderBy('library_element.id', order)
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many there are of them. */
export async function countElements(db: Kysely<Schema>, reader: Reader, filter: Filter): Promise<number> {
  const { count } = await narrowed(db, reader, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** An element with its model. */
export type WholeElement = NonNullable<Awaited<ReturnType<typeof getElement>>>;

/** An element of the organization; for a reader only one that they may read. */
export function getElement(db: Kysely<Schema>, orgId: number, uid: string, reader?: Reader) {
  return elements(reader === undefined ? inFolders(db, orgId) : readable(db, reader))
    .select('library_element.model')
    .where('library_element.uid', '=', uid)
    .executeTakeFirst();
}

/** The models of elements, which must be some, by id. */
export async function listModels(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('library_element')
    .select(['id', 'model'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, model }) => [id, model]));
}

/** How many dashboards in sight use each of the elements, which must be some, by uid; none is no entry. */
export async function countUses(
  db: Kysely<Schema>,
  sight: Sight,
  uids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await uses(db, sight)
    .select(({ fn }) => ['element_uid', fn.countAll<number>().as('count')])
    .where('element_uid', 'in', uids)
    .groupBy('element_uid')
    .execute();
  return new Map(rows.map(({ element_uid, count }) => [element_uid, count]));
}

/** The dashboards in sight that use an element, as they came to do so. */
export function listUses(db: Kysely<Schema>, sight: Sight, uid: string, { limit, offset }: Slice) {
  const author = 'dashboard_library_panel.created_by';
  return uses(db, sight)
    .select(['dashboard_library_panel.id', 'dashboard_library_panel.created_at', author])
    .select(['dashboard.id as dashboard_id', 'dashboard.uid as dashboard_uid', 'dashboard.title'])
    .select([loginOf(author).as('created_login'), emailOf(author).as('created_email')])
    .where('element_uid', '=', uid)
    .orderBy('dashboard_library_panel.id')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** How many dashboards of the organization use the element of this uid, in sight or not. */
export async function countAllUses(db: Kysely<Schema>, orgId: number, uid: string): Promise<number> {
  const { count } = await db
    .selectFrom('dashboard_library_panel')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('org_id', '=', orgId)
    .where('element_uid', '=', uid)
    .executeTakeFirstOrThrow();
  return count;
}

/** What no two elements share: the uid in an organization, the name in a folder among those of a kind. */
export interface Identifying {
  uid: string;
  folderId: number | null;
  name: string;
  kind: number;
}

/** Whether another element than the one of an id has what no two share. */
export async function isTaken(
  db: Kysely<Schema>,
  orgId: number,
  { uid, folderId, name, kind }: Identifying,
  own = 0,
): Promise<boolean> {
  const found = await db
    .selectFrom('library_element')
    .select('id')
    .where('org_id', '=', orgId)
    .where('id', '<>', own)
    .where(({ or, and, eb }) =>
      or([
        eb('uid', '=', uid),
        and([
          folderId === null ? eb('folder_id', 'is', null) : eb('folder_id', '=', folderId),
          eb('name', '=', name),
          eb('kind', '=', kind),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

export async function insertElement(db: Kysely<Schema>, row: Insertable<LibraryElementTable>): Promise<void> {
  await db.insertInto('library_element').values(row).execute();
}

export async function updateElement(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<LibraryElementTable>,
): Promise<void> {
  await db.updateTable('library_element').set(changes).where('id', '=', id).execute();
}

export async function deleteElement(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('library_element').where('id', '=', id).execute();
}

function inFolders(db: Kysely<Schema>, orgId: number) {
  return db
    .selectFrom('library_element')
    .leftJoin('dashboard as folder', 'folder.id', 'library_element.folder_id')
    .where('library_element.org_id', '=', orgId);
}

function readable(db: Kysely<Schema>, { sight, seesGeneral }: Reader) {
  return inFolders(db, sight.orgId).where(({ or, eb }) =>
    or([
      isFolderInSight(sight, 'folder.uid'),
      ...(seesGeneral ? [eb('library_element.folder_id', 'is', null)] : []),
    ]),
  );
}

function narrowed(db: Kysely<Schema>, reader: Reader, filter: Filter) {
  const { query = '', name, kind = 0, types = [], notUid = '', folderIds = [], folderUids = [] } = filter;
  return readable(db, reader)
    .$if(query !== '', (q) => q.where(contains('library_element.search_text', query)))
    .$if(name !== undefined, (q) => q.where('library_element.name', '=', name as string))
    .$if(kind !== 0, (q) => q.where('library_element.kind', '=', kind))
    .$if(types.length > 0, (q) => q.where('library_element.type', 'in', types))
    .$if(notUid !== '', (q) => q.where('library_element.uid', '<>', notUid))
    .$if(folderIds.length > 0, (q) =>
      q.where(sql<number>`coalesce(library_element.folder_id, 0)`, 'in', folderIds),
    )
    .$if(folderUids.length > 0, (q) => q.where(sql<string>`coalesce(folder.uid, '')`, 'in', folderUids));
}

function elements(query: ReturnType<typeof inFolders>) {
  const made = 'library_element.created_by';
  const changed = 'library_element.updated_by';
  return query
    .select(['library_element.id', 'library_element.org_id', 'library_element.uid', 'library_element.name'])
    .select(['library_element.kind', 'library_element.type', 'library_element.description'])
    .select(['library_element.version', 'library_element.created_at', 'library_element.updated_at'])
    .select([made, loginOf(made).as('created_login'), emailOf(made).as('created_email')])
    .select([changed, loginOf(changed).as('updated_login'), emailOf(changed).as('updated_email')])
    .select(sql<number>`octet_length(library_element.model)`.as('model_bytes'))
    .select(['folder.id as folder_id', 'folder.uid as folder_uid', 'folder.title as folder_title']);
}

function uses(db: Kysely<Schema>, sight: Sight) {
  return db
    .selectFrom('dashboard_library_panel')
    .innerJoin('dashboard', 'dashboard.id', 'dashboard_library_panel.dashboard_id')
    .where('dashboard_library_panel.org_id', '=', sight.orgId)
    .where(isInSight(sight, 'dashboard'));
}
