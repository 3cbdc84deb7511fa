import type { Insertable, Kysely } from 'kysely';
import type { CloudSchema, LeakedTable } from '../../db/schema.ts';

export async function insertLeaked(db: Kysely<CloudSchema>, row: Insertable<LeakedTable>): Promise<void> {
  await db
    .insertInto('leaked')
    .values(row)
    .onConflict((is) => is.doNothing())
    .execute();
}

export function getLeaked(db: Kysely<CloudSchema>, secretHash: string) {
  return db
    .selectFrom('leaked')
    .innerJoin('org', 'org.id', 'leaked.org_id')
    .select(['credential_id', 'kind', 'leaked.name', 'org_id', 'org.slug'])
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst();
}
