import { type Grants, grantsFrom } from './evaluate.ts';
import type { Role } from './roles.ts';

type Row = readonly [action: string, ...scopes: string[]];

/** The settings that change what the basic roles hold. */
export interface RoleSettings {
  editors_can_delete: boolean;
  editors_can_manage_keys: boolean;
  main_org_admins_read_server: boolean;
}

export const MAIN_ORG_ID = 1;

// Which folders and dashboards can be read is no matter of the role, but of their own permissions (object-levels.ts).
// Alerting and plugin actions guard no route here; clients that read the map of permissions expect them.
const VIEWER: readonly Row[] = [
  ['alert.instances.external:read', 'datasources:*'],
  ['alert.instances:read', 'folders:*'],
  ['alert.notifications.external:read', 'datasources:*'],
  ['alert.notifications:read'],
  ['alert.rules.external:read', 'datasources:*'],
  ['alert.rules:read', 'folders:*'],
  ['annotations:create', 'annotations:type:dashboard'],
  ['annotations:delete', 'annotations:type:dashboard'],
  ['annotations:read', 'annotations:*'],
  ['annotations:write', 'annotations:type:dashboard'],
  ['datasources.id:read', 'datasources:*'],
  ['datasources:query', 'datasources:*', 'datasources:uid:grafana'],
  ['datasources:read', 'datasources:*', 'datasources:uid:grafana'],
  ['orgs.quotas:read'],
  ['orgs:read'],
  ['plugins.app:access', 'plugins:*'],
];

const EDITOR: readonly Row[] = [
  ...VIEWER,
  ['alert.instances.external:write', 'datasources:*'],
  ['alert.instances:create'],
  ['alert.instances:write'],
  ['alert.notifications.external:write', 'datasources:*'],
  ['alert.notifications:write'],
  ['alert.rules.external:write', 'datasources:*'],
  ['alert.rules:create', 'folders:*'],
  ['alert.rules:delete', 'folders:*'],
  ['alert.rules:write', 'folders:*'],
  ['annotations:create', 'annotations:*'],
  ['annotations:delete', 'annotations:*'],
  ['annotations:write', 'annotations:*'],
  ['dashboards:create', 'folders:uid:general'],
  ['datasources:explore'],
  ['folders:create'],
  ['folders:read', 'folders:uid:general'],
];

const KEYS_AND_ACCOUNTS: readonly Row[] = [
  ['apikeys:create'],
  ['apikeys:delete', 'apikeys:*'],
  ['apikeys:read', 'apikeys:*'],
  ['serviceaccounts:create'],
  ['serviceaccounts:delete', 'serviceaccounts:*'],
  ['serviceaccounts:read', 'serviceaccounts:*'],
  ['serviceaccounts:write', 'serviceaccounts:*'],
];

const ADMIN: readonly Row[] = [
  ...EDITOR,
  ...KEYS_AND_ACCOUNTS,
  ['alert.provisioning:read'],
  ['alert.provisioning:write'],
  ['dashboards.permissions:read', 'dashboards:*', 'folders:*'],
  ['dashboards.permissions:write', 'dashboards:*', 'folders:*'],
  ['dashboards.public:write', 'dashboards:*'],
  ['dashboards:create', 'folders:*'],
  ['dashboards:delete', 'dashboards:*', 'folders:*'],
  ['dashboards:read', 'dashboards:*', 'folders:*'],
  ['dashboards:write', 'dashboards:*', 'folders:*'],
  ['datasources:create'],
  ['datasources:delete', 'datasources:*'],
  ['datasources:write', 'datasources:*'],
  ['folders.permissions:read', 'folders:*'],
  ['folders.permissions:write', 'folders:*'],
  ['folders:delete', 'folders:*'],
  ['folders:read', 'folders:*'],
  ['folders:write', 'folders:*'],
  ['org.users:add', 'users:*'],
  ['org.users:read', 'users:*'],
  ['org.users:remove', 'users:*'],
  ['org.users:write', 'users:*'],
  ['orgs.preferences:read'],
  ['orgs.preferences:write'],
  ['orgs:write'],
  ['plugins:write', 'plugins:*'],
  ['serviceaccounts.permissions:read', 'serviceaccounts:*'],
  ['serviceaccounts.permissions:write', 'serviceaccounts:*'],
  ['teams.permissions:read', 'teams:*'],
  ['teams.permissions:write', 'teams:*'],
  ['teams:create'],
  ['teams:delete', 'teams:*'],
  ['teams:read', 'teams:*'],
  ['teams:write', 'teams:*'],
  ['users.permissions:read', 'users:*'],
];

// Recorded of no Grafana 9.4, where every member reads playlists and every Editor writes them: newer ones have actions for it.
const VIEWER_BESIDES: readonly Row[] = [['playlists:read']];
const EDITOR_BESIDES: readonly Row[] = [...VIEWER_BESIDES, ['playlists:write']];

// Recorded of no Grafana without its Enterprise part, whose names these are: what an Admin needs for what we have besides.
const ADMIN_BESIDES: readonly Row[] = [
  ...EDITOR_BESIDES,
  ['datasources.permissions:read', 'datasources:*'],
  ['datasources.permissions:write', 'datasources:*'],
  ['roles:delete', 'permissions:type:delegate'],
  ['roles:read', 'roles:*'],
  // Whoever holds this makes and hands on roles of what they hold themselves; there is no other type.
  ['roles:write', 'permissions:type:delegate'],
  ['teams.roles:add', 'permissions:type:delegate'],
  ['teams.roles:read', 'teams:*'],
  ['teams.roles:remove', 'permissions:type:delegate'],
  ['users.roles:add', 'permissions:type:delegate'],
  ['users.roles:read', 'users:*'],
  ['users.roles:remove', 'permissions:type:delegate'],
];

const SERVER_READER: readonly Row[] = [
  ['orgs:read'],
  ['server.stats:read'],
  ['settings:read', 'settings:*'],
  ['users:read', 'global.users:*'],
];

const SERVER_ADMIN: readonly Row[] = [
  ...SERVER_READER,
  // Recorded of no Grafana 9.4, whose settings are in files only.
  ['settings:write', 'settings:*'],
  ['ldap.config:reload'],
  ['ldap.status:read'],
  ['ldap.user:read'],
  ['ldap.user:sync'],
  ['org.users:add', 'users:*'],
  ['org.users:read', 'users:*'],
  ['org.users:remove', 'users:*'],
  ['org.users:write', 'users:*'],
  ['orgs.quotas:read'],
  ['orgs.quotas:write'],
  ['orgs:create'],
  ['orgs:delete'],
  ['orgs:write'],
  ['plugins:install'],
  ['provisioning:reload', 'provisioners:*'],
  ['users.authtoken:read', 'global.users:*'],
  ['users.authtoken:write', 'global.users:*'],
  ['users.password:write', 'global.users:*'],
  ['users.permissions:read', 'users:*'],
  ['users.permissions:write', 'global.users:*'],
  ['users.quotas:read', 'global.users:*'],
  ['users.quotas:write', 'global.users:*'],
  ['users:create'],
  ['users:delete', 'global.users:*'],
  ['users:disable', 'global.users:*'],
  ['users:enable', 'global.users:*'],
  ['users:logout', 'global.users:*'],
  ['users:write', 'global.users:*'],
];

const NOTHING = grantsFrom([]);
const byRole: Record<Role, Grants> = {
  None: NOTHING,
  Viewer: grantsFrom([...VIEWER, ...VIEWER_BESIDES]),
  Editor: grantsFrom([...EDITOR, ...EDITOR_BESIDES]),
  Admin: grantsFrom([...ADMIN, ...ADMIN_BESIDES]),
};
const keyManagingEditor = grantsFrom([...EDITOR, ...EDITOR_BESIDES, ...KEYS_AND_ACCOUNTS]);
const serverAdmin = grantsFrom(SERVER_ADMIN);
const serverReader = grantsFrom(SERVER_READER);

/** Whether an action is one on the whole server, and never one in an organization. */
export function isOnServerOnly(action: string): boolean {
  return serverAdmin.has(action) && !byRole.Admin.has(action);
}

/** What a basic role holds in its organization, as recorded of Grafana 9.4 with the documents' rules on top. */
export function orgGrants(role: Role, settings: RoleSettings): Grants {
  return role === 'Editor' && settings.editors_can_manage_keys ? keyManagingEditor : byRole[role];
}

/** What somebody holds on the whole server: all for its administrators, reading for the main organization's Admins. */
export function serverGrants(
  isServerAdmin: boolean,
  orgId: number,
  role: Role,
  settings: RoleSettings,
): Grants {
  if (isServerAdmin) return serverAdmin;
  const reads = orgId === MAIN_ORG_ID && role === 'Admin' && settings.main_org_admins_read_server;
  return reads ? serverReader : NOTHING;
}
