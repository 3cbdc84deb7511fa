import type { Identity } from '../../access/identity.ts';
import type { RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import { requireOrg } from '../orgs/orgs.ts';
import { requireTeam } from '../teams/teams.ts';

/** Whose preferences they are, within one organization. */
export interface Owner {
  orgId: number;
  key: string;
  userId: number | null;
  teamId: number | null;
  /** How the record of changes names it. */
  entry: { action: string; kind: string; id: number; name: string };
}

/** Whose preferences count for who asks, the first before the others: their own, their teams', the organization's. */
export function ownersFor({ principal, teams }: Identity): string[] {
  const own = principal.kind === 'user' ? [`user:${principal.id}`] : [];
  return [...own, ...teams.map(({ id }) => `team:${id}`), 'org'];
}

/** The organization acted in. Throws 404. */
export async function orgOwner(context: RequestContext): Promise<Owner> {
  const { id, name } = await requireOrg(context, context.actor.orgId);
  const entry = { action: 'orgs.preferences:write', kind: 'org', id, name };
  return { orgId: id, key: 'org', userId: null, teamId: null, entry };
}

/** The person who asks, in the organization acted in. Throws 400 for who is in none. */
export async function ownOwner({ actor }: RequestContext): Promise<Owner> {
  const { id, login } = actor.principal;
  if (actor.orgId === 0) {
    throw badRequest('Preferences are kept for each organization, and you are in none.');
  }
  const entry = { action: 'users.preferences:write', kind: 'user', id, name: login };
  return { orgId: actor.orgId, key: `user:${id}`, userId: id, teamId: null, entry };
}

/** A team of the organization acted in. Throws 404. */
export async function teamOwner(context: RequestContext, idOrUid: string): Promise<Owner> {
  const { id, org_id, name } = await requireTeam(context, idOrUid);
  const entry = { action: 'teams:write', kind: 'team', id, name };
  return { orgId: org_id, key: `team:${id}`, userId: null, teamId: id, entry };
}
