import { strict as assert } from 'node:assert';

/** What has to work wherever a fixture was brought up to date. */
export interface Credentials {
  token: string;
  key: string;
  movedKey: string;
  person: { login: string; password: string };
}

/** Puts something into every table that requests reach. What an older server does not know is left out where that is allowed. */
export async function fill(url: string, mayLackRoutes: boolean): Promise<Credentials> {
  const admin = `Basic ${btoa('admin:admin')}`;
  // oxlint-disable-next-line typescript/no-explicit-any -- each answer has a shape of its own
  async function send(method: string, path: string, body?: unknown, headers = {}): Promise<any> {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: admin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status === 404 && mayLackRoutes) {
      console.log(`left out: ${method} ${path}`);
      return {};
    }
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }
  const post = (path: string, body: unknown = {}) => send('POST', path, body);

  const { orgId } = await post('/api/orgs', { name: 'Second' });
  const person = { login: 'ann', password: 'the password of ann' };
  const user = await post('/api/admin/users', {
    ...person,
    name: 'Ann Ünicode',
    email: 'ann@example.org',
    OrgId: 1,
  });
  await send('POST', '/login', { user: person.login, password: person.password }, { authorization: '' });

  const folder = { uid: 'folder', title: 'Folder' };
  await post('/api/folders', folder);
  const model = { type: 'text', description: 'shared' };
  await post('/api/library-elements', {
    uid: 'element',
    name: 'Element',
    kind: 1,
    model,
    folderUid: 'folder',
  });
  const panels = [{ id: 1, type: 'text', libraryPanel: { uid: 'element', name: 'Element' } }];
  const dashboard = { uid: 'board', title: 'Bréad "board"', tags: ['one', 'two'], panels };
  const saved = await post('/api/dashboards/db', { dashboard, folderUid: 'folder' });
  await post('/api/dashboards/db', {
    dashboard: { ...dashboard, refresh: '5s' },
    folderUid: 'folder',
    overwrite: true,
  });
  await post('/api/dashboards/uid/board/public-dashboards', { isEnabled: true });
  await post(`/api/user/stars/dashboard/${saved.id}`);
  const permission = { permission: 'Edit' };
  await post(`/api/access-control/folders/folder/users/${user.id}`, permission);
  await post('/api/annotations', { text: 'noted', tags: ['one', 'two'], dashboardUID: 'board', panelId: 1 });
  const items = [{ type: 'dashboard_by_uid', value: 'board', order: 1, title: 'Board' }];
  await post('/api/playlists', { name: 'Playlist', interval: '5m', items });
  await post('/api/datasources', {
    name: 'source',
    type: 'postgres',
    uid: 'source',
    secureJsonData: { password: 'kept' },
  });
  await send('PUT', '/api/v1/sso-settings/github', {
    provider: 'github',
    settings: { clientId: 'id', clientSecret: 'kept' },
  });

  const team = await post('/api/teams', { name: 'Team' });
  await post(`/api/teams/${team.teamId}/members`, { userId: user.id });
  await post(`/api/teams/${team.teamId}/groups`, { groupId: 'cn=group' });
  const permissions = [{ action: 'teams:read', scope: 'teams:*' }];
  await post('/api/access-control/roles', { uid: 'role', name: 'role', permissions });
  await post(`/api/access-control/users/${user.id}/roles`, { roleUid: 'role' });
  await send('PUT', '/api/org/preferences', { theme: 'dark' });
  await send('PUT', '/api/orgs/1/quotas/dashboard', { target: 'dashboard', limit: 50 });

  const account = await post('/api/serviceaccounts', { name: 'account', role: 'Editor' });
  const { key: token } = await post(`/api/serviceaccounts/${account.id}/tokens`, { name: 'token' });
  await post(`/api/serviceaccounts/${account.id}/orgs`, { orgId, role: 'Viewer' });
  const { key } = await post('/api/auth/keys', { name: 'key', role: 'Viewer' });
  const moved = await post('/api/auth/keys', { name: 'moved', role: 'Admin' });
  await post(`/api/serviceaccounts/migrate/${moved.id}`);
  // A key that is used is known by who uses it.
  await send('GET', '/api/org', undefined, { authorization: `Bearer ${key}` });
  return { token, key, movedKey: moved.key, person };
}
