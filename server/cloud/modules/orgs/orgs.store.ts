import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { CloudOrgTable, CloudSchema, MemberTable } from '../../db/schema.ts';

export type CloudOrgRow = Selectable<CloudOrgTable>;
export type MemberRow = Selectable<MemberTable>;

export async function insertOrg(db: Kysely<CloudSchema>, row: Insertable<CloudOrgTable>): Promise<number> {
  const { id } = await db.insertInto('org').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export function getOrg(db: Kysely<CloudSchema>, id: number): Promise<CloudOrgRow | undefined> {
  return db.selectFrom('org').selectAll().where('id', '=', id).executeTakeFirst();
}

export function getOrgBySlug(db: Kysely<CloudSchema>, slug: string): Promise<CloudOrgRow | undefined> {
  return db.selectFrom('org').selectAll().where('slug', '=', slug).executeTakeFirst();
}

export function listMembers(db: Kysely<CloudSchema>, orgId: number): Promise<MemberRow[]> {
  return db.selectFrom('member').selectAll().where('org_id', '=', orgId).orderBy('username').execute();
}

/** By name, or by id where nobody has that name. */
export function getMember(
  db: Kysely<CloudSchema>,
  orgId: number,
  user: string,
): Promise<MemberRow | undefined> {
  return db
    .selectFrom('member')
    .selectAll()
    .where('org_id', '=', orgId)
    .where((is) =>
      /^\d{1,15}$/.test(user)
        ? is.or([is('username', '=', user), is('id', '=', Number(user))])
        : is('username', '=', user),
    )
    .orderBy((is) => is.case().when('username', '=', user).then(0).else(1).end())
    .executeTakeFirst();
}

export function insertMember(db: Kysely<CloudSchema>, row: Insertable<MemberTable>): Promise<MemberRow> {
  return db.insertInto('member').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updateMember(
  db: Kysely<CloudSchema>,
  id: number,
  changes: Updateable<MemberTable>,
): Promise<MemberRow> {
  return db.updateTable('member').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

export async function deleteMember(db: Kysely<CloudSchema>, id: number): Promise<void> {
  await db.deleteFrom('member').where('id', '=', id).execute();
}
