import { ADMINS, anew, oneOf, type Row } from './row.ts';

export const TEAMS: Row[] = [
  ['POST /api/teams', ADMINS.here, [], () => ({ name: anew() })],
  [
    'POST /api/teams # where',
    oneOf('401 403 403 200 200', '401 403 403 400 400'),
    ['org'],
    ([orgId]) => ({ name: anew(), orgId }),
  ],
  // Whoever is in a team may look for it; these are in none.
  ['GET /api/teams/search', ADMINS.here],
  ['GET /api/teams/:id', ADMINS.one, ['team']],
  ['GET /api/teams/:id # uid', ADMINS.one, ['team.uid']],
  ['PUT /api/teams/:id', ADMINS.one, ['team'], () => ({ name: anew() })],
  ['DELETE /api/teams/:id', ADMINS.one, ['+team']],
  ['DELETE /api/teams/:id # uid', ADMINS.one, ['+team.uid']],

  ['GET /api/teams/:id/members', ADMINS.one, ['team']],
  ['POST /api/teams/:id/members', ADMINS.one, ['team', '+person'], ([, userId]) => ({ userId })],
  ['PUT /api/teams/:id/members', ADMINS.one, ['+team'], { members: [] }],
  [
    'PUT /api/teams/:id/members # whom',
    oneOf('401 403 403 200 200', '401 403 403 400 400'),
    ['=+team', 'person.email'],
    ([, email]) => ({ members: [email] }),
  ],
  ['PUT /api/teams/:id/members/:userId', ADMINS.one, ['team', 'member'], { permission: 4 }],
  ['DELETE /api/teams/:id/members/:userId', ADMINS.one, ['team', '+member']],

  ['GET /api/teams/:id/groups', ADMINS.one, ['team']],
  ['POST /api/teams/:id/groups', ADMINS.one, ['team'], () => ({ groupId: anew('group') })],
  ['DELETE /api/teams/:id/groups/:groupId', ADMINS.one, ['team', '+group.name']],
  ['DELETE /api/teams/:id/groups?groupId=:groupId', ADMINS.one, ['team', '+group.name']],

  ['GET /api/teams/:id/preferences', ADMINS.one, ['team']],
  ['PUT /api/teams/:id/preferences', ADMINS.one, ['team'], { theme: 'dark' }],
  [
    'PUT /api/teams/:id/preferences # home',
    ADMINS.one,
    ['team', 'dashboard.uid'],
    ([, uid]) => ({ homeDashboardUID: uid }),
  ],
  ['PATCH /api/teams/:id/preferences', ADMINS.one, ['team'], { theme: 'dark' }],
];
