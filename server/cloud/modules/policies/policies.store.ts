import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { CloudSchema, PolicyTable, PolicyTokenTable } from '../../db/schema.ts';

export type PolicyRow = Selectable<PolicyTable>;
export type PolicyTokenRow = Selectable<PolicyTokenTable> & { policy_uid: string };

export function listPolicies(db: Kysely<CloudSchema>, orgId: number, region: string): Promise<PolicyRow[]> {
  return db
    .selectFrom('policy')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('region', '=', region)
    .orderBy('name')
    .execute();
}

export function getPolicy(
  db: Kysely<CloudSchema>,
  orgId: number,
  region: string,
  uid: string,
): Promise<PolicyRow | undefined> {
  return db
    .selectFrom('policy')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('region', '=', region)
    .where('uid', '=', uid)
    .executeTakeFirst();
}

export function insertPolicy(db: Kysely<CloudSchema>, row: Insertable<PolicyTable>): Promise<PolicyRow> {
  return db.insertInto('policy').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updatePolicy(
  db: Kysely<CloudSchema>,
  id: number,
  changes: Updateable<PolicyTable>,
): Promise<PolicyRow> {
  return db.updateTable('policy').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

export async function deletePolicy(db: Kysely<CloudSchema>, id: number): Promise<void> {
  await db.deleteFrom('policy').where('id', '=', id).execute();
}

export function listTokens(
  db: Kysely<CloudSchema>,
  orgId: number,
  region: string,
  policyUid: string | undefined,
): Promise<PolicyTokenRow[]> {
  return tokens(db, orgId, region)
    .$if(policyUid !== undefined, (query) => query.where('policy.uid', '=', policyUid ?? ''))
    .orderBy('policy_token.name')
    .execute();
}

export function getToken(
  db: Kysely<CloudSchema>,
  orgId: number,
  region: string,
  uid: string,
): Promise<PolicyTokenRow | undefined> {
  return tokens(db, orgId, region).where('policy_token.uid', '=', uid).executeTakeFirst();
}

export async function insertToken(db: Kysely<CloudSchema>, row: Insertable<PolicyTokenTable>): Promise<void> {
  await db.insertInto('policy_token').values(row).execute();
}

export async function updateToken(
  db: Kysely<CloudSchema>,
  id: number,
  changes: Updateable<PolicyTokenTable>,
): Promise<void> {
  await db.updateTable('policy_token').set(changes).where('id', '=', id).execute();
}

export async function deleteToken(db: Kysely<CloudSchema>, id: number): Promise<void> {
  await db.deleteFrom('policy_token').where('id', '=', id).execute();
}

/** A token with its policy and organization. */
export function getTokenByHash(db: Kysely<CloudSchema>, hash: string) {
  return db
    .selectFrom('policy_token')
    .innerJoin('policy', 'policy.id', 'policy_token.policy_id')
    .innerJoin('org', 'org.id', 'policy.org_id')
    .select([
      'policy_token.id',
      'policy_token.uid',
      'policy_token.name',
      'policy_token.expires_at',
      'policy.uid as policy_uid',
      'policy.name as policy_name',
      'policy.scopes',
      'policy.realms',
      'policy.allowed_subnets',
      'org.id as org_id',
      'org.slug',
      'org.name as org_name',
    ])
    .where('policy_token.secret_hash', '=', hash)
    .executeTakeFirst();
}

function tokens(db: Kysely<CloudSchema>, orgId: number, region: string) {
  return db
    .selectFrom('policy_token')
    .innerJoin('policy', 'policy.id', 'policy_token.policy_id')
    .selectAll('policy_token')
    .select('policy.uid as policy_uid')
    .where('policy.org_id', '=', orgId)
    .where('policy.region', '=', region);
}
