import { LOOKED_FOR } from './content.ts';
import { ADMINS, anew, EDITORS, EVERYBODY, oneOf, OPEN, type Row } from './row.ts';

export const PUBLIC_DASHBOARDS: Row[] = [
  ['GET /api/dashboards/public-dashboards', EVERYBODY.here],
  ['GET /api/dashboards/uid/:uid/public-dashboards', EVERYBODY.one, ['published.dashboard']],
  ['POST /api/dashboards/uid/:uid/public-dashboards', ADMINS.one, ['+dashboard.uid'], {}],
  [
    'PATCH /api/dashboards/uid/:uid/public-dashboards/:publicDashboardUid',
    ADMINS.one,
    ['published.dashboard', 'published.uid'],
    { timeSelectionEnabled: true },
  ],
  [
    'PUT /api/dashboards/uid/:uid/public-dashboards/:publicDashboardUid',
    ADMINS.one,
    ['published.dashboard', 'published.uid'],
    { timeSelectionEnabled: true },
  ],
  [
    'DELETE /api/dashboards/uid/:uid/public-dashboards/:publicDashboardUid',
    ADMINS.one,
    ['+published.dashboard', '+published.uid'],
  ],
  [
    'GET /api/public/dashboards/:accessToken',
    { ...OPEN, missing: '404 404 404 404 404', isPublic: true },
    ['published.accessToken'],
  ],
];

// Editors add elements in the general folder too, and so are told which are not there.
const CHANGED_BY_EDITORS = oneOf('401 403 200 200 200', '401 403 404 404 404');

const element = (): object => ({ name: anew('element'), kind: 1, model: {} });

export const LIBRARY_ELEMENTS: Row[] = [
  ['GET /api/library-elements', EVERYBODY.here],
  ['GET /api/library-elements?folderFilterUIDs=:uid # within', LOOKED_FOR, ['folder.uid']],
  ['GET /api/library-elements/name/:name', EVERYBODY.one, ['element.name']],
  ['GET /api/library-elements/:uid', EVERYBODY.one, ['element.uid']],
  ['GET /api/library-elements/:uid/connections', EVERYBODY.one, ['element.uid']],
  ['POST /api/library-elements', EDITORS.here, [], () => element()],
  [
    'POST /api/library-elements # folderUid',
    CHANGED_BY_EDITORS,
    ['folder.uid'],
    ([folderUid]) => ({ ...element(), folderUid }),
  ],
  [
    'POST /api/library-elements # folderId',
    CHANGED_BY_EDITORS,
    ['folder'],
    ([folderId]) => ({ ...element(), folderId }),
  ],
  ['PATCH /api/library-elements/:uid', CHANGED_BY_EDITORS, ['+element.uid'], { version: 1 }],
  [
    'PATCH /api/library-elements/:uid # where',
    CHANGED_BY_EDITORS,
    ['+element.uid', 'folder.uid'],
    ([, folderUid]) => ({ version: 1, folderUid }),
  ],
  // Editors delete nothing.
  [
    'DELETE /api/library-elements/:uid',
    oneOf('401 403 403 200 200', '401 403 404 404 404'),
    ['+element.uid'],
  ],
];

// A Viewer may annotate a dashboard that they may change, and so is told of one that is not there.
const ANNOTATED_BY_EDITORS = oneOf('401 403 200 200 200', '401 404 404 404 404');

export const ANNOTATIONS: Row[] = [
  ['GET /api/annotations', EVERYBODY.here],
  ['GET /api/annotations?dashboardUID=:uid # uid', LOOKED_FOR, ['dashboard.uid']],
  ['GET /api/annotations?dashboardId=:id # id', LOOKED_FOR, ['dashboard']],
  ['GET /api/annotations/tags', EVERYBODY.here],
  ['GET /api/annotations/:id', EVERYBODY.one, ['annotation']],
  ['GET /api/annotations/:id # of the organization', EVERYBODY.one, ['note']],
  ['POST /api/annotations', EDITORS.here, [], { text: 'new' }],
  [
    'POST /api/annotations # uid',
    ANNOTATED_BY_EDITORS,
    ['dashboard.uid'],
    ([dashboardUID]) => ({ text: 'new', dashboardUID }),
  ],
  [
    'POST /api/annotations # id',
    ANNOTATED_BY_EDITORS,
    ['dashboard'],
    ([dashboardId]) => ({ text: 'new', dashboardId }),
  ],
  ['POST /api/annotations/graphite', EDITORS.here, [], { what: 'new' }],
  [
    'POST /api/annotations/mass-delete',
    ANNOTATED_BY_EDITORS,
    ['+annotation'],
    ([annotationId]) => ({ annotationId }),
  ],
  [
    'POST /api/annotations/mass-delete # panel',
    ANNOTATED_BY_EDITORS,
    ['published.dashboard'],
    ([dashboardUID]) => ({ dashboardUID, panelId: 1 }),
  ],
  ['PUT /api/annotations/:id', ANNOTATED_BY_EDITORS, ['annotation'], { text: 'changed' }],
  ['PUT /api/annotations/:id # of the organization', ANNOTATED_BY_EDITORS, ['note'], { text: 'changed' }],
  ['PATCH /api/annotations/:id', ANNOTATED_BY_EDITORS, ['annotation'], { text: 'changed' }],
  ['DELETE /api/annotations/:id', ANNOTATED_BY_EDITORS, ['+annotation']],
  ['DELETE /api/annotations/:id # of the organization', ANNOTATED_BY_EDITORS, ['+note']],
];

const playlist = (): object => ({ name: anew(), interval: '5m' });
const PLAYED = oneOf('401 403 200 200 200', '401 403 404 404 404');

export const PLAYLISTS: Row[] = [
  ['GET /api/playlists', EVERYBODY.here],
  ['POST /api/playlists', EDITORS.here, [], () => playlist()],
  ['GET /api/playlists/:uid', EVERYBODY.one, ['playlist.uid']],
  ['GET /api/playlists/:uid/items', EVERYBODY.one, ['playlist.uid']],
  ['PUT /api/playlists/:uid', PLAYED, ['playlist.uid'], () => playlist()],
  ['DELETE /api/playlists/:uid', PLAYED, ['+playlist.uid']],
];
