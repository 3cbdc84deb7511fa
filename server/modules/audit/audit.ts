import type { RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { insertAudit } from './audit.store.ts';

export interface Change {
  /** What was done, in the words of the permission: 'serviceaccounts:create'. */
  action: string;
  kind: string;
  id: number | string;
  name: string;
  /** Where it was done, when not in the organization acted in. Null is the whole server. */
  orgId?: number | null;
  /**
   * What changed, without secrets: the fields one by one, never what was sent as a whole, where anything may be. `before` has them
   * as they were.
   */
  change?: Record<string, unknown>;
}

/** Records a change. To be called within the change's own transaction, so that there is never one without the other. */
export async function recordChange(context: RequestContext, entry: Change): Promise<void> {
  const { principal, credential, orgId } = context.actor;
  const actor = `${principal.kind}:${principal.login || principal.name}`;
  const { action, name } = entry;
  const { address, requestId } = context;
  await insertAudit(context.db, {
    at: context.now(),
    // Who is in no organization, and a command on the machine, act on the server as a whole.
    org_id: entry.orgId === undefined ? orgId || null : entry.orgId,
    actor,
    actor_id: principal.id,
    credential: credential.kind,
    credential_id: credential.id,
    address,
    request_id: requestId,
    action,
    object_kind: entry.kind,
    object_id: String(entry.id),
    object_name: name,
    change: JSON.stringify(entry.change ?? {}),
    search_text: searchText(actor, action, String(entry.id), name, address, requestId),
  });
}
