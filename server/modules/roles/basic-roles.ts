import { MAIN_ORG_ID, orgGrants, serverGrants } from '../../access/basic-roles.ts';
import type { Grants } from '../../access/evaluate.ts';
import type { Permission } from '../../access/granted.ts';
import { ROLES } from '../../access/roles.ts';
import type { Context } from '../../context.ts';

/** A role that everybody has one of in each organization, or what an administrator of the server has besides. */
export interface BasicRole {
  uid: string;
  name: string;
  displayName: string;
  description: string;
  permissions: Permission[];
}

const WHAT = {
  None: 'Nothing but what is given by name',
  Viewer: 'Reads what folders and dashboards let Viewers see',
  Editor: 'Makes and changes dashboards and folders',
  Admin: 'Does everything in the organization',
};

/** What the basic roles give under the settings in force, from the least to the most. */
export function basicRoles({ config }: Context): BasicRole[] {
  const settings = config.access_control;
  const inOrg = ROLES.map((role) => ({
    uid: `basic_${role.toLowerCase()}`,
    name: `basic:${role.toLowerCase()}`,
    displayName: role,
    description: WHAT[role],
    permissions: permissionsOf(orgGrants(role, settings)),
  }));
  const onServer = {
    uid: 'basic_grafana_admin',
    name: 'basic:grafana_admin',
    displayName: 'Server administrator',
    description: 'Does everything on the server as a whole, besides what their role gives in an organization',
    permissions: permissionsOf(serverGrants(true, MAIN_ORG_ID, 'None', settings)),
  };
  return [...inOrg, onServer];
}

function permissionsOf(grants: Grants): Permission[] {
  return [...grants]
    .flatMap(([action, scopes]) => [...scopes].map((scope) => ({ action, scope })))
    .toSorted((a, b) => (`${a.action} ${a.scope}` < `${b.action} ${b.scope}` ? -1 : 1));
}
