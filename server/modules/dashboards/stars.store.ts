import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';

export async function insertStar(db: Kysely<Schema>, userId: number, dashboardId: number): Promise<void> {
  const row = { user_id: userId, dashboard_id: dashboardId };
  await db
    .insertInto('star')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteStar(db: Kysely<Schema>, userId: number, dashboardId: number): Promise<void> {
  await db.deleteFrom('star').where('user_id', '=', userId).where('dashboard_id', '=', dashboardId).execute();
}
