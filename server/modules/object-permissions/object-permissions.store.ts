import type { Insertable, Kysely } from 'kysely';
import type { Level } from '../../access/object-levels.ts';
import { loginOf } from '../../db/author.ts';
import { inParts } from '../../db/parts.ts';
import type { ObjectPermissionTable, Schema } from '../../db/schema.ts';

export async function upsertPermission(
  db: Kysely<Schema>,
  row: Insertable<ObjectPermissionTable>,
): Promise<void> {
  await db
    .insertInto('object_permission')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'kind', 'object_id', 'subject'])
        .doUpdateSet({ level: row.level, updated_at: row.updated_at }),
    )
    .execute();
}

export async function deletePermissionsOn(
  db: Kysely<Schema>,
  orgId: number,
  kind: string,
  objectIds: readonly string[],
): Promise<void> {
  await inParts(objectIds, (some) =>
    db
      .deleteFrom('object_permission')
      .where('org_id', '=', orgId)
      .where('kind', '=', kind)
      .where('object_id', 'in', some)
      .execute(),
  );
}

/** Takes a level on one object away from a subject that has just this one. */
export async function deleteLevel(
  db: Kysely<Schema>,
  { orgId, kind, id }: { orgId: number; kind: string; id: string },
  subject: string,
  level: Level,
): Promise<void> {
  await db
    .deleteFrom('object_permission')
    .where('org_id', '=', orgId)
    .where('kind', '=', kind)
    .where('object_id', '=', id)
    .where('subject', '=', subject)
    .where('level', '=', level)
    .execute();
}

export async function deletePermissionsOf(
  db: Kysely<Schema>,
  subject: string,
  orgId?: number,
): Promise<void> {
  await db
    .deleteFrom('object_permission')
    .where('subject', '=', subject)
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId as number))
    .execute();
}

/** The permissions of any of the objects of one organization. */
export function listPermissionsOn(
  db: Kysely<Schema>,
  orgId: number,
  kind: string,
  objectIds: readonly string[],
) {
  if (objectIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('object_permission')
    .select(['id', 'object_id', 'subject', 'level', 'created_at', 'updated_at'])
    .where('org_id', '=', orgId)
    .where('kind', '=', kind)
    .where('object_id', 'in', objectIds)
    .orderBy('id')
    .execute();
}

/** All that a subject was given in one organization. */
export function listPermissionsOf(db: Kysely<Schema>, orgId: number, subject: string) {
  return db
    .selectFrom('object_permission')
    .select(['kind', 'object_id', 'level'])
    .where('org_id', '=', orgId)
    .where('subject', '=', subject)
    .execute();
}

/** The objects of a kind on which any of the subjects has one of these levels. */
export async function listObjectIds(
  db: Kysely<Schema>,
  orgId: number,
  kind: string,
  subjects: readonly string[],
  levels: readonly Level[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('object_permission')
    .select('object_id')
    .distinct()
    .where('org_id', '=', orgId)
    .where('kind', '=', kind)
    .where('subject', 'in', subjects)
    .where('level', 'in', levels)
    .execute();
  return rows.map((row) => row.object_id);
}

/** Login and email of the users and service accounts among these ids, which must be some. */
export function listHolders(db: Kysely<Schema>, ids: readonly number[]) {
  return db
    .selectFrom('identity')
    .leftJoin('user', 'user.id', 'identity.id')
    .select(['identity.id', 'identity.kind', 'user.email', loginOf('identity.id').as('login')])
    .where('identity.id', 'in', ids)
    .execute();
}

/** Whether a user is a member of the organization, or a service account one of its own or granted to it. */
export async function mayActIn(db: Kysely<Schema>, orgId: number, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('org_member')
    .select('user_id as id')
    .where('org_id', '=', orgId)
    .where('user_id', '=', id)
    .unionAll(db.selectFrom('service_account').select('id').where('org_id', '=', orgId).where('id', '=', id))
    .unionAll(
      db
        .selectFrom('service_account_org')
        .select('service_account_id as id')
        .where('org_id', '=', orgId)
        .where('service_account_id', '=', id),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** Names and emails of the teams of an organization among these ids, which must be some. */
export function listTeams(db: Kysely<Schema>, orgId: number, ids: readonly number[]) {
  return db
    .selectFrom('team')
    .select(['id', 'name', 'email'])
    .where('org_id', '=', orgId)
    .where('id', 'in', ids)
    .execute();
}
