import { type Cells, EVERYBODY, OPEN, type Row, SERVER, SERVER_READ } from './row.ts';

// Once set, it is there to be deleted.
const WRITTEN: Cells = { ...SERVER.here, own: '401 403 403 403 204' };

export const SERVER_AND_PAGES: Row[] = [
  ['GET /api/admin/stats', SERVER_READ.here],
  ['GET /api/admin/settings', SERVER_READ.here],
  ['GET /api/admin/usage', SERVER.here],
  ['GET /api/admin/rate-limits', SERVER.here],
  ['GET /api/admin/settings/explained', SERVER_READ.here],
  ['GET /api/admin/audit', SERVER.here],
  ['GET /api/admin/audit/export', SERVER.here],
  ['POST /api/leaks', SERVER.here, [], []],
  [
    'POST /api/leaks/signed',
    // Nobody signs here: it is as if it were not there.
    { own: '404 404 404 404 404', other: '404 404 404 404 404', missing: '404 404 404 404 404' },
    [],
    [],
  ],
  ['GET /api/v1/sso-settings', SERVER_READ.here],
  ['GET /api/v1/sso-settings/:key=github', SERVER_READ.here],
  ['PUT /api/v1/sso-settings/:key=github', WRITTEN, [], { settings: { enabled: false } }],
  ['DELETE /api/v1/sso-settings/:key=github', WRITTEN],
  ['GET /api/frontend/settings', EVERYBODY.here],
  // Nobody is told what nobody may have, and somebody what is theirs, where they are.
  [
    'GET /bootdata',
    { own: '200 200 200 200 200', other: '200 403 403 403 403', missing: '200 403 403 403 403' },
  ],
  ['GET /api/health', OPEN],
  ['GET /healthz', OPEN],
  ['GET /readyz', OPEN],
  ['GET /metrics', OPEN],
  ['GET /', OPEN],
  ['GET /login', OPEN],
  ['GET /public/build/:file=latchkey.svg', OPEN],
  ['GET /api/openapi.json', OPEN],
  ['GET /docs/api-keys', OPEN],
  ['GET /api/docs', OPEN],
  ['GET /api/docs/:file=swagger-ui.css', OPEN],
];
