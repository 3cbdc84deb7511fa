import { ADMINISTER, actionsOf, levelInTeam } from '../../access/object-levels.ts';
import type { Context, RequestContext } from '../../context.ts';
import { randomLetters } from '../../crypto/random.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type ApiError, badRequest, conflict, notFound } from '../../errors.ts';
import { allows } from '../../access/evaluate.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { dropSubject } from '../object-permissions/object-permissions.ts';
import { forgetPerson } from '../users/users.ts';
import { upsertTeamMember } from './team-members.store.ts';
import { deleteTeamRow, getTeam, insertTeam, listTeamsOf, type TeamRow, updateTeam } from './teams.store.ts';

export type { TeamRow };

const UID_LENGTH = 14;

export interface NewTeam {
  name: string;
  email?: string | null;
  /** Where the client thinks that it acts; 0 leaves it open. */
  orgId?: number;
}

/** A team of the organization acted in, by its id or, where that is no number, its uid. Throws 404. */
export async function requireTeam(context: RequestContext, idOrUid: string): Promise<TeamRow> {
  const team = await lookUp(context, context.actor.orgId, idOrUid);
  if (team === undefined) throw notFound('Team not found', 'team.not-found');
  return team;
}

/** The scope of the team that the path names, for the guard. */
export async function teamScope(
  context: Context,
  orgId: number,
  { id = '' }: Record<string, string>,
): Promise<string> {
  if (/^[1-9]\d*$/.test(id)) return `teams:id:${id}`;
  const team = await lookUp(context, orgId, id);
  // No id has brackets: who may read all teams learns that there is none, and nobody else learns anything.
  return `teams:id:${team?.id ?? '(none)'}`;
}

/** The ids of the teams that the actor may read; undefined is all of the organization. */
export function readableTeams({ actor, config }: RequestContext): number[] | undefined {
  if (allows(actor.grants, 'teams:read', ['teams:*'])) return undefined;
  const named = [...(actor.grants.get('teams:read') ?? [])]
    .filter((scope) => scope.startsWith('teams:id:'))
    .map((scope) => Number(scope.slice('teams:id:'.length)));
  const own = actor.teams.filter((part) =>
    actionsOf('teams', levelInTeam(part), config.access_control).includes('teams:read'),
  );
  return [...named.filter((id) => Number.isSafeInteger(id)), ...own.map(({ id }) => id)];
}

/** Makes a team; a person becomes its first member and Admin. Throws 409 when the name is taken. */
export async function createTeam(context: RequestContext, wanted: NewTeam): Promise<TeamRow> {
  const { orgId, principal } = context.actor;
  if (wanted.orgId && wanted.orgId !== orgId) {
    throw badRequest(
      `a team is made in the organization acted in, ${orgId}: send X-Grafana-Org-Id for another`,
    );
  }
  const { name } = wanted;
  const email = wanted.email ?? '';
  return inTransaction(context, async (context) => {
    const now = context.now();
    const id = await refusingTakenName(name, () =>
      insertTeam(context.db, {
        org_id: orgId,
        uid: randomLetters(UID_LENGTH),
        name,
        email,
        search_text: searchText(name),
        created_at: now,
        updated_at: now,
      }),
    );
    if (principal.kind === 'user') {
      const member = { team_id: id, org_id: orgId, user_id: principal.id, permission: ADMINISTER } as const;
      await upsertTeamMember(context.db, member, now);
      forgetPerson(context, principal.id);
    }
    await recordChange(context, { action: 'teams:create', kind: 'team', id, name, change: { email } });
    return requireTeam(context, String(id));
  });
}

/** Gives a team another name and email. Throws 404, and 409 when the name is taken. */
export async function changeTeam(
  context: RequestContext,
  idOrUid: string,
  { name, email: given }: NewTeam,
): Promise<void> {
  const email = given ?? '';
  await inTransaction(context, async (context) => {
    const team = await requireTeam(context, idOrUid);
    const changes = { name, email, search_text: searchText(name), updated_at: context.now() };
    await refusingTakenName(name, () => updateTeam(context.db, team.id, changes));
    const entry = { action: 'teams:write', kind: 'team', id: team.id, name: team.name };
    await recordChange(context, { ...entry, change: changed(team, { name, email }) });
  });
}

/** Deletes a team; what it was permitted is nobody's at once. Throws 404. */
export async function deleteTeam(context: RequestContext, idOrUid: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const { id, name } = await requireTeam(context, idOrUid);
    for (const member of await deleteTeamRow(context.db, id)) forgetPerson(context, member);
    await dropSubject(context, `team:${id}`);
    await recordChange(context, { action: 'teams:delete', kind: 'team', id, name });
  });
}

/** The teams of the organization acted in that somebody is in. */
export function teamsOf({ db, actor }: RequestContext, userId: number): Promise<TeamRow[]> {
  return listTeamsOf(db, actor.orgId, userId);
}

async function lookUp({ db }: Context, orgId: number, idOrUid: string): Promise<TeamRow | undefined> {
  if (!/^[A-Za-z0-9_-]+$/.test(idOrUid)) return undefined;
  if (!/^[1-9]\d*$/.test(idOrUid)) return getTeam(db, orgId, { uid: idOrUid });
  const id = Number(idOrUid);
  return Number.isSafeInteger(id) ? getTeam(db, orgId, { id }) : undefined;
}

async function refusingTakenName<T>(name: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(name) : error;
  }
}

function nameTaken(name: string): ApiError {
  const detail = `The organization has a team named ${JSON.stringify(name)} already: choose another name.`;
  return conflict('Team name taken', detail);
}
