import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Schema, SsoSettingTable } from '../../db/schema.ts';

export type SsoSettingRow = Selectable<SsoSettingTable>;

export function listSsoSettings(db: Kysely<Schema>): Promise<SsoSettingRow[]> {
  return db.selectFrom('sso_setting').selectAll().orderBy('provider').execute();
}

export function getSsoSetting(db: Kysely<Schema>, provider: string): Promise<SsoSettingRow | undefined> {
  return db.selectFrom('sso_setting').selectAll().where('provider', '=', provider).executeTakeFirst();
}

/** Keeps the settings of a provider; its uid and age stay where it has some already. */
export async function upsertSsoSetting(db: Kysely<Schema>, row: Insertable<SsoSettingTable>): Promise<void> {
  const { settings, secure_settings, updated_at } = row;
  await db
    .insertInto('sso_setting')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('provider').doUpdateSet({ settings, secure_settings, updated_at }),
    )
    .execute();
}

export async function deleteSsoSetting(db: Kysely<Schema>, provider: string): Promise<void> {
  await db.deleteFrom('sso_setting').where('provider', '=', provider).execute();
}

/** Keeps secrets that were only sealed anew. */
export async function updateSecrets(
  db: Kysely<Schema>,
  provider: string,
  secureSettings: string,
): Promise<void> {
  const changes = { secure_settings: secureSettings };
  await db.updateTable('sso_setting').set(changes).where('provider', '=', provider).execute();
}
