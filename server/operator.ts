import { randomUUID } from 'node:crypto';
import { orgGrants, serverGrants } from './access/basic-roles.ts';
import type { Context, RequestContext } from './context.ts';

/** The context of a command on the server's machine: whoever can run it could change the database anyway. */
export function asOperator(context: Context): RequestContext {
  const settings = context.config.access_control;
  return {
    ...context,
    requestId: randomUUID(),
    address: '',
    actor: {
      principal: {
        kind: 'operator',
        id: 0,
        name: 'command line',
        login: '',
        email: '',
        isServerAdmin: true,
        currentOrgId: 0,
        memberships: new Map(),
      },
      credential: { kind: 'machine', id: 0, name: '', expiresAt: null },
      orgId: 0,
      role: 'None',
      grants: orgGrants('None', settings),
      serverGrants: serverGrants(true, 0, 'None', settings),
      subjects: [],
    },
  };
}
