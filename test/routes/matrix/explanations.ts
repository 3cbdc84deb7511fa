import { ADMINS, EVERYBODY, type Row } from './row.ts';

const ASKED = { method: 'GET', path: '/api/folders' };
const picked =
  (kind: string) =>
  ([id]: (string | number)[]) => ({ ...ASKED, credential: { kind, id } });

/** Anybody may show a credential; one that is only named has to be one that they may read. */
export const EXPLANATIONS: Row[] = [
  ['POST /api/access-control/explain', EVERYBODY.here, [], ASKED],
  ['POST /api/access-control/explain # key', ADMINS.one, ['key'], picked('api-key')],
  ['POST /api/access-control/explain # token', ADMINS.one, ['token'], picked('token')],
  ['POST /api/access-control/explain # account', ADMINS.one, ['account'], picked('service-account')],
  [
    'POST /api/access-control/explain # person',
    // All users of the server are its administrator's to read.
    { ...ADMINS.one, other: '401 403 403 404 200', isOfServer: true },
    ['person'],
    picked('user'),
  ],
];
