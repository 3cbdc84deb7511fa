// What actions are on; those that are not named here are called by their names.
const THINGS: Record<string, string> = {
  annotations: 'annotations',
  apikeys: 'API keys',
  dashboards: 'dashboards',
  'dashboards.permissions': 'permissions of dashboards',
  'dashboards.public': 'public dashboards',
  datasources: 'data sources',
  'datasources.id': 'ids of data sources',
  'datasources.permissions': 'permissions of data sources',
  folders: 'folders',
  'folders.permissions': 'permissions of folders',
  'org.users': 'members of the organization',
  orgs: 'organizations',
  'orgs.preferences': 'preferences of the organization',
  'orgs.quotas': 'quotas of organizations',
  'plugins.app': 'app plugins',
  roles: 'roles',
  'server.stats': 'statistics of the server',
  serviceaccounts: 'service accounts',
  'serviceaccounts.permissions': 'permissions of service accounts',
  settings: 'settings of the server',
  teams: 'teams',
  'teams.permissions': 'permissions of teams',
  'teams.roles': 'roles of teams',
  users: 'users of the server',
  'users.authtoken': 'sessions of users',
  'users.password': 'passwords of users',
  'users.permissions': 'permissions of users',
  'users.quotas': 'quotas of users',
  'users.roles': 'roles of users and service accounts',
};

const VERBS: Record<string, string> = { read: 'see', write: 'change', access: 'use' };

const SCOPED: Record<string, string> = {
  annotations: 'annotations',
  apikeys: 'API keys',
  dashboards: 'dashboards',
  datasources: 'data sources',
  folders: 'folders',
  'global.users': 'users of the server',
  plugins: 'plugins',
  provisioners: 'provisioners',
  roles: 'roles',
  serviceaccounts: 'service accounts',
  settings: 'settings',
  teams: 'teams',
  users: 'users',
};

/** What an action is on, as people call it. */
export function thingOf(action: string): string {
  const thing = action.slice(0, action.lastIndexOf(':'));
  return THINGS[thing] ?? thing.replaceAll(/[.:]/g, ' ');
}

/** What an action lets somebody do, as `change dashboards`. */
export function actionWords(action: string): string {
  return `${verbOf(action)} ${thingOf(action)}`;
}

/** Whether an action guards nothing on this server: clients made for Grafana look for it to know what to show. */
export function isOfGrafanaAlone(action: string): boolean {
  return /^(alert\.|plugins|ldap\.|provisioning)/.test(action);
}

/** What a permission lets somebody do, and with what, as `change all dashboards`. */
export function permissionWords({ action, scope }: { action: string; scope: string }): string {
  if (isOfGrafanaAlone(action)) return 'do nothing here; clients made for Grafana ask for it';
  const [kind = '', ...rest] = scope.split(':');
  if (rest.at(-1) === '*' && SCOPED[kind] === thingOf(action)) return `${verbOf(action)} all ${SCOPED[kind]}`;
  const where = scopeWords(scope);
  return where === '' ? actionWords(action) : `${actionWords(action)}: ${where}`;
}

/** What a scope reaches, as `all dashboards`; '' is an action that is on nothing in particular. */
export function scopeWords(scope: string): string {
  if (scope === '') return '';
  if (scope === '*') return 'everything';
  if (scope === 'permissions:type:delegate') return 'up to what one holds oneself';
  if (scope === 'folders:uid:general') return 'outside of folders';
  const [kind = '', ...rest] = scope.split(':');
  const things = SCOPED[kind] ?? kind;
  if (kind === 'folders' && rest.at(-1) === '*') return 'all folders and what is in them';
  return rest.at(-1) === '*' ? `all ${things}` : `only ${rest.at(-1) ?? scope}`;
}

function verbOf(action: string): string {
  const verb = action.slice(action.lastIndexOf(':') + 1);
  return VERBS[verb] ?? verb;
}
