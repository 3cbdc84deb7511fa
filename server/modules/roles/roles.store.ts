import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { Permission } from '../../access/granted.ts';
import type { RoleTable, Schema } from '../../db/schema.ts';

export type RoleRow = Selectable<RoleTable>;

/** The roles of an organization and those of all, by name. */
export function listRoles(db: Kysely<Schema>, orgId: number): Promise<RoleRow[]> {
  return db
    .selectFrom('role')
    .selectAll()
    .where(({ or, eb }) => or([eb('org_id', '=', orgId), eb('org_id', 'is', null)]))
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** A role of the organization or, failing that, of all. */
export async function getRole(
  db: Kysely<Schema>,
  orgId: number,
  which: { uid: string } | { id: number },
): Promise<RoleRow | undefined> {
  const rows = await db
    .selectFrom('role')
    .selectAll()
    .where(({ or, eb }) => or([eb('org_id', '=', orgId), eb('org_id', 'is', null)]))
    .$if('uid' in which, (query) => query.where('uid', '=', (which as { uid: string }).uid))
    .$if('id' in which, (query) => query.where('id', '=', (which as { id: number }).id))
    .execute();
  return rows.find((row) => row.org_id !== null) ?? rows[0];
}

/** The permissions of these roles, in order. */
export async function listPermissions(
  db: Kysely<Schema>,
  roleIds: readonly number[],
): Promise<(Permission & { role_id: number })[]> {
  if (roleIds.length === 0) return [];
  return db
    .selectFrom('role_permission')
    .select(['role_id', 'action', 'scope'])
    .where('role_id', 'in', roleIds)
    .orderBy('role_id')
    .orderBy('action')
    .orderBy('scope')
    .execute();
}

export async function insertRole(db: Kysely<Schema>, row: Insertable<RoleTable>): Promise<number> {
  const { id } = await db.insertInto('role').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateRole(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<RoleTable>,
): Promise<void> {
  await db.updateTable('role').set(changes).where('id', '=', id).execute();
}

/** Makes these the permissions of a role. */
export async function replacePermissions(
  db: Kysely<Schema>,
  roleId: number,
  permissions: readonly Permission[],
): Promise<void> {
  await db.deleteFrom('role_permission').where('role_id', '=', roleId).execute();
  if (permissions.length === 0) return;
  const rows = permissions.map(({ action, scope }) => ({ role_id: roleId, action, scope }));
  await db.insertInto('role_permission').values(rows).execute();
}

/** Deletes a role with its permissions and assignments. */
export async function deleteRoleRow(db: Kysely<Schema>, id: number): Promise<void> {
  await db.deleteFrom('role').where('id', '=', id).execute();
}
