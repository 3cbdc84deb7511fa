import type { Context } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import { type AuditRow, countAudit, listAudit } from './audit.store.ts';

// As they stand before the name in what is recorded of an actor.
const ACTORS = ['user', 'service-account', 'api-key', 'operator'];
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
const MILLISECONDS = /^\d{1,15}$/;

/** What of the audit is asked for; '' is as if left out. */
export interface Asked {
  from?: string | undefined;
  /** Before this. */
  to?: string | undefined;
  /** A name, or one with its kind before it: `user:ann`. */
  actor?: string | undefined;
  action?: string | undefined;
  kind?: string | undefined;
  query?: string | undefined;
}

/** A page of what was done in an organization or, with null, to the server as a whole; the latest first. Throws 400 for no time. */
export async function auditEntries(
  { db }: Context,
  orgId: number | null,
  { from = '', to = '', actor = '', action, kind, query }: Asked,
  page: { limit: number; offset: number },
) {
  const times = { from: momentOf('from', from) ?? 0, to: momentOf('to', to) };
  const filter = { orgId, ...times, actors: actorsCalled(actor), action, kind, query };
  const rows = await listAudit(db, filter, page);
  // What ends within a page is counted by it.
  const endsHere = rows.length < page.limit && (rows.length > 0 || page.offset === 0);
  const totalCount = endsHere ? page.offset + rows.length : await countAudit(db, filter);
  return { totalCount, entries: rows.map(entryOf) };
}

function entryOf(row: AuditRow) {
  const colon = row.actor.indexOf(':');
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor.slice(0, colon), name: row.actor.slice(colon + 1), id: row.actor_id },
    credential: { kind: row.credential, id: row.credential_id },
    address: row.address,
    requestId: row.request_id,
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
    change: JSON.parse(row.change) as Record<string, unknown>,
  };
}

function actorsCalled(name: string): string[] {
  if (name === '') return [];
  return ACTORS.some((kind) => name.startsWith(`${kind}:`))
    ? [name]
    : ACTORS.map((kind) => `${kind}:${name}`);
}

/** A time in milliseconds since 1970; undefined where there is none. */
export function momentOf(parameter: string, text: string): number | undefined {
  if (text === '') return undefined;
  const moment = MILLISECONDS.test(text) ? Number(text) : TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw badRequest(
    `${parameter} in the query must be a time as in 2026-11-21T09:30:00Z (a + in it is written %2B), a day as in 2026-11-21, ` +
      'or milliseconds since 1970',
  );
}
