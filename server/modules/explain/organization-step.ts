import { denied } from '../../access/can.ts';
import { identityIn } from '../../access/identify.ts';
import type { Identity, Principal, Proof } from '../../access/identity.ts';
import type { RequestContext } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import { findOrg } from '../orgs/orgs.ts';
import { isSelf, mayAskAbout } from './picked.ts';
import { inOrg, passed, refused, type Remedy, shellWord, type Step } from './steps.ts';

/** In which organization a request acts, and as what; or the status of the refusal. */
export interface Where {
  step: Step;
  identity?: Identity;
  orgName?: string;
  status?: number;
}

interface Wanted {
  /** The organization that the request names, by header or query. Throws 400. */
  requestedOrg: () => number | undefined;
  isPicked: boolean;
}

/** Finds out in which organization the request acts. Throws 403 where that of somebody else is not the actor's to know. */
export async function organizationStep(
  context: RequestContext,
  proof: Proof,
  { requestedOrg, isPicked }: Wanted,
): Promise<Where> {
  const requested = decided(requestedOrg);
  if (requested instanceof ApiError) {
    const advice = 'Give its number, or leave it out.';
    return { step: refused('organization', `${requested.detail}.`, { advice }), status: requested.status };
  }
  const { principal } = proof;
  const orgId = requested ?? (isPicked ? orgOfPicked(context, principal) : principal.currentOrgId);
  if (isPicked && !mayBeTold(context, principal, orgId)) {
    throw denied(
      `what others may do in organization ${orgId} is for those to know who may read its members`,
      'Ask as somebody who may, in that organization.',
    );
  }
  const identity = decided(() => identityIn(context.config.access_control, proof, orgId));
  if (identity instanceof ApiError) {
    const text = isPicked ? `It has no part in organization ${orgId}.` : `${identity.message}.`;
    return {
      step: refused('organization', text, letIn(principal, orgId)),
      status: identity.status,
    };
  }
  const orgName = (await findOrg(context, orgId))?.name ?? '';
  return { step: actsIn(identity, orgName, requested !== undefined), identity, orgName };
}

/** What somebody works in otherwise is their own affair. */
function orgOfPicked({ actor }: RequestContext, { memberships, currentOrgId }: Principal): number {
  return memberships.has(actor.orgId) ? actor.orgId : currentOrgId;
}

function mayBeTold(context: RequestContext, principal: Principal, orgId: number): boolean {
  const { kind, memberships } = principal;
  if (orgId === context.actor.orgId || kind === 'api-key' || isSelf(context, principal)) return true;
  // Whoever may read an account may read where it may act.
  if (kind === 'service-account' && !memberships.has(orgId)) return true;
  return mayAskAbout(context, orgId);
}

function actsIn({ principal, orgId, role }: Identity, orgName: string, isNamed: boolean): Step {
  if (orgId === 0)
    return passed('organization', 'The user is in no organization, so that it acts in none and has no role.');
  const why = isNamed
    ? 'as the request says by X-Grafana-Org-Id or ?orgId='
    : principal.kind === 'user'
      ? 'since the request names no other'
      : 'its own, since the request names no other';
  return passed(
    'organization',
    `It acts in organization ${orgId}, ${JSON.stringify(orgName)}, with the role ${role}, ${why}.`,
  );
}

function letIn({ kind, id, login, currentOrgId }: Principal, orgId: number): Remedy {
  const leaveOut = 'Leave the header X-Grafana-Org-Id and ?orgId= out';
  if (kind === 'service-account') {
    return {
      advice: `${leaveOut}, or have an Admin of organization ${orgId} let the account act there.`,
      commands: [
        `npx latchkey service-accounts grant-org ${id} ${orgId} --role Viewer${inOrg(currentOrgId)}`,
      ],
    };
  }
  if (kind === 'api-key') return { advice: `${leaveOut}, or use a key of organization ${orgId}.` };
  return {
    advice: `${leaveOut}, or have an administrator take the user into organization ${orgId}.`,
    commands: [`npx latchkey orgs add-user ${orgId} ${shellWord(login)} --role Viewer`],
  };
}

/** What is decided, or the refusal. */
function decided<T>(decide: () => T): T | ApiError {
  try {
    return decide();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}
