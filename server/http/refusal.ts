import type { CredentialKind } from '../access/identity.ts';
import { ApiError, type Refusal } from '../errors.ts';
import type { LimitedBy } from '../limits.ts';

/** What a 401 was refused for; undefined for any other error. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ApiError) || error.status !== 401) return undefined;
  return isRefusal(error.cause) ? error.cause : { reason: 'other' };
}

const REFUSED = new Set([401, 403, 429]);

/** What the log says of why; only the reason is always known. */
interface WhyRefused {
  reason: string;
  kind: string | undefined;
  credentialId: number | undefined;
  principal: string | undefined;
}

/** Why a 401, 403 or 429 is answered, and what is known of the credential, for the log; undefined for any other error. */
export function whyRefused(error: unknown): WhyRefused | undefined {
  if (!(error instanceof ApiError) || !REFUSED.has(error.status)) return undefined;
  const { cause = {} } = error as { cause?: Partial<Refusal & LimitedBy> };
  const { why, reason, limited, kind = limited, credentialId, principal } = cause;
  return { reason: why ?? reason ?? error.messageId, kind, credentialId, principal };
}

/** A credential that was refused, and where it counts. */
export interface RefusedCredential {
  orgId: number;
  kind: CredentialKind;
  credentialId: number;
}

/** Whose credential an error refuses, be it altogether or only in the organization that was asked for; undefined where that is not known. */
export function refusedBy(error: unknown): RefusedCredential | undefined {
  if (!(error instanceof ApiError) || !isRefusal(error.cause)) return undefined;
  const { org: orgId, kind, credentialId } = error.cause;
  if (orgId === undefined || kind === undefined || credentialId === undefined) return undefined;
  return { orgId, kind: kind as CredentialKind, credentialId };
}

function isRefusal(cause: unknown): cause is Refusal {
  return typeof cause === 'object' && cause !== null && 'reason' in cause;
}
