import type { Context } from '../../context.ts';
import { secretHash, secretOf } from '../../crypto/secrets.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type Doer, record } from '../audit/audit.ts';
import { findBySecretUntouched, hashesAmong, revokeFound } from '../credentials/credentials.ts';
import { hasImported, importedHashOf } from '../credentials/imported.ts';
import { getReport } from './leaks.store.ts';

/** Something that looks like a key or token, and where somebody found it. */
export interface Leak {
  token: string;
  type?: string | undefined;
  url?: string | undefined;
  source?: string | undefined;
}

/** The key or token that a secret is of. */
export interface Leaked {
  id: number;
  kind: 'token' | 'api-key' | 'cloud-key' | 'policy-token';
  name: string;
  orgId: number;
  /** The slug of the stack that it is in. */
  stack?: string;
  /** The slug of the organization of the cloud side that it is of. */
  cloudOrg?: string;
}

/** What is said of leaks that were reported together: an answer for each, and where nobody could look for them, such as the slug of a stack. */
export interface Judgement {
  leaked: (Leaked | undefined)[];
  unseen: string[];
}

/** Revokes what was found wherever this process keeps keys and tokens besides its own database. */
export type RevokeElsewhere = (doer: Doer, leaks: readonly Leak[]) => Promise<Judgement>;

const LONGEST_URL = 500;
const LONGEST_SEGMENT = 60;
// What is shorter is no secret, and stands in many a word.
const SHORTEST_TOKEN = 8;
// How a token, a key and a JWT begin; and what is not shown as it stands.
const SECRET_OR_ODD = /glsa_|glc_|eyJ[A-Za-z]|[\p{C}%]/u;
const SOURCE = /^[A-Za-z_ ]{1,40}$/;

/** Revokes what was found, in this database and elsewhere: a secret may be in several, where one was restored or imported twice. */
export async function revokeEverywhere(
  context: Context,
  revokeElsewhere: RevokeElsewhere | undefined,
  doer: Doer,
  leaks: readonly Leak[],
): Promise<Judgement> {
  const here = await revokeLeaks(context, doer, leaks);
  const { leaked = [], unseen = [] } = (await revokeElsewhere?.(doer, leaks)) ?? {};
  return { leaked: here.map((one, at) => one ?? leaked[at]), unseen };
}

/**
 * Revokes what was found, of whatever organization: an answer for each, undefined for what is no key or token of this database.
 * One that was revoked before is known, and stays as it is. `reported` is all that was found: none of it shows in the record.
 */
export async function revokeLeaks(
  context: Context,
  doer: Doer,
  leaks: readonly Leak[],
  reported = leaks,
): Promise<(Leaked | undefined)[]> {
  // Scanners find the same secret in many places.
  const known = new Map<string, Leaked | undefined>();
  for (const [token, leak] of bySecret(leaks)) {
    known.set(token, await revokeLeak(context, doer, { ...leak, token }, reported));
  }
  return leaks.map(({ token }) => known.get(token.trim()));
}

/** What was found, by what it is without the space around it. */
export function bySecret(leaks: readonly Leak[]): Map<string, Leak> {
  const found = new Map<string, Leak>();
  for (const leak of leaks) {
    const token = leak.token.trim();
    if (!found.has(token)) found.set(token, leak);
  }
  return found;
}

/** Looks for the same leaks in one database after the other, at the cost of two queries each. */
export interface Search {
  /** Whether any of them has the form of a key or token. */
  isWorthwhile: boolean;
  /** Those that may be of a database; undefined where that has imported ones and the search is not `complete`. */
  among(database: Pick<Context, 'db'>): Promise<Leak[] | undefined>;
  /** Has imported ones be found too: 15 ms for each leak, once. */
  complete(): Promise<void>;
}

export function searchFor(leaks: readonly Leak[]): Search {
  const found = bySecret(leaks);
  // A key may be spelled in several ways.
  const byHash = new Map<string, Leak[]>();
  const add = (hash: string, leak: Leak): void => {
    byHash.set(hash, [...(byHash.get(hash) ?? []), leak]);
  };
  for (const [token, leak] of found) {
    const secret = secretOf(token);
    if (secret !== undefined) add(secretHash(secret), leak);
  }
  let isComplete = false;
  return {
    isWorthwhile: byHash.size > 0,
    async among(database) {
      if (!isComplete && (await hasImported(database))) return undefined;
      const there = await hashesAmong(database, [...byHash.keys()]);
      return [...new Set([...byHash].flatMap(([hash, same]) => (there.has(hash) ? same : [])))];
    },
    async complete() {
      for (const [token, leak] of found) {
        const hash = await importedHashOf(token);
        if (hash !== undefined) add(hash, leak);
      }
      isComplete = true;
    },
  };
}

async function revokeLeak(
  context: Context,
  doer: Doer,
  leak: Leak,
  reported: readonly Leak[],
): Promise<Leaked | undefined> {
  const secret = secretOf(leak.token);
  if (secret === undefined) return undefined;
  // Nobody used it by this: an imported one keeps the hash that it has.
  const found = await findBySecretUntouched(context, secret, leak.token);
  if (found === undefined) return undefined;
  return inTransaction(context, async (context) => {
    const revoked = await revokeFound(context, found.id, secret);
    if (revoked === undefined) return undefined;
    const { row, isNew } = revoked;
    const kind = row.service_account_id === null ? ('api-key' as const) : ('token' as const);
    if (isNew) {
      await record(context, {
        ...doer,
        orgId: row.org_id,
        action: 'leaks:revoke',
        kind,
        id: row.id,
        name: row.name,
        change: { ...placeOf(leak, reported) },
      });
    }
    return { id: row.id, kind, name: row.name, orgId: row.org_id };
  });
}

/** When a key or token was reported as leaked, in milliseconds since 1970, and where it was found, '' where that was not said. */
export async function findReport(
  { db }: Context,
  orgId: number,
  credentialId: number,
): Promise<{ at: number; url: string } | undefined> {
  const report = await getReport(db, orgId, credentialId);
  return report && { at: report.at, url: (JSON.parse(report.change) as { url: string }).url };
}

/** Where it was found, as it is recorded. */
export interface Found {
  url: string;
  source: string;
}

/** Where it was found, without what may be secret: any of what was reported, and each part of the path that looks like it. */
export function placeOf({ url = '', source = '' }: Leak, reported: readonly Leak[]): Found {
  const secrets = reported
    .map(({ token }) => token.trim().replace(/={1,2}$/, ''))
    .filter(({ length }) => length >= SHORTEST_TOKEN);
  return { url: shownUrl(url, secrets), source: SOURCE.test(source) ? source : '' };
}

function shownUrl(url: string, secrets: readonly string[]): string {
  const { origin, pathname } = URL.parse(url) ?? {};
  if (origin === undefined || origin === 'null' || pathname === undefined) return '';
  if (secrets.some((secret) => origin.includes(secret.toLowerCase()))) return '';
  return `${origin}${harmless(pathname, secrets)}`.slice(0, LONGEST_URL);
}

function harmless(pathname: string, secrets: readonly string[]): string {
  // Each letter of a secret may be written as %73, and a key may have a / in it.
  let path = decoded(pathname);
  if (path === undefined) return '/…';
  for (const secret of secrets) path = path.replaceAll(secret, '…');
  return path.split('/').map(shownSegment).join('/');
}

function shownSegment(segment: string): string {
  const isShown =
    segment.length <= LONGEST_SEGMENT && !SECRET_OR_ODD.test(segment) && secretOf(segment) === undefined;
  return isShown ? segment : '…';
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8: nobody can say what stands there.
    return undefined;
  }
}
