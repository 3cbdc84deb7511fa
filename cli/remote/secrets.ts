import type { IssuedSecret } from '../../client/shapes.ts';
import { printJson, printValue, say } from '../output.ts';
import { printable } from '../text.ts';

/** Gives a new secret to whoever asked: alone on standard output, so that a script can keep it, and the words beside it. */
export function handOver(
  issued: IssuedSecret,
  what: string,
  { json, ttl }: { json?: boolean; ttl?: number },
): void {
  const end = endOfLife(ttl === undefined ? undefined : new Date(Date.now() + ttl * 1000).toISOString());
  showOnce(issued, issued.key, `Made ${what}, named ${JSON.stringify(issued.name)}; it ${end}.`, { json });
}

/** The same with an answer of another form, and what is said of it. */
export function showOnce(
  issued: object,
  secret: string,
  made: string,
  { json }: { json?: boolean | undefined },
): void {
  if (json) return printJson(issued);
  say(printable(`${made} Its secret is shown only now:`));
  printValue(secret);
}

/** When a secret ends, which is an ISO 8601 time, or never. */
export function endOfLife(expiresAt: string | undefined): string {
  return expiresAt === undefined ? 'never expires' : `expires ${expiresAt.slice(0, 16)}Z`;
}

/** Whether a key or token is still good. */
export function stateOf(secret: {
  isRevoked?: boolean;
  hasExpired?: boolean;
  expiration?: string | null;
}): 'active' | 'expired' | 'revoked' {
  if (secret.isRevoked) return 'revoked';
  const isPast = typeof secret.expiration === 'string' && Date.parse(secret.expiration) <= Date.now();
  return (secret.hasExpired ?? isPast) ? 'expired' : 'active';
}
