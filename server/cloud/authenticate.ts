import { isCloudSecret } from '../crypto/cloud-secrets.ts';
import type { RefusalReason } from '../errors.ts';
import { tryKey, wrongKey } from '../modules/authentication/attempts.ts';
import type { Caller } from './access/caller.ts';
import { unauthorized } from './access/refusals.ts';
import type { CloudContext } from './context.ts';
import { callerByKey } from './modules/keys/keys.ts';
import { callerByToken } from './modules/policies/policy-tokens.ts';

const NOT_KNOWN = 'It is not known here: mistyped, cut off, or deleted.';
const HINT =
  'Use "Authorization: Bearer glc_…": a cloud key, or a token of an access policy. Credentials of stacks are not accepted here.';

/**
 * Who asks on the cloud side. Throws 401, 403 from an address that the policy does not allow, and 429 for a wrong credential where too
 * many came from the address: one that is right is let in.
 */
export async function authenticateCloud(
  context: CloudContext,
  authorization: string | undefined,
  address: string,
): Promise<Caller> {
  if (authorization === undefined) throw invalid('none sent');
  const [, secret = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (!isCloudSecret(secret)) throw wrongKey(context, address, invalid('malformed'));
  const caller = await tryKey(
    context,
    address,
    async () => (await callerByKey(context, secret)) ?? (await callerByToken(context, secret, address)),
  );
  if (caller === undefined) throw wrongKey(context, address, invalid('unknown', NOT_KNOWN));
  return caller;
}

// Grafana: these words, whatever is wrong with it.
function invalid(reason: RefusalReason, hint = HINT) {
  return unauthorized('Token invalid', hint, { reason });
}
