import type { RequestContext } from '../../context.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest, notFound } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { changed } from '../audit/changed.ts';
import { deleteGroup, insertGroup } from './team-groups.store.ts';
import { requireTeam } from './teams.ts';

/** Names a group of somewhere else as belonging to a team. Throws 404, and 400 for one that does already. */
export async function addTeamGroup(context: RequestContext, idOrUid: string, groupId: string): Promise<void> {
  await inTransaction(context, async (context) => {
    const { id, name } = await requireTeam(context, idOrUid);
    try {
      await insertGroup(context.db, { team_id: id, group_id: groupId, created_at: context.now() });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw badRequest('The team has this group already.', 'Group is already added to this team');
    }
    await record(context, id, name, { group: groupId, ...changed({ isIn: false }, { isIn: true }) });
  });
}

/** Takes a group away from a team. Throws 404. */
export async function removeTeamGroup(
  context: RequestContext,
  idOrUid: string,
  groupId: string,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { id, name } = await requireTeam(context, idOrUid);
    const wasThere = await deleteGroup(context.db, id, groupId);
    if (!wasThere) throw notFound('Team group not found', 'team.group-not-found');
    await record(context, id, name, { group: groupId, ...changed({ isIn: true }, { isIn: false }) });
  });
}

function record(
  context: RequestContext,
  id: number,
  name: string,
  change: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action: 'teams.permissions:write', kind: 'team', id, name, change });
}
