import type { ApiFailure } from '../../client/failures.ts';
import { OWN_NAME } from '../own-name.ts';
import type { CredentialKind, Look } from './credential-look.ts';

const RENEW: Record<CredentialKind, string> = {
  'API key': `Make another: ${OWN_NAME} keys create NAME --role ROLE --ttl 1M`,
  'service account token': `Make another: ${OWN_NAME} tokens create ACCOUNT NAME --ttl 1M`,
  password: `To set another, on the server: ${OWN_NAME} reset-admin-password`,
  unknown: `Make another: ${OWN_NAME} keys create --help`,
  none: `Run "${OWN_NAME} login", or set LATCHKEY_TOKEN.`,
};

const LIST: Record<CredentialKind, string> = {
  'API key': `An Admin sees what there is: ${OWN_NAME} keys list --expired`,
  'service account token': `An Admin sees what there is: ${OWN_NAME} tokens list ACCOUNT`,
  password: `An administrator sees who there is: ${OWN_NAME} orgs users ORG`,
  unknown: `An Admin sees what there is: ${OWN_NAME} keys list --expired`,
  none: '',
};

/** What the refusal of a credential means, and what to do, in sentences. */
export function adviseOnRefusal(failure: ApiFailure, look: Look): string[] {
  const { meaning, steps } = explain(failure, look);
  return [failure.detail ?? meaning ?? '', ...steps].filter((sentence) => sentence !== '');
}

/** What to say where the server does not, and what to do in any case. */
interface Explanation {
  meaning?: string;
  steps: string[];
}

/** Whether the cloud side says it, or a stack that is suspended. */
export function isOfCloud({ messageId }: ApiFailure): boolean {
  return messageId?.startsWith('cloud.') ?? false;
}

function explain(failure: ApiFailure, look: Look): Explanation {
  const { status, message } = failure;
  if (isOfCloud(failure)) return { steps: [] };
  if (status === 401) return explain401(message.toLowerCase(), look);
  if (status === 403) {
    return {
      meaning: 'The server knows the credential, but it may not act in that organization.',
      steps: ['Leave out --org to act in its own organization.'],
    };
  }
  if (status === 429)
    return {
      steps: ['The limits are set under [rate_limiting]; those of wrong passwords under [security].'],
    };
  if (status >= 500) return { steps: ['The credential is not to blame: look at the log of the server.'] };
  return { steps: [] };
}

function explain401(message: string, look: Look): Explanation {
  const { kind } = look;
  if (kind === 'none') return { meaning: 'Nothing says who asks.', steps: [RENEW.none] };
  if (message.includes('expired'))
    return { meaning: 'Its life has ended.', steps: [LIST[kind], RENEW[kind]] };
  if (message.includes('revoked'))
    return { meaning: 'It was revoked for good.', steps: [LIST[kind], RENEW[kind]] };
  if (message.includes('disabled')) {
    return {
      meaning: 'Its service account is switched off.',
      steps: [`To switch it on: ${OWN_NAME} service-accounts set ACCOUNT --enable`],
    };
  }
  if (message.includes('switched off'))
    return { steps: ['This server takes no passwords here: use a key or token.'] };
  if (kind === 'password') {
    return {
      steps: ['A wrong login, a wrong password and a disabled user are answered alike.', RENEW.password],
    };
  }
  if (!look.isWellFormed) return { steps: ['No server can know it: its form is wrong, as step 2 says.'] };
  return {
    steps: ['Its form is right: it was deleted, or it is of another server.', LIST[kind], RENEW[kind]],
  };
}
