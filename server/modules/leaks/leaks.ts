import type { Context } from '../../context.ts';
import { secretOf } from '../../crypto/secrets.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type Doer, record } from '../audit/audit.ts';
import { findBySecretUntouched, revokeFound } from '../credentials/credentials.ts';
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
  kind: 'token' | 'api-key';
  name: string;
  orgId: number;
}

const LONGEST_URL = 500;
const LONGEST_SEGMENT = 60;
// What is shorter is no secret, and stands in many a word.
const SHORTEST_TOKEN = 8;
// How a token, a key and a JWT begin; and what is not shown as it stands.
const SECRET_OR_ODD = /glsa_|glc_|eyJ[A-Za-z]|[\p{C}%]/u;
const SOURCE = /^[A-Za-z_ ]{1,40}$/;

/**
 * Revokes what was found, of whatever organization: an answer for each, undefined for what is no key or token of this server.
 * One that was revoked before is known, and stays as it is.
 */
export async function revokeLeaks(
  context: Context,
  doer: Doer,
  leaks: readonly Leak[],
): Promise<(Leaked | undefined)[]> {
  // Scanners find the same secret in many places.
  const known = new Map<string, Leaked | undefined>();
  const answers: (Leaked | undefined)[] = [];
  const tokens = leaks.map(({ token }) => token.trim().replace(/={1,2}$/, ''));
  for (const leak of leaks) {
    const token = leak.token.trim();
    if (!known.has(token)) {
      known.set(token, await revokeLeak(context, doer, { ...leak, token }, tokens));
    }
    answers.push(known.get(token));
  }
  return answers;
}

async function revokeLeak(
  context: Context,
  doer: Doer,
  leak: Leak,
  tokens: readonly string[],
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
        change: { url: placeOf(leak, tokens), source: SOURCE.test(leak.source ?? '') ? leak.source : '' },
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

/** Where it was found, without what may be secret: any of the tokens, and each part of the path that looks like one. */
function placeOf({ url = '' }: Leak, tokens: readonly string[]): string {
  const { origin, pathname } = URL.parse(url) ?? {};
  if (origin === undefined || origin === 'null' || pathname === undefined) return '';
  const secrets = tokens.filter(({ length }) => length >= SHORTEST_TOKEN);
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
