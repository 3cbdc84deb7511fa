import type { Context, RequestContext } from '../../context.ts';
import { searchText } from '../../db/search.ts';
import { inTransaction, type Transactional } from '../../db/transaction.ts';
import { type AuditRow, insertAudit } from './audit.store.ts';
import { wholeEntry } from './entries.ts';

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
  await record(context, {
    ...entry,
    // Who is in no organization, and a command on the machine, act on the server as a whole.
    orgId: entry.orgId === undefined ? context.actor.orgId || null : entry.orgId,
    ...doerOf(context),
  });
}

/** What recording needs of a context: the database of the cloud side has a record of its own, in the same table. */
export type Recording = Transactional & Pick<Context, 'now'>;

/** Who does something, and from where, as it is recorded. */
export function doerOf({
  actor: { principal, credential },
  address,
  requestId,
}: Pick<RequestContext, 'actor' | 'address' | 'requestId'>): Doer {
  return {
    actor: `${principal.kind}:${principal.login || principal.name}`,
    actorId: principal.id,
    credential: { kind: credential.recordedAs ?? credential.kind, id: credential.id },
    address,
    requestId,
  };
}

/** What the server does by itself, and what nobody known did. */
export const NOBODYS = {
  credential: { kind: 'none', id: 0 },
  actorId: 0,
  address: '',
  requestId: '',
} as const;

export interface Doer {
  /** As `user:ann`. */
  actor: string;
  actorId: number;
  credential: { kind: string; id: number };
  address: string;
  requestId: string;
}

/** A change, or whatever else is recorded, with who did it. */
export interface Recorded extends Change, Doer {
  orgId: number | null;
  /** When it was, where that is not now. */
  at?: number;
}

/** Records something of somebody who is not the one that acts here. Returns its row. */
export async function record(context: Recording, entry: Recorded): Promise<AuditRow> {
  const { actor, address, requestId, action, name } = entry;
  return inTransaction(context, async ({ db, now, passage }) => {
    const row = {
      at: entry.at ?? now(),
      org_id: entry.orgId,
      actor,
      actor_id: entry.actorId,
      credential: entry.credential.kind,
      credential_id: entry.credential.id,
      address,
      request_id: requestId,
      action,
      object_kind: entry.kind,
      object_id: String(entry.id),
      object_name: name,
      change: JSON.stringify(entry.change ?? {}),
      search_text: searchText(actor, action, String(entry.id), name, address, requestId),
    };
    const kept = { id: await insertAudit(db, row), ...row };
    passage?.note(wholeEntry(kept));
    return kept;
  });
}
