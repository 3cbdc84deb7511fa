import type { ApiFailure } from '../../client/failures.ts';
import type { CredentialKind, Look } from './credential-look.ts';

const RENEW: Record<CredentialKind, string> = {
  'API key': 'Make another: latchkey keys create NAME --role ROLE --ttl 1M',
  'service account token': 'Make another: latchkey tokens create ACCOUNT NAME --ttl 1M',
  password: 'An administrator can set a new password; on the server: latchkey reset-admin-password',
  unknown: 'Make another: latchkey keys create --help',
  none: 'Run "latchkey login", or set LATCHKEY_TOKEN.',
};

const LIST: Record<CredentialKind, string> = {
  'API key': 'An Admin sees what there is: latchkey keys list --expired',
  'service account token': 'An Admin sees what there is: latchkey tokens list ACCOUNT',
  password: 'An administrator sees who there is: latchkey orgs users ORG',
  unknown: 'An Admin sees what there is: latchkey keys list --expired',
  none: '',
};

/** What a refusal of the credential itself means, and what to do, in sentences. */
export function adviseOnRefusal(failure: ApiFailure, look: Look): string[] {
  if (failure.status === 401) return adviseOn401(failure.message.toLowerCase(), look);
  if (failure.status === 403) {
    return [
      'The server knows the credential, but it may not act there.',
      'Leave out --org to act in its own organization.',
    ];
  }
  if (failure.status === 429) return ['Slow down: the limits are set under [rate_limiting].'];
  if (failure.status >= 500)
    return ['The server has a fault. Its log says more; the credential is not to blame.'];
  return [];
}

function adviseOn401(message: string, look: Look): string[] {
  if (look.kind === 'none') return ['Nothing was sent to say who asks.', RENEW.none];
  if (message.includes('expired')) return ['Its life has ended.', LIST[look.kind], RENEW[look.kind]];
  if (message.includes('revoked')) {
    return ['Somebody revoked it, which is for good; it may have leaked.', LIST[look.kind], RENEW[look.kind]];
  }
  if (message.includes('disabled')) {
    return [
      'Its service account is switched off.',
      'An Admin can switch it on: latchkey service-accounts set ACCOUNT --enable',
    ];
  }
  if (message.includes('switched off'))
    return ['This server takes no passwords here.', 'Use a key or token.'];
  if (look.kind === 'password') {
    return [
      'The login or the password is wrong, or the user is disabled: the answer is the same.',
      RENEW.password,
    ];
  }
  if (!look.isWellFormed)
    return ['The server cannot know it: its form is wrong.', look.mend ?? RENEW[look.kind]];
  return [
    'Its form is right, but this server does not know it: it was deleted, or is of another server.',
    LIST[look.kind],
    RENEW[look.kind],
  ];
}
