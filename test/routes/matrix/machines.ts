import { ADMINS, anew, oneOf, type Row } from './row.ts';

export const MACHINES: Row[] = [
  ['GET /api/serviceaccounts', ADMINS.here],
  ['GET /api/serviceaccounts/search', ADMINS.here],
  ['POST /api/serviceaccounts', ADMINS.new, [], () => ({ name: anew() })],
  ['GET /api/serviceaccounts/:id', ADMINS.one, ['account']],
  ['PATCH /api/serviceaccounts/:id', ADMINS.one, ['account'], () => ({ name: anew() })],
  ['DELETE /api/serviceaccounts/:id', ADMINS.one, ['+account']],

  ['GET /api/serviceaccounts/:id/orgs', ADMINS.one, ['account']],
  // Its own organization needs no grant, which only who may change the account is told.
  [
    'POST /api/serviceaccounts/:id/orgs',
    oneOf('401 403 403 400 400', '401 403 403 404 404'),
    ['account', '=org'],
    ([, orgId]) => ({ orgId }),
  ],
  // An Admin learns nothing of an organization that they are not an Admin of.
  [
    'POST /api/serviceaccounts/:id/orgs # where',
    {
      own: '401 403 403 400 400',
      other: '401 403 403 403 200',
      missing: '401 403 403 403 404',
    },
    ['=+account', 'org'],
    ([, orgId]) => ({ orgId }),
  ],
  ['DELETE /api/serviceaccounts/:id/orgs/:orgId', ADMINS.one, ['+grant.account', '+grant.orgId']],

  ['GET /api/serviceaccounts/:id/tokens', ADMINS.one, ['account']],
  ['POST /api/serviceaccounts/:id/tokens', ADMINS.one, ['account'], () => ({ name: anew() })],
  ['DELETE /api/serviceaccounts/:id/tokens/:tokenId', ADMINS.one, ['account', '+token']],
  ['POST /api/serviceaccounts/:id/tokens/:tokenId/revoke', ADMINS.one, ['account', '+token']],

  ['GET /api/auth/keys', ADMINS.here],
  ['GET /api/auth/keys/inventory', ADMINS.here],
  ['GET /api/auth/keys/search', ADMINS.here],
  ['POST /api/auth/keys', ADMINS.here, [], () => ({ name: anew(), role: 'Viewer' })],
  ['DELETE /api/auth/keys/:id', ADMINS.one, ['+key']],
  ['POST /api/auth/keys/:id/revoke', ADMINS.one, ['+key']],

  ['GET /api/org/attention', ADMINS.here],

  ['GET /api/usage', ADMINS.here],
  ['GET /api/rate-limits', ADMINS.here],

  ['GET /api/serviceaccounts/migrationstatus', ADMINS.here],
  ['POST /api/serviceaccounts/hideApiKeys', ADMINS.here],
  ['POST /api/serviceaccounts/showApiKeys', ADMINS.here],
  ['POST /api/serviceaccounts/migrate/:keyId', ADMINS.one, ['+key']],
  ['POST /api/serviceaccounts/:id/revert/:keyId', ADMINS.one, ['+moved.account', '+moved']],
  // The last of them, for there can be no new key afterwards.
  ['POST /api/serviceaccounts/migrate', ADMINS.here],
];
