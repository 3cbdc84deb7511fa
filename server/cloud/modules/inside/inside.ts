import type { Principal, Proof } from '../../../access/identity.ts';
import type { CloudRequestContext } from '../../context.ts';
import { requireStack } from '../stacks/stacks.ts';

const MAIN_ORG_ID = 1;

export interface Question {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the address of the stack, with its query. */
  path: string;
  body?: unknown;
}

/**
 * Asks a stack something on behalf of the caller, who is an Admin of its main organization for that, and gives what it answers. The
 * stack's record of changes has the caller's name. Throws 404 for a stack that the caller may not reach.
 */
export async function askInside(
  context: CloudRequestContext,
  idOrSlug: string,
  question: Question,
): Promise<{ status: number; body: unknown }> {
  const stack = await requireStack(context, idOrSlug);
  return context.stacks.ask(stack, { ...question, proof: proofOf(context), address: context.address });
}

function proofOf({ caller }: CloudRequestContext): Proof {
  const principal: Principal = {
    kind: 'cloud',
    id: caller.id,
    name: caller.name,
    login: `${caller.org.slug}/${caller.name}`,
    email: '',
    isServerAdmin: false,
    currentOrgId: MAIN_ORG_ID,
    memberships: new Map([[MAIN_ORG_ID, 'Admin']]),
    teams: new Map(),
    granted: new Map(),
  };
  const { id, name, credential } = caller;
  return {
    principal,
    credential: { kind: 'cloud', recordedAs: credential.kind, id, name, expiresAt: null },
  };
}
