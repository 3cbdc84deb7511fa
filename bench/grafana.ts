import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { makeToken } from '../server/crypto/secrets.ts';

export const ORGS = 1000;
export const TOKENS = 10_000;
export const DASHBOARDS = 10_000;
export const GRAFANA_SECRET_KEY = 'the secret key of a Grafana';
export const ADMIN_PASSWORD = 'the password of a Grafana';

const VERSIONS = 3;
const FOLDERS_EACH = 2;
/** How many tokens have a hash that is computed; the others have one of nothing. */
const KNOWN_TOKENS = 200;
const PANELS = 8;
const WHEN = '2023-01-02 03:04:05';

const TABLES = `
  create table migration_log (id integer primary key, migration_id text, success integer);
  create table org (id integer primary key, name text, created datetime, updated datetime);
  create table user (id integer primary key, login text, email text, name text, password text, salt text, rands text,
    org_id integer, is_admin integer, is_disabled integer, theme text, created datetime, updated datetime,
    last_seen_at datetime, is_service_account boolean);
  create table org_user (id integer primary key, org_id integer, user_id integer, role text, created datetime, updated datetime);
  create table team (id integer primary key, name text, org_id integer, email text, uid text, created datetime, updated datetime);
  create table team_member (id integer primary key, org_id integer, team_id integer, user_id integer, permission integer);
  create table api_key (id integer primary key, org_id integer, name text, key text, role text, created datetime,
    expires integer, service_account_id integer, last_used_at datetime, is_revoked boolean);
  create table dashboard (id integer primary key, version integer, slug text, title text, data text, org_id integer,
    created datetime, updated datetime, updated_by integer, created_by integer, folder_id integer, is_folder integer,
    has_acl integer, uid text, deleted datetime, folder_uid text);
  create index dashboard_is_folder on dashboard (is_folder);
  create unique index dashboard_uid on dashboard (org_id, uid);
  create table dashboard_version (id integer primary key, dashboard_id integer, parent_version integer,
    restored_from integer, version integer, created datetime, created_by integer, message text, data text);
  create index dashboard_version_of on dashboard_version (dashboard_id);
  create table folder (id integer primary key, uid text, org_id integer, title text, parent_uid text);
  create unique index folder_uid on folder (org_id, uid);
  create table star (id integer primary key, user_id integer, dashboard_id integer);
  create table data_source (id integer primary key, org_id integer, version integer, type text, name text, access text,
    url text, is_default integer, json_data text, secure_json_data text, uid text, created datetime, updated datetime);
  create table preferences (id integer primary key, org_id integer, user_id integer, team_id integer,
    home_dashboard_id integer, timezone text, theme text, week_start text, json_data text);
  create table permission (id integer primary key, role_id integer, action text, scope text);
  create index permission_of on permission (action, scope, role_id);
  create index permission_by_role on permission (role_id);
  create table role (id integer primary key, name text, org_id integer, uid text);
  create table user_role (id integer primary key, org_id integer, user_id integer, role_id integer);
  create table team_role (id integer primary key, org_id integer, team_id integer, role_id integer);
  create table builtin_role (id integer primary key, role text, role_id integer, org_id integer);`;

/** Fills a database like Grafana's; returns the tokens whose hash is right, and how many rows it has. */
export function seedGrafana(path: string): { tokens: string[]; rows: number } {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = off; pragma synchronous = off');
  database.exec(TABLES);
  database.exec('begin');
  let rows = 0;
  const insert = (table: string, row: Record<string, string | number | null | Uint8Array>): void => {
    const names = Object.keys(row);
    const text = `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
    statementOf(database, text).run(...Object.values(row));
    rows++;
  };
  insert('migration_log', { migration_id: 'dashboard permissions', success: 1 });
  for (let org = 1; org <= ORGS; org++) seedOrg(insert, org);
  const tokens = seedTokens(insert);
  for (let dashboard = 1; dashboard <= DASHBOARDS; dashboard++) seedDashboard(insert, dashboard);
  database.exec('commit');
  database.close();
  return { tokens, rows };
}

type Insert = (table: string, row: Record<string, string | number | null | Uint8Array>) => void;

const statements = new WeakMap<DatabaseSync, Map<string, ReturnType<DatabaseSync['prepare']>>>();

function statementOf(database: DatabaseSync, text: string): ReturnType<DatabaseSync['prepare']> {
  const known = statements.get(database) ?? new Map<string, ReturnType<DatabaseSync['prepare']>>();
  statements.set(database, known);
  const statement = known.get(text) ?? database.prepare(text);
  known.set(text, statement);
  return statement;
}

/** Three people (the second of the next organization too), an account, a team, two folders and a data source with a secret. */
function seedOrg(insert: Insert, org: number): void {
  const times = { created: WHEN, updated: WHEN };
  insert('org', { id: org, name: org === 1 ? 'Main Org.' : `Organization ${org}`, ...times });
  const firstId = (org - 1) * 3 + 1;
  for (const [at, role] of ['Admin', 'Editor', 'Viewer'].entries()) {
    const id = firstId + at;
    const salt = randomBytes(5).toString('hex');
    const password = id === 1 ? hashOf(ADMIN_PASSWORD, salt) : randomBytes(50).toString('hex');
    const login = id === 1 ? 'admin' : `person-${id}`;
    const flags = { is_admin: id === 1 ? 1 : 0, is_disabled: 0, is_service_account: 0 };
    const names = { login, email: `${login}@example.org`, name: `Person ${id}` };
    insert('user', { id, ...names, password, salt, rands: salt, org_id: org, ...flags, ...times });
    insert('org_user', { org_id: org, user_id: id, role, ...times });
  }
  const account = ORGS * 3 + org;
  const login = `sa-${org}-robot`;
  insert('user', {
    id: account,
    login,
    email: login,
    name: 'robot',
    org_id: org,
    is_admin: 0,
    is_disabled: 0,
    is_service_account: 1,
    ...times,
  });
  insert('org_user', { org_id: org, user_id: account, role: 'Editor', ...times });
  insert('team', { id: org, name: 'team', org_id: org, email: '', uid: `team-${org}`, ...times });
  insert('team_member', { org_id: org, team_id: org, user_id: firstId + 1, permission: 0 });
  const encrypted = encrypt(`secret ${org}`).toString('base64');
  insert('data_source', {
    id: org,
    org_id: org,
    version: 1,
    type: 'prometheus',
    name: 'Prometheus',
    access: 'proxy',
    url: 'http://127.0.0.1:9090',
    is_default: 1,
    json_data: '{}',
    secure_json_data: JSON.stringify({ httpHeaderValue1: encrypted }),
    uid: `prometheus-${org}`,
    ...times,
  });
  insert('preferences', {
    org_id: org,
    user_id: 0,
    team_id: 0,
    home_dashboard_id: 0,
    timezone: 'utc',
    theme: 'dark',
  });
  seedFolders(insert, org);
}

function seedFolders(insert: Insert, org: number): void {
  const roles = { viewer: org * 2 - 1, editor: org * 2 };
  for (const [name, id] of Object.entries(roles)) {
    insert('role', { id, name: `managed:builtins:${name}:permissions`, org_id: org, uid: `role-${id}` });
    insert('builtin_role', { role: name === 'viewer' ? 'Viewer' : 'Editor', role_id: id, org_id: org });
  }
  for (let at = 0; at < FOLDERS_EACH; at++) {
    const id = DASHBOARDS + (org - 1) * FOLDERS_EACH + at + 1;
    const uid = `folder-${id}`;
    const parent = at === 0 ? null : `folder-${id - 1}`;
    insert('dashboard', {
      id,
      uid,
      org_id: org,
      title: `Folder ${at}`,
      slug: uid,
      version: 1,
      data: '{}',
      is_folder: 1,
      folder_id: 0,
      has_acl: 0,
      folder_uid: parent,
      created: WHEN,
      updated: WHEN,
    });
    insert('folder', { uid, org_id: org, title: `Folder ${at}`, parent_uid: parent });
    if (at > 0) continue;
    for (const action of ['folders:read', 'dashboards:read', 'folders:view']) {
      insert('permission', { role_id: roles.viewer, action, scope: `folders:uid:${uid}` });
    }
    for (const action of [
      'folders:read',
      'dashboards:read',
      'folders:write',
      'dashboards:write',
      'folders:edit',
    ]) {
      insert('permission', { role_id: roles.editor, action, scope: `folders:uid:${uid}` });
    }
  }
}

function seedTokens(insert: Insert): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < TOKENS; at++) {
    const org = (at % ORGS) + 1;
    const token = makeToken();
    const isKnown = at < KNOWN_TOKENS;
    if (isKnown) tokens.push(token);
    insert('api_key', {
      org_id: org,
      name: `token-${at}`,
      key: isKnown ? hashOf(token.slice(5, 37), token.slice(38)) : randomBytes(50).toString('hex'),
      role: 'Viewer',
      created: WHEN,
      service_account_id: ORGS * 3 + org,
      is_revoked: 0,
    });
  }
  return tokens;
}

/** A dashboard of some kilobytes: a third at the top, the others in the two folders. */
function seedDashboard(insert: Insert, id: number): void {
  const org = (id % ORGS) + 1;
  const place = id % (FOLDERS_EACH + 1);
  const folder = DASHBOARDS + (org - 1) * FOLDERS_EACH + place;
  const uid = `dashboard-${id}`;
  const data = (version: number): string => documentOf(id, uid, version);
  insert('dashboard', {
    id,
    uid,
    org_id: org,
    title: `Dashboard ${id}`,
    slug: uid,
    version: VERSIONS,
    data: Buffer.from(data(VERSIONS)),
    is_folder: 0,
    has_acl: 0,
    folder_id: place === 0 ? 0 : folder,
    folder_uid: place === 0 ? null : `folder-${folder}`,
    created: WHEN,
    updated: WHEN,
    created_by: (org - 1) * 3 + 1,
    updated_by: (org - 1) * 3 + 2,
  });
  for (let version = 1; version <= VERSIONS; version++) {
    const common = { dashboard_id: id, version, parent_version: version - 1, restored_from: 0 };
    insert('dashboard_version', {
      ...common,
      created: WHEN,
      created_by: 1,
      message: '',
      data: data(version),
    });
  }
  if (place !== 0) return;
  insert('permission', { role_id: org * 2 - 1, action: 'dashboards:read', scope: `dashboards:uid:${uid}` });
  for (const action of ['dashboards:read', 'dashboards:write'])
    insert('permission', { role_id: org * 2, action, scope: `dashboards:uid:${uid}` });
}

function documentOf(id: number, uid: string, version: number): string {
  const panels = Array.from({ length: PANELS }, (_, at) => ({
    id: at,
    type: 'timeseries',
    title: `Panel ${at}`,
    gridPos: { h: 8, w: 12, x: 0, y: at * 8 },
    targets: [{ expr: `rate(http_requests_total{job="job-${id}",instance="${at}"}[5m])`, refId: 'A' }],
    fieldConfig: {
      defaults: { unit: 'reqps', thresholds: { steps: [{ color: 'green', value: null }] } },
      overrides: [],
    },
  }));
  return JSON.stringify({
    id,
    uid,
    title: `Dashboard ${id}`,
    tags: [`tag-${id % 10}`],
    panels,
    schemaVersion: 38,
    version,
  });
}

function hashOf(secret: string, salt: string): string {
  return pbkdf2Sync(secret, salt, 10_000, 50, 'sha256').toString('hex');
}

function encrypt(text: string): Buffer {
  const [salt, iv] = [Buffer.from(randomBytes(4).toString('hex')), randomBytes(16)];
  const key = pbkdf2Sync(GRAFANA_SECRET_KEY, salt, 10_000, 32, 'sha256');
  return Buffer.concat([salt, iv, createCipheriv('aes-256-cfb', key, iv).update(text)]);
}
