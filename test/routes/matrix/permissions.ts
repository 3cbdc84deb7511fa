import { ADMINS, anew, oneOf, type Row } from './row.ts';

const VIEW = { permission: 'View' };
const QUERY = { permission: 'Query' };
const EDIT = { permission: 'Edit' };
const MEMBER = { permission: 'Member' };

/** To whom something is given in a list: who is not there is wrong input. */
const TO_WHOM = oneOf('401 403 403 200 200', '401 403 403 400 400');
const items = (key: string) => (values: unknown[]) => ({ items: [{ [key]: values[1], permission: 1 }] });
const permissions = (key: string, permission: string) => (values: unknown[]) => ({
  permissions: [{ [key]: values[1], permission }],
});

/** On single objects, in Grafana's older and newer style. Edit on a folder or dashboard does not reach them. */
export const PERMISSIONS: Row[] = [
  ['GET /api/folders/:uid/permissions', ADMINS.one, ['folder.uid']],
  ['POST /api/folders/:uid/permissions', ADMINS.one, ['+folder.uid'], { items: [] }],
  ['POST /api/folders/:uid/permissions # user', TO_WHOM, ['=+folder.uid', 'person'], items('userId')],
  ['POST /api/folders/:uid/permissions # team', TO_WHOM, ['=+folder.uid', 'team'], items('teamId')],
  ['GET /api/dashboards/uid/:uid/permissions', ADMINS.one, ['dashboard.uid']],
  ['POST /api/dashboards/uid/:uid/permissions', ADMINS.one, ['+dashboard.uid'], { items: [] }],
  [
    'POST /api/dashboards/uid/:uid/permissions # user',
    TO_WHOM,
    ['=+dashboard.uid', 'person'],
    items('userId'),
  ],
  ['GET /api/dashboards/id/:id/permissions', ADMINS.one, ['dashboard']],
  ['POST /api/dashboards/id/:id/permissions', ADMINS.one, ['+dashboard'], { items: [] }],
  ['POST /api/dashboards/id/:id/permissions # team', TO_WHOM, ['=+dashboard', 'team'], items('teamId')],

  ['GET /api/access-control/folders/description', ADMINS.here],
  ['GET /api/access-control/folders/:id', ADMINS.one, ['folder.uid']],
  ['POST /api/access-control/folders/:id', ADMINS.one, ['folder.uid'], { permissions: [] }],
  [
    'POST /api/access-control/folders/:id # user',
    TO_WHOM,
    ['=folder.uid', 'person'],
    permissions('userId', 'View'),
  ],
  [
    'POST /api/access-control/folders/:id # team',
    TO_WHOM,
    ['=folder.uid', 'team'],
    permissions('teamId', 'View'),
  ],
  ['POST /api/access-control/folders/:id/users/:userId', ADMINS.one, ['folder.uid', 'person'], VIEW],
  ['POST /api/access-control/folders/:id/teams/:teamId', ADMINS.one, ['folder.uid', 'team'], VIEW],
  ['POST /api/access-control/folders/:id/builtInRoles/:builtInRole=Viewer', ADMINS.one, ['folder.uid'], VIEW],

  ['GET /api/access-control/dashboards/description', ADMINS.here],
  ['GET /api/access-control/dashboards/:id', ADMINS.one, ['dashboard.uid']],
  ['POST /api/access-control/dashboards/:id', ADMINS.one, ['dashboard.uid'], { permissions: [] }],
  [
    'POST /api/access-control/dashboards/:id # user',
    TO_WHOM,
    ['=dashboard.uid', 'person'],
    permissions('userId', 'View'),
  ],
  [
    'POST /api/access-control/dashboards/:id # team',
    TO_WHOM,
    ['=dashboard.uid', 'team'],
    permissions('teamId', 'View'),
  ],
  ['POST /api/access-control/dashboards/:id/users/:userId', ADMINS.one, ['dashboard.uid', 'person'], VIEW],
  ['POST /api/access-control/dashboards/:id/teams/:teamId', ADMINS.one, ['dashboard.uid', 'team'], VIEW],
  [
    'POST /api/access-control/dashboards/:id/builtInRoles/:builtInRole=Viewer',
    ADMINS.one,
    ['dashboard.uid'],
    VIEW,
  ],

  ['GET /api/access-control/datasources/description', ADMINS.here],
  ['GET /api/access-control/datasources/:id', ADMINS.one, ['source.uid']],
  ['POST /api/access-control/datasources/:id', ADMINS.one, ['source.uid'], { permissions: [] }],
  [
    'POST /api/access-control/datasources/:id # user',
    TO_WHOM,
    ['=source.uid', 'person'],
    permissions('userId', 'Query'),
  ],
  [
    'POST /api/access-control/datasources/:id # team',
    TO_WHOM,
    ['=source.uid', 'team'],
    permissions('teamId', 'Query'),
  ],
  ['POST /api/access-control/datasources/:id/users/:userId', ADMINS.one, ['source.uid', 'person'], QUERY],
  ['POST /api/access-control/datasources/:id/teams/:teamId', ADMINS.one, ['source.uid', 'team'], QUERY],
  [
    'POST /api/access-control/datasources/:id/builtInRoles/:builtInRole=Viewer',
    ADMINS.one,
    ['source.uid'],
    QUERY,
  ],

  ['GET /api/access-control/serviceaccounts/description', ADMINS.here],
  ['GET /api/access-control/serviceaccounts/:id', ADMINS.one, ['account']],
  ['POST /api/access-control/serviceaccounts/:id', ADMINS.one, ['account'], { permissions: [] }],
  [
    'POST /api/access-control/serviceaccounts/:id # user',
    TO_WHOM,
    ['=account', 'person'],
    permissions('userId', 'Edit'),
  ],
  [
    'POST /api/access-control/serviceaccounts/:id # team',
    TO_WHOM,
    ['=account', 'team'],
    permissions('teamId', 'Edit'),
  ],
  ['POST /api/access-control/serviceaccounts/:id/users/:userId', ADMINS.one, ['account', 'person'], EDIT],
  ['POST /api/access-control/serviceaccounts/:id/teams/:teamId', ADMINS.one, ['account', 'team'], EDIT],

  ['GET /api/access-control/teams/description', ADMINS.here],
  ['GET /api/access-control/teams/:id', ADMINS.one, ['team']],
  ['POST /api/access-control/teams/:id', ADMINS.one, ['team'], { permissions: [] }],
  [
    'POST /api/access-control/teams/:id # user',
    ADMINS.one,
    ['team', 'person'],
    permissions('userId', 'Member'),
  ],
  ['POST /api/access-control/teams/:id/users/:userId', ADMINS.one, ['team', 'person'], MEMBER],
];

export const ROLES: Row[] = [
  ['GET /api/access-control/roles', ADMINS.here],
  ['POST /api/access-control/roles', ADMINS.new, [], () => ({ name: anew() })],
  ['GET /api/access-control/roles/:uid', ADMINS.one, ['role.uid']],
  ['PUT /api/access-control/roles/:uid', ADMINS.one, ['role.uid'], () => ({ name: anew() })],
  ['DELETE /api/access-control/roles/:uid', ADMINS.one, ['+role.uid']],
  ['GET /api/access-control/basic-roles', ADMINS.here],
  ['GET /api/access-control/roles/:uid/holders', ADMINS.one, ['role.uid']],
  ['GET /api/access-control/roles/:uid/assignments', ADMINS.one, ['role.uid']],
  ['PUT /api/access-control/roles/:uid/assignments', ADMINS.one, ['role.uid'], {}],
  [
    'PUT /api/access-control/roles/:uid/assignments # user',
    ADMINS.one,
    ['role.uid', 'person'],
    ([, id]) => ({ users: [id] }),
  ],
  [
    'PUT /api/access-control/roles/:uid/assignments # team',
    ADMINS.one,
    ['role.uid', 'team'],
    ([, id]) => ({ teams: [id] }),
  ],
  [
    'PUT /api/access-control/roles/:uid/assignments # account',
    ADMINS.one,
    ['role.uid', 'account'],
    ([, id]) => ({ service_accounts: [id] }),
  ],

  ['GET /api/access-control/users/:id/roles', ADMINS.one, ['person']],
  [
    'POST /api/access-control/users/:id/roles',
    ADMINS.one,
    ['person', 'role.uid'],
    ([, roleUid]) => ({ roleUid }),
  ],
  [
    'PUT /api/access-control/users/:id/roles',
    ADMINS.one,
    ['person', 'role.uid'],
    ([, uid]) => ({ roleUids: [uid] }),
  ],
  ['DELETE /api/access-control/users/:id/roles/:roleUid', ADMINS.one, ['person', '+personRole.uid']],
  ['GET /api/access-control/teams/:id/roles', ADMINS.one, ['team']],
  [
    'POST /api/access-control/teams/:id/roles',
    ADMINS.one,
    ['team', 'role.uid'],
    ([, roleUid]) => ({ roleUid }),
  ],
  [
    'PUT /api/access-control/teams/:id/roles',
    ADMINS.one,
    ['team', 'role.uid'],
    ([, uid]) => ({ roleUids: [uid] }),
  ],
  ['DELETE /api/access-control/teams/:id/roles/:roleUid', ADMINS.one, ['team', '+teamRole.uid']],
];
