import type { RequestContext } from '../../context.ts';
import { insertAudit } from './audit.store.ts';

export interface Change {
  /** What was done, in the words of the permission: 'serviceaccounts:create'. */
  action: string;
  kind: string;
  id: number | string;
  name: string;
  /** Where it was done, when not in the organization acted in. Null is the whole server. */
  orgId?: number | null;
  /** What changed, without secrets. */
  change?: Record<string, unknown>;
}

/** Records a change. To be called within the change's own transaction, so that there is never one without the other. */
export async function recordChange(context: RequestContext, entry: Change): Promise<void> {
  const { principal, credential } = context.actor;
  await insertAudit(context.db, {
    at: context.now(),
    org_id: entry.orgId === undefined ? context.actor.orgId : entry.orgId,
    actor: `${principal.kind}:${principal.login || principal.name}`,
    actor_id: principal.id,
    credential: credential.kind,
    credential_id: credential.id,
    address: context.address,
    request_id: context.requestId,
    action: entry.action,
    object_kind: entry.kind,
    object_id: String(entry.id),
    object_name: entry.name,
    change: JSON.stringify(entry.change ?? {}),
  });
}
