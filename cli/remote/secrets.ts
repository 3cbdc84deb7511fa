import type { IssuedSecret } from '../../client/shapes.ts';
import { printJson, printValue, say } from '../output.ts';
import { printable } from '../text.ts';

/** Gives a new secret to whoever asked: alone on standard output, so that a script can keep it, and the words beside it. */
export function handOver(
  issued: IssuedSecret,
  what: string,
  { json, ttl }: { json?: boolean; ttl?: number },
): void {
  if (json) return printJson(issued);
  const end =
    ttl === undefined
      ? 'never expires'
      : `expires ${new Date(Date.now() + ttl * 1000).toISOString().slice(0, 16)}Z`;
  say(
    printable(`Made ${what}, named ${JSON.stringify(issued.name)}; it ${end}. Its secret is shown only now:`),
  );
  printValue(issued.key);
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
