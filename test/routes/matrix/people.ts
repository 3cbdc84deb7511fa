import { anew, EVERYBODY, OPEN, oneOf, type Row, SERVER, SERVER_READ } from './row.ts';

const WRONG = '401 401 401 401 401';
const NOT_THEIRS = '401 403 403 403 401';

export const SIGNING_IN: Row[] = [
  // That there is such a user is not to be told from the answer to a wrong password.
  [
    'POST /login',
    { own: WRONG, other: WRONG, missing: WRONG },
    ['person.login'],
    ([user]) => ({ user, password: 'wrong' }),
  ],
  ['POST /login # right password', OPEN, [], () => ({ user: 'admin', password: 'admin' })],
  ['POST /logout', OPEN],
  ['GET /api/login/ping', EVERYBODY.here],
];

export const USERS: Row[] = [
  ['GET /api/users', SERVER_READ.here],
  ['GET /api/users/search', SERVER_READ.here],
  ['GET /api/users/lookup?loginOrEmail=:login', SERVER_READ.one, ['person.login']],
  ['GET /api/users/:id', SERVER_READ.one, ['person']],
  ['PUT /api/users/:id', SERVER.one, ['+person'], () => ({ login: anew() })],
  ['GET /api/users/:id/orgs', SERVER_READ.one, ['person']],
  ['GET /api/users/:id/teams', SERVER_READ.one, ['person']],
  // Grafana: 401 for an organization that they are not in.
  ['POST /api/users/:id/using/:orgId', { ...SERVER.one, other: NOT_THEIRS }, ['+person', '=org']],
  [
    'POST /api/users/:id/using/:orgId # where',
    { ...SERVER.one, other: NOT_THEIRS, missing: NOT_THEIRS },
    ['=+person', 'org'],
  ],

  ['POST /api/admin/users', SERVER.here, [], () => ({ login: anew(), password: 'long enough' })],
  [
    'POST /api/admin/users # where',
    { ...SERVER.one, missing: '401 403 403 403 400' },
    ['org'],
    ([OrgId]) => ({ login: anew(), password: 'long enough', OrgId }),
  ],
  ['DELETE /api/admin/users/:id', SERVER.one, ['+person']],
  ['PUT /api/admin/users/:id/password', SERVER.one, ['+person'], { password: 'another one' }],
  ['PUT /api/admin/users/:id/permissions', SERVER.one, ['+person'], { isGrafanaAdmin: false }],
  ['POST /api/admin/users/:id/disable', SERVER.one, ['+person']],
  ['POST /api/admin/users/:id/enable', SERVER.one, ['person']],
  ['POST /api/admin/users/:id/logout', SERVER.one, ['+person']],
  ['GET /api/admin/users/:id/auth-tokens', SERVER.one, ['person']],
  [
    'POST /api/admin/users/:id/revoke-auth-token',
    SERVER.one,
    ['person', '+session'],
    ([, authTokenId]) => ({ authTokenId }),
  ],
  ['GET /api/admin/users/:id/quotas', SERVER.one, ['person']],
  ['PUT /api/admin/users/:id/quotas/:target=org_user', SERVER.one, ['person'], { limit: -1 }],
];

export const OWN_ACCOUNT: Row[] = [
  ['GET /api/user', EVERYBODY.here],
  ['PUT /api/user', EVERYBODY.here, [], (_, { login, email }) => ({ login, email })],
  [
    'PUT /api/user/password',
    EVERYBODY.here,
    [],
    (_, { password }) => ({ oldPassword: password, newPassword: password, confirmNew: password }),
  ],
  ['GET /api/user/orgs', EVERYBODY.here],
  // Grafana: 401, and to whoever asks for somewhere else.
  ['POST /api/user/using/:orgId', oneOf('401 200 200 200 200', '401 401 401 401 401'), ['org']],
  ['GET /api/user/teams', EVERYBODY.here],
  ['GET /api/user/quotas', EVERYBODY.here],
  ['GET /api/user/auth-tokens', EVERYBODY.here],
  // Not even a session of somebody else in one's own organization; one's own is in sessions.test.ts.
  [
    'POST /api/user/revoke-auth-token',
    oneOf('401 404 404 404 404', '401 404 404 404 404'),
    ['session'],
    ([authTokenId]) => ({ authTokenId }),
  ],

  ['GET /api/user/preferences', EVERYBODY.here],
  ['PUT /api/user/preferences', EVERYBODY.here, [], { theme: 'dark' }],
  ['PUT /api/user/preferences # id', EVERYBODY.one, ['dashboard'], ([id]) => ({ homeDashboardId: id })],
  ['PATCH /api/user/preferences', EVERYBODY.here, [], { theme: 'dark' }],
  [
    'PATCH /api/user/preferences # uid',
    EVERYBODY.one,
    ['dashboard.uid'],
    ([uid]) => ({ homeDashboardUID: uid }),
  ],

  ['POST /api/user/stars/dashboard/uid/:uid', EVERYBODY.one, ['dashboard.uid']],
  ['DELETE /api/user/stars/dashboard/uid/:uid', EVERYBODY.one, ['dashboard.uid']],
  ['POST /api/user/stars/dashboard/:id', EVERYBODY.one, ['dashboard']],
  ['DELETE /api/user/stars/dashboard/:id', EVERYBODY.one, ['dashboard']],

  ['GET /api/access-control/user/permissions', EVERYBODY.here],
  ['GET /api/access-control/user/actions', EVERYBODY.here],
  ['GET /api/access-control/status', EVERYBODY.here],
];
