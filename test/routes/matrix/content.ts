import { ADMINS, anew, EDITORS, EVERYBODY, oneOf, type Row } from './row.ts';

// All are in the folder's and dashboard's usual permissions: Viewers see them, Editors change them, Admins delete them.

/** Where something is to be put: what is not there is wrong input, whoever may write at all. */
const PUT_INTO = oneOf('401 403 200 200 200', '401 403 400 400 400');

/** What a list is asked to be of. */
export const LOOKED_FOR = oneOf('401 200 200 200 200', '401 200 200 200 200');

const dashboard = (more: object = {}): object => ({ dashboard: { title: anew(), ...more } });

export const FOLDERS: Row[] = [
  ['GET /api/folders', EVERYBODY.here],
  ['GET /api/folders?parentUid=:uid # within', LOOKED_FOR, ['folder.uid']],
  ['POST /api/folders', EDITORS.here, [], () => ({ title: anew() })],
  ['POST /api/folders # where', PUT_INTO, ['folder.uid'], ([parentUid]) => ({ title: anew(), parentUid })],
  ['GET /api/folders/:uid', EVERYBODY.one, ['folder.uid']],
  ['GET /api/folders/id/:id', EVERYBODY.one, ['folder']],
  ['PUT /api/folders/:uid', EDITORS.one, ['folder.uid'], () => ({ title: anew(), overwrite: true })],
  ['POST /api/folders/:uid/move', EDITORS.one, ['+folder.uid'], { parentUid: '' }],
  [
    'POST /api/folders/:uid/move # where',
    PUT_INTO,
    ['=+folder.uid', 'folder.uid'],
    ([, parentUid]) => ({ parentUid }),
  ],
  ['DELETE /api/folders/:uid', ADMINS.one, ['+folder.uid']],
  ['GET /api/folders/:uid/counts', EVERYBODY.one, ['folder.uid']],
];

export const DASHBOARDS: Row[] = [
  ['GET /api/search', EVERYBODY.here],
  // What is looked for and not there is not found, and nothing else is said.
  ['GET /api/search?dashboardUIDs=:uid # uid', LOOKED_FOR, ['dashboard.uid']],
  ['GET /api/search?folderIds=:id # within', LOOKED_FOR, ['folder']],
  ['GET /api/search/page', EVERYBODY.here],
  ['GET /api/dashboards/home', EVERYBODY.here],
  ['GET /api/dashboards/tags', EVERYBODY.here],

  ['POST /api/dashboards/db', EDITORS.here, [], () => dashboard()],
  [
    'POST /api/dashboards/db # folderUid',
    PUT_INTO,
    ['folder.uid'],
    ([folderUid]) => ({ ...dashboard(), folderUid }),
  ],
  [
    'POST /api/dashboards/db # folderId',
    PUT_INTO,
    ['folder'],
    ([folderId]) => ({ ...dashboard(), folderId }),
  ],
  [
    'POST /api/dashboards/db # id',
    oneOf('401 403 200 200 200', '401 403 404 404 404'),
    ['dashboard'],
    ([id]) => ({ ...dashboard({ id }), overwrite: true }),
  ],
  // A uid that the organization does not have yet is that of a new dashboard.
  [
    'POST /api/dashboards/db # uid',
    oneOf('401 403 200 200 200', '401 403 200 200 200'),
    ['+dashboard.uid'],
    ([uid]) => ({ ...dashboard({ uid }), overwrite: true }),
  ],
  ['POST /api/dashboards/import', EDITORS.here, [], () => dashboard()],
  [
    'POST /api/dashboards/import # folderUid',
    PUT_INTO,
    ['folder.uid'],
    ([folderUid]) => ({ ...dashboard(), folderUid }),
  ],
  ['GET /api/dashboards/uid/:uid', EVERYBODY.one, ['dashboard.uid']],
  ['DELETE /api/dashboards/uid/:uid', ADMINS.one, ['+dashboard.uid']],

  // Grafana: who may only read a dashboard does not see what it was.
  ['GET /api/dashboards/uid/:uid/versions', EDITORS.one, ['dashboard.uid']],
  ['GET /api/dashboards/uid/:uid/versions/:version=1', EDITORS.one, ['dashboard.uid']],
  ['POST /api/dashboards/uid/:uid/restore', EDITORS.one, ['+dashboard.uid'], { version: 1 }],
  ['GET /api/dashboards/id/:id/versions', EDITORS.one, ['dashboard']],
  ['GET /api/dashboards/id/:id/versions/:version=1', EDITORS.one, ['dashboard']],
  ['POST /api/dashboards/id/:id/restore', EDITORS.one, ['+dashboard'], { version: 1 }],
  [
    'POST /api/dashboards/calculate-diff',
    EDITORS.one,
    ['dashboard.uid', 'published.dashboard'],
    ([one, other]) => ({
      base: { dashboardUid: one, version: 1 },
      new: { dashboardUid: other, version: 1 },
    }),
  ],
  [
    'POST /api/dashboards/calculate-diff # id',
    EDITORS.one,
    ['dashboard'],
    ([dashboardId]) => ({ base: { dashboardId, version: 1 }, new: { dashboardId, version: 1 } }),
  ],
];
