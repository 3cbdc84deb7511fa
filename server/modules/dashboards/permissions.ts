import { ADMINISTER, EDIT, type Level, VIEW } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { recordChange } from '../audit/audit.ts';
import { foldersAround, requireFolder } from '../folders/folders.ts';
import { replaceLevels } from '../object-permissions/object-permissions.ts';
import { requireDashboard } from './dashboards.ts';

/** A folder or dashboard whose permissions are shown. */
export interface Owner {
  kind: 'folders' | 'dashboards';
  id: number;
  uid: string;
  title: string;
  /** The id of the folder that it is or lies in; 0 is none. */
  folderId: number;
  /** The folders that it lies in. */
  around: readonly { uid: string; title: string }[];
}

/** A permission as it is sent: for a user or service account, for a team, or for a basic role. */
export interface Item {
  userId?: number | null;
  teamId?: number | null;
  role?: string | null;
  permission: number;
  inherited?: boolean;
}

export const LEVEL_NAMES: Record<Level, string> = { [VIEW]: 'View', [EDIT]: 'Edit', [ADMINISTER]: 'Admin' };

/** A folder as an owner of permissions. Throws 404. */
export async function folderOwner(
  context: RequestContext,
  which: { uid: string } | { id: number },
): Promise<Owner> {
  const { id, uid, title, parent_uid } = await requireFolder(context, which);
  const around = await foldersAround(context, parent_uid);
  return { kind: 'folders', id, uid, title, folderId: id, around };
}

/** A dashboard as an owner of permissions. Throws 404. */
export async function dashboardOwner(
  context: RequestContext,
  which: { uid: string } | { id: number },
): Promise<Owner> {
  const { id, uid, title, parent_uid } = await requireDashboard(context, which);
  const around = await foldersAround(context, parent_uid);
  const folderId = around.at(-1)?.id ?? 0;
  return { kind: 'dashboards', id, uid, title, folderId, around };
}

/** Makes these the permissions of something, besides what it inherits. */
export async function setPermissions(
  context: RequestContext,
  find: (context: RequestContext) => Promise<Owner>,
  items: readonly Item[],
): Promise<void> {
  const wanted = new Map<string, Level>();
  for (const item of items) {
    if (item.inherited === true) continue;
    const subject = subjectOf(item);
    if (wanted.has(subject)) throw badRequest(`items name ${subject} twice`);
    wanted.set(subject, item.permission as Level);
  }
  await inTransaction(context, async (context) => {
    const { kind, uid, title } = await find(context);
    const change = await replaceLevels(context, kind, uid, wanted);
    const entry = { kind: kind.slice(0, -1), id: uid, name: title, change };
    await recordChange(context, { ...entry, action: `${kind}.permissions:write` });
  });
}

function subjectOf({ userId, teamId, role }: Item): string {
  // Grafana's own answers name whom a permission is not for as 0.
  const named = [userId && `user:${userId}`, teamId && `team:${teamId}`, role && `role:${role}`].filter(
    Boolean,
  );
  if (named.length !== 1) throw badRequest('each of items needs one of userId, teamId and role');
  return String(named[0]);
}
