import { requirePermission } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { inCheckedTransaction, inTransaction } from '../../db/transaction.ts';
import { notFound } from '../../errors.ts';
import { REMEMBERED } from '../../memory.ts';
import { recordChange } from '../audit/audit.ts';
import {
  deleteAssignment,
  type Holder,
  holderOf,
  insertAssignment,
  isTeamOf,
  listAssignments,
  listMemberIds,
  listRolesOf,
} from './assignments.store.ts';
import { requireHolding } from './granted.ts';
import { type KnownRole, requireRole, rolesNamed } from './known-roles.ts';

/** Who has a role in an organization, by their ids. */
export interface Assignments {
  users: number[];
  teams: number[];
  serviceAccounts: number[];
}

/** Who is meant by a path: a user or service account, which share their ids, or a team. */
export type Whom = { kind: 'users' | 'teams'; id: number };

const DELEGATE = 'permissions:type:delegate';

/** Who has a role in the organization acted in. Throws 404. */
export async function assignmentsOf(context: RequestContext, uid: string): Promise<Assignments> {
  const { which } = await requireRole(context, uid);
  const rows = await listAssignments(context.db, which, context.actor.orgId);
  return {
    users: rows.flatMap(({ user_id }) => user_id ?? []),
    teams: rows.flatMap(({ team_id }) => team_id ?? []),
    serviceAccounts: rows.flatMap(({ service_account_id }) => service_account_id ?? []),
  };
}

/** Gives a role to these in the organization acted in, and takes it from all others there. Throws 404 and 403. */
export async function setAssignments(
  context: RequestContext,
  uid: string,
  wanted: Assignments,
): Promise<Assignments> {
  return inCheckedTransaction(context, async (context) => {
    const role = await requireRole(context, uid);
    const now = holdersIn(await assignmentsOf(context, uid));
    const then = holdersIn(wanted);
    for (const [key, holder] of then) {
      await requireInOrg(context, holder);
      if (!now.has(key)) await give(context, role, holder);
    }
    for (const [key, holder] of now) if (!then.has(key)) await take(context, role, holder);
    return assignmentsOf(context, uid);
  });
}

/** The roles that a user, a service account or a team has themselves. Throws 404. */
export async function rolesOf(context: RequestContext, whom: Whom): Promise<KnownRole[]> {
  const holder = await requireHolder(context, whom);
  return rolesNamed(context, await listRolesOf(context.db, context.actor.orgId, holder));
}

/** Gives somebody a role in the organization acted in, if they do not have it yet. Throws 404 and 403. */
export async function addRole(context: RequestContext, whom: Whom, uid: string): Promise<void> {
  await inCheckedTransaction(context, async (context) => {
    const holder = await requireHolder(context, whom);
    const role = await requireRole(context, uid);
    if (!(await rolesOf(context, whom)).some((one) => one.uid === role.uid))
      await give(context, role, holder);
  });
}

/** Makes these the roles of somebody, and no others. Throws 404 and 403. */
export async function setRoles(context: RequestContext, whom: Whom, uids: readonly string[]): Promise<void> {
  await inCheckedTransaction(context, async (context) => {
    const holder = await requireHolder(context, whom);
    const wanted = new Map<string, KnownRole>();
    for (const uid of uids) {
      const role = await requireRole(context, uid);
      wanted.set(role.uid, role);
    }
    for (const role of await rolesOf(context, whom)) {
      if (!wanted.delete(role.uid)) await take(context, role, holder);
    }
    for (const role of wanted.values()) await give(context, role, holder);
  });
}

/** Takes a role from somebody. Throws 404, also for a role that they do not have. */
export async function removeRole(context: RequestContext, whom: Whom, uid: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const holder = await requireHolder(context, whom);
    const role = await requireRole(context, uid);
    if (!(await take(context, role, holder))) {
      throw notFound('Role assignment not found', 'accesscontrol.role-assignment-not-found');
    }
  });
}

async function give(context: RequestContext, role: KnownRole, holder: Holder): Promise<void> {
  await requirePermission(context, `${kindOf(holder)}.roles:add`, DELEGATE);
  requireHolding(context, role.permissions);
  const row = { org_id: context.actor.orgId, created_at: context.now(), ...role.which, ...holder };
  await insertAssignment(context.db, row);
  await settle(context, 'add', role, holder);
}

async function take(context: RequestContext, role: KnownRole, holder: Holder): Promise<boolean> {
  await requirePermission(context, `${kindOf(holder)}.roles:remove`, DELEGATE);
  const wasThere = await deleteAssignment(context.db, context.actor.orgId, role.which, holder);
  if (wasThere) await settle(context, 'remove', role, holder);
  return wasThere;
}

async function settle(
  context: RequestContext,
  how: 'add' | 'remove',
  { uid, name }: KnownRole,
  holder: Holder,
): Promise<void> {
  if ('user_id' in holder) context.touch(REMEMBERED.user + holder.user_id);
  else if ('service_account_id' in holder) {
    context.touch(REMEMBERED.serviceAccount + holder.service_account_id);
  } else {
    for (const id of await listMemberIds(context.db, [holder.team_id])) context.touch(REMEMBERED.user + id);
  }
  const entry = { action: `${kindOf(holder)}.roles:${how}`, kind: 'role', id: uid, name };
  await recordChange(context, { ...entry, change: { ...holder } });
}

function kindOf(holder: Holder): 'users' | 'teams' {
  return 'team_id' in holder ? 'teams' : 'users';
}

async function requireHolder(context: RequestContext, { kind, id }: Whom): Promise<Holder> {
  const { db, actor } = context;
  if (kind === 'teams') {
    if (await isTeamOf(db, actor.orgId, id)) return { team_id: id };
    throw notFound('Team not found', 'team.not-found');
  }
  const holder = await holderOf(db, actor.orgId, id);
  if (holder === undefined) throw notFound('User not found', 'user.not-found');
  return holder;
}

async function requireInOrg(context: RequestContext, holder: Holder): Promise<void> {
  const [[column, id]] = Object.entries(holder) as [[string, number]];
  const found = await requireHolder(context, { kind: kindOf(holder), id });
  if (column in found) return;
  throw notFound(
    column === 'user_id' ? 'User not found' : 'Service account not found',
    'accesscontrol.assignee-not-found',
  );
}

function holdersIn({ users, teams, serviceAccounts }: Assignments): Map<string, Holder> {
  return new Map<string, Holder>([
    ...users.map((id) => [`user:${id}`, { user_id: id }] as const),
    ...teams.map((id) => [`team:${id}`, { team_id: id }] as const),
    ...serviceAccounts.map((id) => [`account:${id}`, { service_account_id: id }] as const),
  ]);
}
