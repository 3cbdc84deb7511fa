import { ADMINISTER, EDIT, type Level, type ObjectKind, VIEW } from '../../access/object-levels.ts';
import type { Context, RequestContext } from '../../context.ts';
import { deletePermissionsOf, deletePermissionsOn, upsertPermission } from './object-permissions.store.ts';

/** Gives a subject ('user:7', 'role:Viewer') a level on an object of the organization acted in. */
export async function grantLevel(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
  subject: string,
  level: Level,
): Promise<void> {
  const now = context.now();
  const org_id = context.actor.orgId;
  const row = { org_id, kind, object_id: objectId, subject, level, created_at: now, updated_at: now };
  await upsertPermission(context.db, row);
}

/**
 * What a new folder, or a dashboard outside any, starts with: Viewers view, Editors edit, and its maker has a permission of
 * their own: Admin, or Edit where Admin would let an Editor delete. Keys and tokens get none, as in Grafana.
 */
export async function grantDefaults(
  context: RequestContext,
  kind: ObjectKind,
  objectId: string,
): Promise<void> {
  const { principal, role } = context.actor;
  await grantLevel(context, kind, objectId, 'role:Viewer', VIEW);
  await grantLevel(context, kind, objectId, 'role:Editor', EDIT);
  if (principal.kind !== 'user') return;
  const whole = role === 'Admin' || context.config.access_control.editors_can_delete;
  await grantLevel(context, kind, objectId, `user:${principal.id}`, whole ? ADMINISTER : EDIT);
}

/** Forgets all permissions on objects that are gone, so that a later one of the same name starts anew. */
export function dropObjects(
  context: RequestContext,
  kind: ObjectKind,
  objectIds: readonly string[],
): Promise<void> {
  return deletePermissionsOn(context.db, context.actor.orgId, kind, objectIds);
}

/** Forgets all permissions of somebody who is gone, or gone from one organization. */
export function dropSubject(context: Context, subject: string, orgId?: number): Promise<void> {
  return deletePermissionsOf(context.db, subject, orgId);
}
