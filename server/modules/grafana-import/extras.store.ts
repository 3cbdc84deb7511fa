import type { Insertable, Kysely } from 'kysely';
import type {
  AnnotationTable,
  AnnotationTagTable,
  LibraryElementTable,
  PlaylistItemTable,
  PlaylistTable,
  PreferenceTable,
  PublicDashboardTable,
  QuotaTable,
  Schema,
  StarTable,
} from '../../db/schema.ts';

const AT_ONCE = 500;

export async function insertStars(db: Kysely<Schema>, rows: readonly Insertable<StarTable>[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('star')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds preferences of those who have none here. */
export async function insertPreferences(
  db: Kysely<Schema>,
  rows: readonly Insertable<PreferenceTable>[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('preference')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds limits that are not set here. */
export async function insertQuotas(
  db: Kysely<Schema>,
  rows: readonly Insertable<QuotaTable>[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('quota')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function insertAnnotations(
  db: Kysely<Schema>,
  rows: readonly Insertable<AnnotationTable>[],
  tags: readonly Insertable<AnnotationTagTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('annotation').values(rows).execute();
  for (let start = 0; start < tags.length; start += AT_ONCE) {
    await db
      .insertInto('annotation_tag')
      .values(tags.slice(start, start + AT_ONCE))
      .execute();
  }
}

/** The library elements of organizations that have any of these names or uids. */
export function listElementsLike(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  { names, uids }: { names: readonly string[]; uids: readonly string[] },
): Promise<{ org_id: number; folder_id: number | null; name: string; kind: number; uid: string }[]> {
  if (orgIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('library_element')
    .select(['org_id', 'folder_id', 'name', 'kind', 'uid'])
    .where('org_id', 'in', orgIds)
    .where(({ or, eb }) => or([eb('name', 'in', [...names, '']), eb('uid', 'in', [...uids, ''])]))
    .execute();
}

export async function insertElements(
  db: Kysely<Schema>,
  rows: readonly Insertable<LibraryElementTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('library_element').values(rows).execute();
}

/** Which uids of playlists organizations have among these. */
export function listPlaylistUids(
  db: Kysely<Schema>,
  orgIds: readonly number[],
  uids: readonly string[],
): Promise<{ org_id: number; uid: string }[]> {
  if (orgIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('playlist')
    .select(['org_id', 'uid'])
    .where('org_id', 'in', orgIds)
    .where('uid', 'in', [...uids, ''])
    .execute();
}

export async function insertPlaylists(
  db: Kysely<Schema>,
  rows: readonly Insertable<PlaylistTable>[],
  items: readonly Insertable<PlaylistItemTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('playlist').values(rows).execute();
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await db
      .insertInto('playlist_item')
      .values(items.slice(start, start + AT_ONCE))
      .execute();
  }
}

/** The public dashboards that have any of these uids or tokens. */
export function listPublicLike(
  db: Kysely<Schema>,
  uids: readonly string[],
  tokens: readonly string[],
): Promise<{ org_id: number; uid: string; access_token: string }[]> {
  return db
    .selectFrom('public_dashboard')
    .select(['org_id', 'uid', 'access_token'])
    .where(({ or, eb }) => or([eb('uid', 'in', [...uids, '']), eb('access_token', 'in', [...tokens, ''])]))
    .execute();
}

export async function insertPublic(
  db: Kysely<Schema>,
  rows: readonly Insertable<PublicDashboardTable>[],
): Promise<void> {
  if (rows.length > 0) await db.insertInto('public_dashboard').values(rows).execute();
}
