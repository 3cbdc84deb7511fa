// What a route is called where it does not say so itself.

const TAGS: [prefix: string, tag: string][] = [
  ['/api/auth/keys', 'API keys'],
  ['/api/serviceaccounts', 'Service accounts'],
  ['/api/access-control', 'Access control'],
  ['/api/admin/users', 'Users'],
  ['/api/users', 'Users'],
  ['/api/user', 'Signed-in user'],
  ['/api/orgs', 'Organizations'],
  ['/api/org', 'Current organization'],
  ['/api/teams', 'Teams'],
  ['/api/folders', 'Folders'],
  ['/api/dashboards', 'Dashboards'],
  ['/api/public/dashboards', 'Dashboards'],
  ['/api/library-elements', 'Library elements'],
  ['/api/search', 'Dashboards'],
  ['/api/datasources', 'Data sources'],
  ['/api/annotations', 'Annotations'],
  ['/api/playlists', 'Playlists'],
  ['/api/admin/audit', 'Audit'],
  ['/api/audit', 'Audit'],
  ['/api/admin/usage', 'Usage'],
  ['/api/usage', 'Usage'],
  ['/api/admin/rate-limits', 'Usage'],
  ['/api/rate-limits', 'Usage'],
  ['/api/admin', 'Server'],
  ['/login', 'Sign-in'],
  ['/logout', 'Sign-in'],
  ['/api/login', 'Sign-in'],
  ['/api/frontend', 'Server'],
];

/** The group that a path is shown in. */
export function tagOf(url: string): string {
  const found = TAGS.find(([prefix]) => url === prefix || url.startsWith(`${prefix}/`));
  return found?.[1] ?? 'Server';
}

/** A name for one operation, made of its method and path: `getTeamsByIdMembers`. */
export function operationIdOf(method: string, url: string): string {
  const parts = segmentsOf(url).map((part) =>
    part.startsWith(':') ? `By${pascal(part.slice(1))}` : pascal(part),
  );
  return method.toLowerCase() + parts.join('');
}

// Where what is done is not to be read off the path.
const SUMMARIES: Record<string, string> = {
  'POST /api/users/:id/using/:orgId': 'Choose the organization in which a user acts',
  'POST /api/user/stars/dashboard/uid/:uid': 'Star a dashboard',
  'POST /api/user/stars/dashboard/:id': 'Star a dashboard',
  'DELETE /api/user/stars/dashboard/uid/:uid': 'Take a star away',
  'DELETE /api/user/stars/dashboard/:id': 'Take a star away',
  'GET /api/access-control/roles': 'Read roles',
  'POST /api/access-control/roles': 'Add a role',
  'GET /api/access-control/roles/:uid': 'Read a role',
  'PUT /api/access-control/roles/:uid': 'Set a role',
  'DELETE /api/access-control/roles/:uid': 'Delete a role',
  'GET /api/access-control/roles/:uid/assignments': 'Read who has a role',
  'PUT /api/access-control/roles/:uid/assignments': 'Set who has a role',
  'DELETE /api/access-control/teams/:id/roles/:roleUid': 'Take a role from a team',
  'DELETE /api/access-control/users/:id/roles/:roleUid': 'Take a role from a user',
  'POST /api/access-control/teams/:id/roles': 'Give a team a role',
  'POST /api/access-control/users/:id/roles': 'Give a user a role',
  'PUT /api/access-control/teams/:id/roles': 'Set the roles of a team',
  'PUT /api/access-control/users/:id/roles': 'Set the roles of a user',
  'GET /api/access-control/teams/:id/roles': 'Read the roles of a team',
  'GET /api/access-control/users/:id/roles': 'Read the roles of a user',
  'GET /api/auth/keys/inventory': 'Read API keys with who uses them and what to do about them',
  'POST /login': 'Sign in',
  'POST /logout': 'Sign out',
  'GET /healthz': 'Ask whether the server answers',
  'GET /readyz': 'Ask whether the server can answer requests, and why not',
  'GET /api/health': 'Ask whether the server and its database are well',
  'GET /api/login/ping': 'Ask whether one is still signed in',
  'GET /api/search': 'Search folders and dashboards',
  'GET /api/frontend/settings': 'Read the settings that a page needs',
  'GET /api/admin/settings': "Read the server's settings, without secrets",
  'GET /api/admin/stats': "Read the server's figures",
  'GET /api/dashboards/home': 'Read the first page, or where it is',
  'GET /api/dashboards/public-dashboards': 'Read which dashboards are public',
  'GET /api/library-elements/name/:name': 'Read library elements by their name',
  'GET /api/public/dashboards/:accessToken': 'Read a public dashboard, without a credential',
  'POST /api/dashboards/uid/:uid/public-dashboards': 'Make a dashboard public',
  'POST /api/dashboards/db': 'Create or change a dashboard',
  'GET /api/access-control/status': 'Ask whether access control is on',
  'GET /api/access-control/user/actions': 'Read the actions that the asker holds',
  'GET /api/access-control/user/permissions': 'Read the permissions that the asker holds',
  'POST /api/serviceaccounts/migrate': 'Move every API key to a service account',
  'POST /api/serviceaccounts/migrate/:keyId': 'Move one API key to a service account',
  'POST /api/serviceaccounts/:id/revert/:keyId': 'Make the token of a moved key an API key again',
  'GET /api/serviceaccounts/migrationstatus': 'Read how far the move of API keys is',
  'POST /api/serviceaccounts/hideApiKeys': 'Hide the page of API keys',
  'POST /api/serviceaccounts/showApiKeys': 'Show the page of API keys',
  'POST /api/serviceaccounts/:id/orgs': 'Let a service account act in another organization',
  'DELETE /api/serviceaccounts/:id/orgs/:orgId': 'Take an organization from a service account',
  'POST /api/user/using/:orgId': 'Choose the organization to act in',
  'POST /api/admin/users/:id/logout': "End all of a user's sessions",
  'POST /api/admin/users/:id/revoke-auth-token': "End one of a user's sessions",
  'POST /api/user/revoke-auth-token': "End one of one's own sessions",
  'PUT /api/admin/users/:id/permissions': 'Make a user an administrator of the server, or no longer',
};

const NOUNS: Record<string, [one: string, many: string]> = {
  annotations: ['an annotation', 'annotations'],
  playlists: ['a playlist', 'playlists'],
  'auth/keys': ['an API key', 'API keys'],
  'access-control': ['', ''],
  'auth-tokens': ['a session', 'sessions'],
  builtInRoles: ['a basic role', 'basic roles'],
  dashboard: ['a dashboard', 'a dashboard'],
  actions: ['actions', 'the actions held'],
  admin: ['', ''],
  connections: ['the uses', 'the uses'],
  counts: ['counts', 'the counts'],
  dashboards: ['a dashboard', 'dashboards'],
  datasources: ['a data source', 'data sources'],
  description: ['the levels', 'the levels'],
  folders: ['a folder', 'folders'],
  groups: ['an external group', 'external groups'],
  home: ['the first page', 'the first page'],
  'library-elements': ['a library element', 'library elements'],
  members: ['a member', 'members'],
  org: ['the current organization', 'the current organization'],
  orgs: ['an organization', 'organizations'],
  permissions: ['permissions', 'permissions'],
  preferences: ['preferences', 'preferences'],
  public: ['', ''],
  'public-dashboards': ['the public link', 'the public link'],
  quotas: ['a quota', 'quotas'],
  roles: ['a role', 'roles'],
  serviceaccounts: ['a service account', 'service accounts'],
  stars: ['a star', 'stars'],
  teams: ['a team', 'teams'],
  tokens: ['a token', 'tokens'],
  user: ['the signed-in user', 'the signed-in user'],
  users: ['a user', 'users'],
  versions: ['a version', 'versions'],
};

const KEYS_OF_A_THING = new Set(['uid', 'id', 'name']);
// The last part of a path that says what is done, not with what.
const DEEDS = new Set(['disable', 'enable', 'lookup', 'move', 'restore', 'revoke', 'search']);
const VERBS: Record<string, string> = {
  DELETE: 'Delete',
  GET: 'Read',
  PATCH: 'Change',
  POST: 'Add',
  PUT: 'Set',
};

/** A few words on what an operation does: "Read members of a team". */
export function summaryOf(method: string, url: string): string {
  const known = SUMMARIES[`${method} ${url}`];
  if (known !== undefined) return known;
  const things: string[] = [];
  let deed: string | undefined;
  const parts = segmentsOf(url.replace('/auth/keys', '/auth%2Fkeys')).map(decodeURIComponent);
  for (const [at, part] of parts.entries()) {
    if (part.startsWith(':')) continue;
    if (KEYS_OF_A_THING.has(part) && at > 0) continue;
    if (DEEDS.has(part)) {
      deed = plain(part);
      continue;
    }
    const isOne =
      parts
        .slice(at + 1)
        .find((next) => !KEYS_OF_A_THING.has(next))
        ?.startsWith(':') ?? false;
    const [one, many] = NOUNS[part] ?? [plain(part), plain(part)];
    things.unshift(isOne || (method === 'POST' && at === parts.length - 1) ? one : many);
  }
  // There the object comes first, and its permissions are what is meant.
  const ofObject = parts[0] === 'access-control' ? ['permissions', ...things.toReversed()] : things;
  const what = ofObject.filter((thing) => thing !== '').join(' of ');
  const verb = deed === undefined ? (VERBS[method] ?? method) : `${deed[0]?.toUpperCase()}${deed.slice(1)}`;
  return `${verb} ${what}`;
}

function segmentsOf(url: string): string[] {
  return url.split('/').filter((part) => part !== '' && part !== 'api');
}

function pascal(text: string): string {
  return text.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function plain(text: string): string {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]/g, ' ')
    .toLowerCase();
}
