import type { ApiError } from '../errors.ts';
import { orgGrants, type RoleSettings, serverGrants } from './basic-roles.ts';
import { denied } from './can.ts';
import { together } from './granted.ts';
import { countedId, type Identity, type Proof, type TeamPart } from './identity.ts';

const NO_TEAMS: readonly TeamPart[] = [];

/** What somebody is and may do in an organization. Throws 403 when they have no part in it. */
export function identityIn(settings: RoleSettings, proof: Proof, orgId: number): Identity {
  const { principal, credential } = proof;
  const role = principal.memberships.get(orgId);
  if (role === undefined && orgId !== 0) throw wrongOrganization(proof, orgId);
  const granted = principal.granted.get(orgId);
  return {
    principal,
    credential,
    orgId,
    role: role ?? 'None',
    grants: together(orgGrants(role ?? 'None', settings), granted?.inOrg),
    serverGrants: together(
      serverGrants(principal.isServerAdmin, orgId, role ?? 'None', settings),
      granted?.onServer,
    ),
    teams: principal.teams.get(orgId) ?? NO_TEAMS,
  };
}

function wrongOrganization(proof: Proof, orgId: number): ApiError {
  const { principal, credential } = proof;
  const own = [...principal.memberships.keys()].toSorted((a, b) => a - b);
  const places =
    own.length === 0 ? 'no organization' : `organization${own.length === 1 ? '' : 's'} ${own.join(', ')}`;
  const mend =
    principal.kind === 'service-account'
      ? `An administrator can grant it: POST /api/serviceaccounts/${principal.id}/orgs {"orgId":${orgId},"role":"Viewer"}.`
      : 'Leave the header X-Grafana-Org-Id and ?orgId= out, or use a credential of that organization.';
  return denied(`this credential belongs to ${places}, not to organization ${orgId}`, mend, {
    reason: 'other',
    kind: credential.kind,
    credentialId: countedId(proof),
    org: principal.currentOrgId,
  });
}
