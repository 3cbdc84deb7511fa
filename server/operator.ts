import { randomUUID } from 'node:crypto';
import { identityIn } from './access/identify.ts';
import type { Principal } from './access/identity.ts';
import type { Context, RequestContext } from './context.ts';

type Asking = Pick<RequestContext, 'actor' | 'requestId' | 'address'>;

const OPERATOR: Principal = {
  kind: 'operator',
  id: 0,
  name: 'command line',
  login: '',
  email: '',
  isServerAdmin: true,
  currentOrgId: 0,
  memberships: new Map(),
  teams: new Map(),
  granted: new Map(),
};

/** The context of a command on the server's machine: whoever can run it could change the database anyway. */
export function asOperator<C extends Pick<Context, 'config'>>(context: C): C & Asking {
  const proof = {
    principal: OPERATOR,
    credential: { kind: 'machine', id: 0, name: '', expiresAt: null },
  } as const;
  const actor = identityIn(context.config.access_control, proof, OPERATOR.currentOrgId);
  return { ...context, actor, requestId: randomUUID(), address: '' };
}
