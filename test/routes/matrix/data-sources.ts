import { ADMINS, anew, EVERYBODY, type Row } from './row.ts';

export const DATA_SOURCES: Row[] = [
  ['GET /api/datasources', EVERYBODY.here],
  ['POST /api/datasources', ADMINS.here, [], () => ({ name: anew(), type: 'prometheus' })],
  ['GET /api/datasources/:id', EVERYBODY.one, ['source']],
  ['PUT /api/datasources/:id', ADMINS.one, ['+source'], () => ({ name: anew(), type: 'prometheus' })],
  ['DELETE /api/datasources/:id', ADMINS.one, ['+source']],
  ['GET /api/datasources/uid/:uid', EVERYBODY.one, ['source.uid']],
  [
    'PUT /api/datasources/uid/:uid',
    ADMINS.one,
    ['+source.uid'],
    () => ({ name: anew(), type: 'prometheus' }),
  ],
  ['DELETE /api/datasources/uid/:uid', ADMINS.one, ['+source.uid']],
  ['GET /api/datasources/name/:name', EVERYBODY.one, ['source.name']],
  ['DELETE /api/datasources/name/:name', ADMINS.one, ['+source.name']],
  ['GET /api/datasources/id/:name', EVERYBODY.one, ['source.name']],
];
