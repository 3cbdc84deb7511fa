import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import type { WhichRole } from './assignments.store.ts';

export interface HolderRow {
  kind: 'user' | 'service-account' | 'team';
  id: number;
  name: string;
}

/** Those who have a role in one organization, by when they got it. */
export async function listHolders(
  db: Kysely<Schema>,
  role: WhichRole,
  orgId: number,
  { limit, offset }: { limit: number; offset: number },
): Promise<HolderRow[]> {
  const rows = await assignments(db, role, orgId)
    .leftJoin('user', 'user.id', 'role_assignment.user_id')
    .leftJoin('service_account', 'service_account.id', 'role_assignment.service_account_id')
    .leftJoin('team', 'team.id', 'role_assignment.team_id')
    .select([
      'role_assignment.user_id',
      'role_assignment.service_account_id',
      'role_assignment.team_id',
      'user.login',
      'service_account.name as account_name',
      'team.name as team_name',
    ])
    .orderBy('role_assignment.id')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map((row) => {
    if (row.team_id !== null) return { kind: 'team', id: row.team_id, name: row.team_name ?? '' };
    if (row.user_id !== null) return { kind: 'user', id: row.user_id, name: row.login ?? '' };
    return { kind: 'service-account', id: row.service_account_id ?? 0, name: row.account_name ?? '' };
  });
}

export async function countHolders(db: Kysely<Schema>, role: WhichRole, orgId: number): Promise<number> {
  const { count } = await assignments(db, role, orgId)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function assignments(db: Kysely<Schema>, role: WhichRole, orgId: number) {
  const named = db.selectFrom('role_assignment').where('role_assignment.org_id', '=', orgId);
  return 'role_id' in role
    ? named.where('role_assignment.role_id', '=', role.role_id)
    : named.where('role_assignment.fixed_role', '=', role.fixed_role);
}
