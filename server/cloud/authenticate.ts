import { isCloudSecret } from '../crypto/cloud-secrets.ts';
import type { Caller } from './access/caller.ts';
import { unauthorized } from './access/refusals.ts';
import type { CloudContext } from './context.ts';
import { callerByKey } from './modules/keys/keys.ts';
import { callerByToken } from './modules/policies/policy-tokens.ts';

const HINT =
  'Use "Authorization: Bearer glc_…": a cloud key, or a token of an access policy. Credentials of stacks are not accepted here.';

/** Who asks on the cloud side. Throws 401, and 403 from an address that the policy does not allow. */
export async function authenticateCloud(
  context: CloudContext,
  authorization: string | undefined,
  address: string,
): Promise<Caller> {
  const [, secret = ''] = /^bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  // Grafana: these words, whatever is wrong with it.
  if (!isCloudSecret(secret)) throw unauthorized('Token invalid', HINT);
  const caller = (await callerByKey(context, secret)) ?? (await callerByToken(context, secret, address));
  if (caller === undefined) throw unauthorized('Token invalid', HINT);
  return caller;
}
