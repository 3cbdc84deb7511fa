import { expect, test } from 'vitest';
import { orgGrants, serverGrants } from './basic-roles.ts';
import { allows, type Grants } from './evaluate.ts';
import type { Role } from './roles.ts';

const SETTINGS = {
  editors_can_delete: false,
  editors_can_manage_keys: false,
  main_org_admins_read_server: true,
};

// What was recorded of Grafana 9.4, without what it gives on single objects: for each role, an action and the scopes that the
// role below it does not have.
const RECORDED = {
  Viewer: `
    alert.instances.external:read datasources:*
    alert.instances:read folders:*
    alert.notifications.external:read datasources:*
    alert.notifications:read
    alert.rules.external:read datasources:*
    alert.rules:read folders:*
    annotations:create annotations:type:dashboard
    annotations:delete annotations:type:dashboard
    annotations:read annotations:*
    annotations:write annotations:type:dashboard
    datasources.id:read datasources:*
    datasources:query datasources:* datasources:uid:grafana
    datasources:read datasources:* datasources:uid:grafana
    orgs.quotas:read
    orgs:read
    plugins.app:access plugins:*
  `,
  Editor: `
    alert.instances.external:write datasources:*
    alert.instances:create
    alert.instances:write
    alert.notifications.external:write datasources:*
    alert.notifications:write
    alert.rules.external:write datasources:*
    alert.rules:create folders:*
    alert.rules:delete folders:*
    alert.rules:write folders:*
    annotations:create annotations:*
    annotations:delete annotations:*
    annotations:write annotations:*
    dashboards:create folders:uid:general
    datasources:explore
    folders:create
    folders:read folders:uid:general
  `,
  Admin: `
    alert.provisioning:read
    alert.provisioning:write
    apikeys:create
    apikeys:delete apikeys:*
    apikeys:read apikeys:*
    dashboards.permissions:read dashboards:* folders:*
    dashboards.permissions:write dashboards:* folders:*
    dashboards.public:write dashboards:*
    dashboards:create folders:*
    dashboards:delete dashboards:* folders:*
    dashboards:read dashboards:* folders:*
    dashboards:write dashboards:* folders:*
    datasources:create
    datasources:delete datasources:*
    datasources:write datasources:*
    folders.permissions:read folders:*
    folders.permissions:write folders:*
    folders:delete folders:*
    folders:read folders:*
    folders:write folders:*
    org.users:add users:*
    org.users:read users:*
    org.users:remove users:*
    org.users:write users:*
    orgs.preferences:read
    orgs.preferences:write
    orgs:write
    plugins:write plugins:*
    serviceaccounts.permissions:read serviceaccounts:*
    serviceaccounts.permissions:write serviceaccounts:*
    serviceaccounts:create
    serviceaccounts:delete serviceaccounts:*
    serviceaccounts:read serviceaccounts:*
    serviceaccounts:write serviceaccounts:*
    teams.permissions:read teams:*
    teams.permissions:write teams:*
    teams:create
    teams:delete teams:*
    teams:read teams:*
    teams:write teams:*
    users.permissions:read users:*
  `,
  // Of newer ones than were recorded.
  'Viewer besides': `
    playlists:read
  `,
  'Editor besides': `
    playlists:write
  `,
  'server besides': `
    settings:write settings:*
  `,
  // Ours besides, by the names of Grafana's Enterprise part, of which nothing could be recorded.
  besides: `
    datasources.permissions:read datasources:*
    datasources.permissions:write datasources:*
    roles:delete permissions:type:delegate
    roles:read roles:*
    roles:write permissions:type:delegate
    teams.roles:add permissions:type:delegate
    teams.roles:read teams:*
    teams.roles:remove permissions:type:delegate
    users.roles:add permissions:type:delegate
    users.roles:read users:*
    users.roles:remove permissions:type:delegate
  `,
  server: `
    ldap.config:reload
    ldap.status:read
    ldap.user:read
    ldap.user:sync
    orgs.quotas:write
    orgs:create
    orgs:delete
    plugins:install
    provisioning:reload provisioners:*
    server.stats:read
    settings:read settings:*
    users.authtoken:read global.users:*
    users.authtoken:write global.users:*
    users.password:write global.users:*
    users.permissions:write global.users:*
    users.quotas:read global.users:*
    users.quotas:write global.users:*
    users:create
    users:delete global.users:*
    users:disable global.users:*
    users:enable global.users:*
    users:logout global.users:*
    users:read global.users:*
    users:write global.users:*
  `,
};
type Recorded = keyof typeof RECORDED;

const ADMIN_PARTS: Recorded[] = ['Viewer', 'Viewer besides', 'Editor', 'Editor besides', 'Admin', 'besides'];

/** Everything that a role was recorded to hold, by action. */
function recorded(...roles: Recorded[]): Record<string, string[]> {
  const held = new Map<string, Set<string>>();
  const rows = roles.flatMap((role) => RECORDED[role].split('\n').map((row) => row.trim()));
  for (const row of rows.filter((text) => text !== '')) {
    const [action = '', ...scopes] = row.split(' ');
    const known = held.get(action) ?? new Set<string>();
    for (const scope of scopes.length === 0 ? [''] : scopes) known.add(scope);
    held.set(action, known);
  }
  return plain(held);
}

function plain(...grants: Grants[]): Record<string, string[]> {
  const all = new Map<string, Set<string>>();
  for (const [action, scopes] of grants.flatMap((held) => [...held])) {
    all.set(action, new Set([...(all.get(action) ?? []), ...scopes]));
  }
  return Object.fromEntries([...all].map(([action, scopes]) => [action, [...scopes].toSorted()]));
}

test.each<[Role, Recorded[]]>([
  ['None', []],
  ['Viewer', ['Viewer', 'Viewer besides']],
  ['Editor', ['Viewer', 'Viewer besides', 'Editor', 'Editor besides']],
  ['Admin', ADMIN_PARTS],
])('the role %s holds what was recorded, no more and no less', (role, parts) => {
  expect(plain(orgGrants(role, SETTINGS))).toEqual(recorded(...parts));
});

test('a server administrator who is an Admin too holds what was recorded', () => {
  const held = plain(orgGrants('Admin', SETTINGS), serverGrants(true, 2, 'Admin', SETTINGS));
  expect(held).toEqual(recorded(...ADMIN_PARTS, 'server', 'server besides'));
});

test('an Editor deletes no dashboard, no folder and no key, and creates no key', () => {
  const grants = orgGrants('Editor', SETTINGS);
  for (const action of [
    'dashboards:delete',
    'folders:delete',
    'apikeys:create',
    'apikeys:delete',
    'datasources:delete',
  ]) {
    expect([action, allows(grants, action)]).toEqual([action, false]);
  }
});

test('editors_can_manage_keys adds keys and service accounts to Editors, and nothing else to anybody', () => {
  const opened = { ...SETTINGS, editors_can_manage_keys: true };
  const before = plain(orgGrants('Editor', SETTINGS));
  const added = Object.keys(plain(orgGrants('Editor', opened))).filter((action) => !(action in before));
  expect(added.every((action) => /^(apikeys|serviceaccounts):/.test(action))).toBe(true);
  expect(added).toContain('apikeys:create');
  for (const role of ['None', 'Viewer', 'Admin'] as const) {
    expect(orgGrants(role, opened)).toBe(orgGrants(role, SETTINGS));
  }
});

test('Admins of the main organization read the server, and write nothing of it; others hold nothing on it', () => {
  const held = Object.keys(plain(serverGrants(false, 1, 'Admin', SETTINGS)));
  expect(held.toSorted()).toEqual(['orgs:read', 'server.stats:read', 'settings:read', 'users:read']);
  const closed = { ...SETTINGS, main_org_admins_read_server: false };
  for (const grants of [
    serverGrants(false, 2, 'Admin', SETTINGS),
    serverGrants(false, 1, 'Editor', SETTINGS),
    serverGrants(false, 1, 'Admin', closed),
  ]) {
    expect(grants.size).toBe(0);
  }
});
