import { ADMINS, anew, EVERYBODY, type Row, SERVER, SERVER_READ } from './row.ts';

export const ORGS: Row[] = [
  ['GET /api/org', EVERYBODY.here],
  ['PUT /api/org', ADMINS.here, [], () => ({ name: anew() })],
  ['PUT /api/org/address', ADMINS.here, [], { city: 'Bern' }],

  ['GET /api/audit', ADMINS.here],
  ['GET /api/audit/export', ADMINS.here],

  ['GET /api/org/users', ADMINS.here],
  ['GET /api/org/users/search', ADMINS.here],
  ['GET /api/org/users/lookup', ADMINS.here],
  // Grafana: an Admin brings in any user of the server by name; whoever is in already is a conflict.
  [
    'POST /api/org/users',
    { own: '401 403 403 409 409', other: '401 403 403 200 200', missing: '401 403 403 404 404' },
    ['+person.login'],
    ([loginOrEmail]) => ({ loginOrEmail, role: 'Viewer' }),
  ],
  ['PATCH /api/org/users/:userId', ADMINS.one, ['person'], { role: 'Viewer' }],
  ['DELETE /api/org/users/:userId', ADMINS.one, ['+person']],

  ['GET /api/org/preferences', ADMINS.here],
  ['PUT /api/org/preferences', ADMINS.here, [], { theme: 'dark' }],
  ['PUT /api/org/preferences # uid', ADMINS.one, ['dashboard.uid'], ([uid]) => ({ homeDashboardUID: uid })],
  ['PATCH /api/org/preferences', ADMINS.here, [], { theme: 'dark' }],
  ['PATCH /api/org/preferences # id', ADMINS.one, ['dashboard'], ([id]) => ({ homeDashboardId: id })],
  ['GET /api/org/quotas', EVERYBODY.here],

  ['GET /api/orgs', SERVER_READ.here],
  ['GET /api/orgs/search', SERVER_READ.here],
  ['POST /api/orgs', SERVER.here, [], () => ({ name: anew() })],
  ['GET /api/orgs/:id', SERVER_READ.one, ['org']],
  ['GET /api/orgs/name/:name', SERVER_READ.one, ['+org.name']],
  ['PUT /api/orgs/:id', SERVER.one, ['+org'], () => ({ name: anew() })],
  ['PUT /api/orgs/:id/address', SERVER.one, ['org'], { city: 'Bern' }],
  ['DELETE /api/orgs/:id', SERVER.one, ['+org']],
  ['GET /api/orgs/:id/users', SERVER_READ.one, ['org']],
  ['GET /api/orgs/:id/users/search', SERVER_READ.one, ['org']],
  [
    'POST /api/orgs/:id/users',
    SERVER.one,
    ['+org', '=person.login'],
    ([, loginOrEmail]) => ({ loginOrEmail, role: 'Viewer' }),
  ],
  [
    'POST /api/orgs/:id/users # whom',
    SERVER.one,
    ['=+org', 'person.login'],
    ([, loginOrEmail]) => ({ loginOrEmail, role: 'Viewer' }),
  ],
  ['PATCH /api/orgs/:id/users/:userId', SERVER.one, ['org', 'person'], { role: 'Viewer' }],
  ['DELETE /api/orgs/:id/users/:userId', SERVER.one, ['org', '+person']],
  ['GET /api/orgs/:id/quotas', SERVER.one, ['org']],
  ['PUT /api/orgs/:id/quotas/:target=dashboard', SERVER.one, ['org'], { limit: -1 }],
];
