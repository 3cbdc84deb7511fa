import type { Insertable, Kysely, Updateable } from 'kysely';
import type { OrgTable, Schema } from '../../db/schema.ts';

/** The organizations of any of these names. */
export function listOrgsNamed(
  db: Kysely<Schema>,
  names: readonly string[],
): Promise<{ id: number; name: string }[]> {
  return db.selectFrom('org').select(['id', 'name']).where('name', 'in', names).execute();
}

export async function insertOrgs(db: Kysely<Schema>, rows: readonly Insertable<OrgTable>[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('org').values(rows).execute();
}

export async function replaceOrg(
  db: Kysely<Schema>,
  id: number,
  changes: Updateable<OrgTable>,
): Promise<void> {
  await db.updateTable('org').set(changes).where('id', '=', id).execute();
}
