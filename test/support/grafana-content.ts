import { randomBytes } from 'node:crypto';
import type { GrafanaDatabase } from './grafana-database.ts';
import {
  grafanaEncrypted,
  grafanaEnveloped,
  grafanaHashOf,
  grafanaKey,
  grafanaToken,
  unpadded,
} from './grafana-secrets.ts';

/** Long enough that it is no text under another key. */
export const SECRET = 'hush: a secret of some length, as certificates are';
export const OLD_SECRET_KEY = 'the secret_key of an old Grafana';
export const PUBLIC_TOKEN = '0123456789abcdef0123456789abcdef';
const FUTURE = 4_102_444_800;
const PAST = 1_600_000_000;

/** What somebody holds who used the Grafana. */
export interface Held {
  keys: { viewer: string; editor: string; expired: string };
  /** Since there are service accounts. */
  tokens: { editor: string; revoked: string } | undefined;
  passwords: { admin: string; ann: string; bob: string };
}

/** What the documents of the dashboards were, as they were saved. */
export const DOCUMENTS = {
  top: '{"title":"At the top","tags":["a","b"],"panels":[{"id":1,"big":12345678901234567890}],"schemaVersion":37,"uid":"d-top","version":3,"id":11}',
  inner: '{"id":12,"title":"Within","uid":"d-in","version":1,"tags":[],"templating":{"list":[]}}',
};

/**
 * Two organizations with some of everything: ann is a Viewer of the first and Editor of the second, bob is disabled; the folder f-top
 * is for ann (Edit), the team ops (Admin) and Viewers, and not for Editors.
 */
export async function fillGrafana(grafana: GrafanaDatabase): Promise<Held> {
  const { shape } = grafana;
  const hasAccounts = shape !== '8';
  await fillPeople(grafana);
  const [viewer, editor, expired] = [grafanaKey('ci', 1), grafanaKey('ed', 2), grafanaKey('old', 1)];
  await grafana.insert(
    'api_key',
    { id: 1, org_id: 1, name: 'ci', key: viewer.stored, role: 'Viewer', expires: FUTURE },
    { id: 2, org_id: 2, name: 'ed', key: editor.stored, role: 'Editor' },
    { id: 3, org_id: 1, name: 'old', key: expired.stored, role: 'Viewer', expires: PAST },
  );
  const [token, revoked] = [grafanaToken(), grafanaToken()];
  if (hasAccounts) {
    const common = { org_id: 1, role: 'Viewer', service_account_id: 4 };
    await grafana.insert(
      'api_key',
      { id: 4, ...common, name: 'deploy-1', key: token.stored, last_used_at: '2023-05-06 07:08:09' },
      { id: 5, ...common, name: 'deploy-0', key: revoked.stored, is_revoked: true },
    );
  }
  await fillContent(grafana);
  await fillMore(grafana);
  await fillDataSources(grafana);
  await (hasAccounts ? fillRoles(grafana) : fillLists(grafana));
  await grafana.insert('star', {
    id: 1,
    user_id: 2,
    dashboard_id: 11,
    ...(shape === '12' ? { dashboard_uid: 'd-top', org_id: 1 } : {}),
  });
  await grafana.insert(
    'preferences',
    {
      id: 1,
      org_id: 1,
      user_id: 0,
      team_id: 0,
      home_dashboard_id: 11,
      theme: 'dark',
      timezone: 'utc',
      week_start: 'monday',
    },
    { id: 2, org_id: 1, user_id: 2, team_id: 0, home_dashboard_id: 0, theme: 'light', timezone: '' },
  );
  await grafana.insert('quota', { id: 1, org_id: 2, user_id: 0, target: 'dashboard', limit: 7 });
  return {
    keys: { viewer: viewer.secret, editor: editor.secret, expired: expired.secret },
    tokens: hasAccounts ? { editor: token.secret, revoked: revoked.secret } : undefined,
    passwords: { admin: 'the old admin password', ann: 'ann’s pässword', bob: 'bob’s' },
  };
}

async function fillPeople(grafana: GrafanaDatabase): Promise<void> {
  await grafana.insert(
    'org',
    { id: 1, name: 'Main Org.', city: 'Ghent' },
    { id: 2, name: 'Second', created: '2022-02-03 04:05:06' },
  );
  const person = (id: number, login: string, password: string, more: object = {}) => {
    const salt = `salt-${id}-${randomBytes(4).toString('hex')}`;
    const email = login === 'admin' ? 'admin@localhost' : `${login}@example.org`;
    const names = { login, email, name: login.toUpperCase() };
    return {
      id,
      ...names,
      password: grafanaHashOf(password, salt),
      salt,
      rands: `rands-${id}`,
      org_id: 1,
      ...more,
    };
  };
  await grafana.insert(
    'user',
    person(1, 'admin', 'the old admin password', { is_admin: true }),
    person(2, 'ann', 'ann’s pässword', { last_seen_at: '2024-01-02 03:04:05' }),
    person(3, 'bob', 'bob’s', { is_disabled: true }),
  );
  if (grafana.shape !== '8') {
    const account = { is_service_account: true, email: 'sa-1-deploy', name: 'deploy', org_id: 1 };
    await grafana.insert('user', {
      id: 4,
      login: 'sa-1-deploy',
      salt: 'x',
      rands: `sa-${Math.random()}`,
      ...account,
    });
    await grafana.insert('org_user', { id: 5, org_id: 1, user_id: 4, role: 'Editor' });
  }
  await grafana.insert(
    'org_user',
    { id: 1, org_id: 1, user_id: 1, role: 'Admin' },
    { id: 2, org_id: 1, user_id: 2, role: 'Viewer' },
    { id: 3, org_id: 2, user_id: 2, role: 'Editor' },
    { id: 4, org_id: 1, user_id: 3, role: 'Editor' },
  );
  await grafana.insert('team', {
    id: 1,
    org_id: 1,
    name: 'ops',
    email: 'ops@example.org',
    ...(grafana.shape === '12' ? { uid: 'team-ops' } : {}),
  });
  await grafana.insert('team_member', { id: 1, org_id: 1, team_id: 1, user_id: 2, permission: 4 });
}

async function fillContent(grafana: GrafanaDatabase): Promise<void> {
  const { shape } = grafana;
  // Grafana binds documents as bytes, which SQLite keeps as such whatever the column.
  const data = (text: string): string | Uint8Array =>
    shape === '12' && grafana.from.endsWith('.db') ? Buffer.from(text) : text;
  const common = { org_id: 1, created_by: 2, updated_by: 1 };
  const inner =
    shape === '12'
      ? { id: 14, uid: 'f-inner', title: 'Inner', folder_uid: 'f-top', folder_id: 10 }
      : undefined;
  await grafana.insert(
    'dashboard',
    {
      id: 10,
      uid: 'f-top',
      title: 'Top',
      version: 2,
      is_folder: true,
      has_acl: true,
      data: data('{}'),
      ...common,
    },
    // Its id is above that of what lies in it.
    ...(inner ? [{ ...inner, version: 1, is_folder: true, data: data('{}'), ...common }] : []),
    {
      id: 11,
      uid: 'd-top',
      title: 'At the top',
      version: 3,
      data: data(DOCUMENTS.top),
      folder_id: 0,
      ...common,
    },
    {
      id: 12,
      uid: 'd-in',
      title: 'Within',
      version: 1,
      data: data(DOCUMENTS.inner),
      folder_id: 10,
      ...(shape === '12' ? { folder_uid: 'f-inner' } : {}),
      ...common,
    },
    {
      id: 13,
      uid: 'd-top',
      title: 'The same uid elsewhere',
      version: 1,
      data: data('{"title":"The same uid elsewhere"}'),
      ...common,
      org_id: 2,
    },
  );
  if (shape === '12') {
    await grafana.insert(
      'folder',
      {
        id: 1,
        uid: 'f-top',
        org_id: 1,
        title: 'Top',
        created: '2023-05-06 07:08:09.123456789+00:00'.slice(
          0,
          grafana.from.endsWith('.db') ? undefined : 19,
        ),
      },
      { id: 2, uid: 'f-inner', org_id: 1, title: 'Inner', parent_uid: 'f-top' },
    );
  }
  const version = (id: number, number: number, text: string) => ({
    id,
    dashboard_id: 11,
    version: number,
    parent_version: number - 1,
    restored_from: 0,
    created: `2023-01-0${number} 00:00:00`,
    created_by: 2,
    message: `change ${number}`,
    data: text,
  });
  await grafana.insert(
    'dashboard_version',
    version(1, 1, '{"title":"First","version":1}'),
    version(2, 2, '{"title":"Second","version":2,"tags":["old"]}'),
    version(3, 3, DOCUMENTS.top),
    { ...version(4, 1, DOCUMENTS.inner), dashboard_id: 12 },
  );
  await grafana.insert(
    'dashboard_tag',
    { id: 1, dashboard_id: 11, term: 'a' },
    { id: 2, dashboard_id: 11, term: 'b' },
  );
}

async function fillMore(grafana: GrafanaDatabase): Promise<void> {
  const { shape } = grafana;
  const isNewest = shape === '12';
  await grafana.insert('library_element', {
    id: 1,
    org_id: 1,
    folder_id: 10,
    ...(isNewest ? { folder_uid: 'f-top' } : {}),
    uid: 'lib-1',
    name: 'A panel for all',
    kind: 1,
    type: 'timeseries',
    model: '{"type":"timeseries","description":"","big":12345678901234567890}',
    version: 2,
    created_by: 2,
    updated_by: 2,
  });
  const since = { uid: 'round', created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
  await grafana.insert('playlist', {
    id: 1,
    name: 'Round and round',
    interval: '10m',
    org_id: 1,
    ...(shape === '8' ? {} : since),
  });
  await grafana.insert(
    'playlist_item',
    { id: 1, playlist_id: 1, type: 'dashboard_by_id', value: '11', title: 'At the top', order: 2 },
    { id: 2, playlist_id: 1, type: 'dashboard_by_tag', value: 'a', title: 'a', order: 1 },
  );
  const annotation = {
    org_id: 1,
    dashboard_id: 0,
    panel_id: 0,
    alert_id: 0,
    user_id: 0,
    data: '{}',
    tags: '[]',
  };
  const at = (time: number, end = time) => ({ epoch: time, epoch_end: end, created: time, updated: time });
  await grafana.insert(
    'annotation',
    {
      ...annotation,
      ...at(1_700_000_000_000),
      id: 1,
      user_id: 2,
      text: 'rolled out',
      tags: '["deploy","v2"]',
    },
    {
      ...annotation,
      ...at(1_700_000_100_000, 1_700_000_200_000),
      id: 2,
      alert_id: null,
      dashboard_id: 11,
      panel_id: 1,
      text: 'rolled back',
    },
    { ...annotation, ...at(1_700_000_300_000), id: 3, alert_id: 7, text: 'of an alert' },
  );
  if (shape === '8') return;
  await grafana.insert('dashboard_public', {
    uid: 'public-1',
    dashboard_uid: 'd-top',
    org_id: 1,
    access_token: PUBLIC_TOKEN,
    is_enabled: true,
    share: 'public',
    created_by: 2,
  });
}

async function fillDataSources(grafana: GrafanaDatabase): Promise<void> {
  const { shape } = grafana;
  const source = { type: 'prometheus', access: 'proxy', url: 'http://127.0.0.1:9090', org_id: 1, version: 4 };
  const dataKey = randomBytes(16);
  if (shape !== '8') {
    await grafana.insert('data_keys', {
      name: 'key-1',
      active: true,
      scope: 'root',
      provider: 'secretKey.v1',
      encrypted_data: grafanaEncrypted(dataKey, OLD_SECRET_KEY, 'aes-cfb'),
    });
  }
  const sealed =
    shape === '8'
      ? grafanaEncrypted(SECRET, OLD_SECRET_KEY, 'old')
      : grafanaEnveloped(SECRET, 'key-1', dataKey);
  await grafana.insert(
    'data_source',
    {
      id: 1,
      uid: 'prom',
      name: 'Prometheus',
      ...source,
      is_default: true,
      basic_auth: true,
      basic_auth_user: 'reader',
      json_data: '{"timeInterval":"15s"}',
      secure_json_data: JSON.stringify({ basicAuthPassword: sealed.toString('base64') }),
    },
    { id: 2, uid: 'prom', name: 'Prometheus', ...source, org_id: 2, json_data: null, read_only: true },
  );
  if (shape === '12') {
    const value = grafanaEnveloped(JSON.stringify({ basicAuthPassword: SECRET }), 'key-1', dataKey);
    await grafana.insert('secrets', {
      id: 1,
      org_id: 1,
      namespace: 'Prometheus',
      type: 'datasource',
      value: unpadded(value),
    });
  }
}

/** Up to version 8: lists on folders and dashboards. The one at the top has the usual ones. */
async function fillLists(grafana: GrafanaDatabase): Promise<void> {
  await grafana.insert(
    'dashboard_acl',
    { id: 1, org_id: -1, dashboard_id: -1, permission: 1, role: 'Viewer' },
    { id: 2, org_id: -1, dashboard_id: -1, permission: 2, role: 'Editor' },
    { id: 3, org_id: 1, dashboard_id: 10, permission: 1, role: 'Viewer' },
    { id: 4, org_id: 1, dashboard_id: 10, permission: 2, user_id: 2 },
    { id: 5, org_id: 1, dashboard_id: 10, permission: 4, team_id: 1 },
  );
}

const FOLDER_VIEW = ['dashboards:read', 'folders:read'];
const FOLDER_EDIT = [
  ...FOLDER_VIEW,
  'dashboards:write',
  'dashboards:create',
  'folders:write',
  'folders:delete',
];
const FOLDER_ADMIN = [...FOLDER_EDIT, 'folders.permissions:read', 'folders.permissions:write'];

/** Since version 9: managed roles. From 11 on with short names, by then without the others. */
async function fillRoles(grafana: GrafanaDatabase): Promise<void> {
  const short = grafana.shape === '12';
  await grafana.insert('migration_log', { id: 1, migration_id: 'dashboard permissions', success: true });
  await grafana.insert(
    'role',
    { id: 1, name: 'managed:users:2:permissions', org_id: 1, uid: 'r1', version: 0 },
    { id: 2, name: 'managed:teams:1:permissions', org_id: 1, uid: 'r2', version: 0 },
    { id: 3, name: 'managed:builtins:viewer:permissions', org_id: 1, uid: 'r3', version: 0 },
    { id: 4, name: 'managed:builtins:editor:permissions', org_id: 1, uid: 'r4', version: 0 },
  );
  await grafana.insert('user_role', { id: 1, org_id: 1, user_id: 2, role_id: 1 });
  await grafana.insert('team_role', { id: 1, org_id: 1, team_id: 1, role_id: 2 });
  await grafana.insert(
    'builtin_role',
    { id: 1, role: 'Viewer', role_id: 3, org_id: 1 },
    { id: 2, role: 'Editor', role_id: 4, org_id: 1 },
  );
  const given: [role: number, scope: string, actions: string[]][] = [
    [1, 'folders:uid:f-top', short ? ['folders:edit'] : FOLDER_EDIT],
    [2, 'folders:uid:f-top', short ? ['folders:admin'] : FOLDER_ADMIN],
    [3, 'folders:uid:f-top', short ? ['folders:view'] : FOLDER_VIEW],
    [3, 'dashboards:uid:d-top', short ? ['dashboards:view'] : ['dashboards:read']],
    [
      4,
      'dashboards:uid:d-top',
      short ? ['dashboards:edit'] : ['dashboards:read', 'dashboards:write', 'dashboards:delete'],
    ],
    [2, 'serviceaccounts:id:4', ['serviceaccounts:read', 'serviceaccounts:write']],
    [
      1,
      'datasources:uid:prom',
      ['datasources:read', 'datasources:query', 'datasources:write', 'datasources:delete'],
    ],
    [1, 'teams:id:1', ['teams:read', 'teams:write']],
  ];
  let id = 0;
  for (const [role_id, scope, actions] of given) {
    for (const action of actions) await grafana.insert('permission', { id: ++id, role_id, scope, action });
  }
}
