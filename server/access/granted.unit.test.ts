import { expect, test } from 'vitest';
import { orgGrants, serverGrants } from './basic-roles.ts';
import { allows } from './evaluate.ts';
import { grantedBy, notTheirsToGive, together } from './granted.ts';
import type { Identity } from './identity.ts';

const SETTINGS = {
  editors_can_delete: false,
  editors_can_manage_keys: false,
  main_org_admins_read_server: true,
};
const viewer = orgGrants('Viewer', SETTINGS);
const editor = orgGrants('Editor', SETTINGS);

test('of the whole server, roles give reading only; what there is on both sides counts in the organization', () => {
  const { inOrg, onServer } = grantedBy([
    { action: 'server.stats:read', scope: '' },
    { action: 'users:write', scope: 'global.users:*' },
    { action: 'orgs:write', scope: '' },
    { action: 'folders:read', scope: 'folders:uid:a' },
  ]);
  expect([...onServer.keys()]).toEqual(['server.stats:read']);
  expect([...inOrg.keys()]).toEqual(['orgs:write', 'folders:read']);
});

test('roles add to the basic role, whichever it is by now, and change it for nobody else', () => {
  const { inOrg } = grantedBy([
    { action: 'datasources:read', scope: 'datasources:uid:x' },
    { action: 'a:b', scope: '' },
  ]);
  const before = new Map([...viewer].map(([action, scopes]) => [action, new Set(scopes)]));
  const sum = together(viewer, inOrg);
  expect(together(viewer, inOrg)).toBe(sum);
  expect(sum.get('datasources:read')).toEqual(
    new Set(['datasources:*', 'datasources:uid:grafana', 'datasources:uid:x']),
  );
  expect(allows(together(editor, inOrg), 'folders:create')).toBe(true);
  expect(allows(together(viewer, inOrg), 'folders:create')).toBe(false);
  expect(viewer).toEqual(before);
  expect(together(viewer, undefined)).toBe(viewer);
  expect(together(viewer, grantedBy([]).inOrg)).toBe(viewer);
});

test('one gives what one holds, and a wildcard only by one as wide', () => {
  const admin = {
    grants: orgGrants('Admin', SETTINGS),
    serverGrants: serverGrants(true, 1, 'Admin', SETTINGS),
  } as unknown as Identity;
  const given = (action: string, scope: string) => notTheirsToGive(admin, [{ action, scope }]) === undefined;
  expect(given('folders:read', 'folders:uid:x')).toBe(true);
  expect(given('folders:read', 'folders:uid:*')).toBe(true);
  expect(given('folders:read', '*')).toBe(false);
  expect(given('folders:read', '')).toBe(true);
  expect(given('users:read', 'global.users:*')).toBe(true);
  expect(given('users:write', 'global.users:*')).toBe(false);
  const narrow = {
    grants: grantedBy([{ action: 'folders:read', scope: 'folders:uid:x' }]).inOrg,
    serverGrants: new Map(),
  } as unknown as Identity;
  for (const scope of ['folders:*', 'folders:uid:*', '*', 'folders:uid:y']) {
    expect(notTheirsToGive(narrow, [{ action: 'folders:read', scope }])).toBeDefined();
  }
});
