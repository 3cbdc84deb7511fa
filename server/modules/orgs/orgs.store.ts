import type { Insertable, Kysely, Selectable } from 'kysely';
import type { OrgTable, Schema } from '../../db/schema.ts';

export type OrgRow = Selectable<OrgTable>;

export function getOrg(db: Kysely<Schema>, id: number): Promise<OrgRow | undefined> {
  return db.selectFrom('org').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function insertOrg(
  db: Kysely<Schema>,
  row: Pick<Insertable<OrgTable>, 'name' | 'created_at' | 'updated_at'>,
): Promise<number> {
  const empty = { address1: '', address2: '', city: '', zip_code: '', state: '', country: '' };
  const { id } = await db
    .insertInto('org')
    .values({ ...empty, ...row })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
