import { setImmediate } from 'node:timers/promises';
import type { CredentialKind } from '../../access/identity.ts';
import type { Transactional } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { type AuditFilter, type AuditRow, countAudit, listAudit, listAuditAfter } from './audit.store.ts';

// As they stand before the name in what is recorded of an actor.
const ACTORS = ['user', 'service-account', 'api-key', 'operator', 'cloud', 'scanner', 'server', 'nobody'];
// As they are recorded of what was shown; nothing is, by nobody and by the server itself.
const CREDENTIALS: readonly string[] = [
  'api-key',
  'token',
  'password',
  'session',
  'machine',
  'cloud',
  'cloud-key',
  'policy-token',
  'none',
] satisfies (CredentialKind | 'cloud-key' | 'policy-token' | 'none')[];
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
const MILLISECONDS = /^\d{1,15}$/;
const CREDENTIAL = /^([a-z-]+)(?::(\d{1,15}))?$/;
const ROWS_AT_ONCE = 500;

/** Where the record is: that of a server or a stack, or that of the cloud side. */
export type Database = Pick<Transactional, 'db'>;

/** What of the audit is asked for; '' is as if left out. */
export interface Asked {
  from?: string | undefined;
  /** Before this. */
  to?: string | undefined;
  /** A name, or one with its kind before it: `user:ann`. */
  actor?: string | undefined;
  action?: string | undefined;
  kind?: string | undefined;
  /** A kind, or one with an id behind it: `token:12`. */
  credential?: string | undefined;
  address?: string | undefined;
  requestId?: string | undefined;
  query?: string | undefined;
}

/** A page of what was done in an organization or, with null, to the server as a whole; the latest first. Throws 400 for what is no time or no credential. */
export async function auditEntries(
  { db }: Database,
  orgId: number | null,
  asked: Asked,
  page: { limit: number; offset: number },
) {
  const filter = filterOf(orgId, asked);
  const rows = await listAudit(db, filter, page);
  // What ends within a page is counted by it.
  const endsHere = rows.length < page.limit && (rows.length > 0 || page.offset === 0);
  const totalCount = endsHere ? page.offset + rows.length : await countAudit(db, filter);
  return { totalCount, entries: rows.map(entryOf) };
}

/**
 * All of what was asked for, in pages from the earliest on: each is read once the one before it has been taken. Throws 400 for what
 * is no time or no credential at once.
 */
export function allEntries(
  { db }: Database,
  orgId: number | null,
  asked: Asked,
): AsyncIterable<WholeEntry[]> {
  return pages(db, filterOf(orgId, asked));
}

async function* pages(db: Database['db'], filter: AuditFilter): AsyncGenerator<WholeEntry[]> {
  for (let after: AuditRow | undefined; ;) {
    const rows = await listAuditAfter(db, filter, after, ROWS_AT_ONCE);
    after = rows.at(-1);
    if (rows.length > 0) yield rows.map(wholeEntry);
    if (rows.length < ROWS_AT_ONCE) return;
    // SQLite reads on this very thread: let the requests that wait go first.
    await setImmediate();
  }
}

function filterOf(orgId: number | null, asked: Asked): AuditFilter {
  const { from = '', to = '', actor = '', credential = '', ...others } = asked;
  const times = { from: momentOf('from', from) ?? 0, to: momentOf('to', to) };
  return { ...others, orgId, ...times, actors: actorsCalled(actor), credential: credentialOf(credential) };
}

/** An entry as it is written elsewhere: with its organization, and its time to the millisecond. */
export type WholeEntry = Omit<ReturnType<typeof entryOf>, 'at'> & { at: string; orgId: number | null };

export function wholeEntry(row: AuditRow): WholeEntry {
  const { id, ...entry } = entryOf(row);
  return { id, ...entry, at: new Date(row.at).toISOString(), orgId: row.org_id };
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

function credentialOf(text: string): AuditFilter['credential'] {
  if (text === '') return undefined;
  const [, kind, digits] = CREDENTIAL.exec(text) ?? [];
  if (kind !== undefined && CREDENTIALS.includes(kind))
    return { kind, id: digits === undefined ? undefined : Number(digits) };
  throw badRequest(
    `credential in the query must be one of ${CREDENTIALS.join(', ')}, or one with an id behind it, as in token:12`,
  );
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
