import { anew } from './row.ts';

// What each route of the cloud side answers to whom: written from the rules, never from what a server did.

/** Cloud keys of the organization by their role, another organization's Admin, and policy tokens that have the scope of the route. */
export const CLOUD_ASKERS = [
  'Viewer',
  'Editor',
  'Admin',
  'an Admin of another organization',
  'a token for the organization',
  'a token for this stack',
  'a token for another stack',
] as const;

/** A thing that a path names. With `+` it is made for this request alone, since it would be gone or changed. */
export type CloudName =
  | 'stack'
  | '+stack'
  | '+deleted'
  | 'org'
  | 'region'
  | 'member'
  | '+member'
  | 'key'
  | '+key'
  | 'policy'
  | '+policy'
  | 'token'
  | '+token'
  | 'plugin'
  | '+plugin'
  | 'account'
  | '+account'
  | '+account-token'
  | '+stack-key';

/**
 * One route: `METHOD /path/:of/it` with a word behind ` # ` where a route has several rows, the scope that it asks, what it answers to
 * those above, what to a name that is not there, the things that the path names, and the body.
 */
export type CloudRow = readonly [
  route: string,
  scope: string,
  expected: string,
  missing: number | undefined,
  names?: readonly CloudName[],
  body?: object | ((own: { org: string; policy: string }) => object),
];

// By whose: of the organization, of the stack, of nobody in particular. Whoever may not know of a thing gets 404.
const READ = {
  org: '200 200 200 404 200 403 403',
  list: '200 200 200 200 200 403 403',
  stack: '200 200 200 404 200 200 404',
  any: '200 200 200 200 200 200 200',
};
const EDITED = { stack: '403 200 200 404 200 200 404', any: '403 200 200 200 200 403 403' };
const ADMINISTERED = {
  org: '403 403 200 404 200 403 403',
  list: '403 403 200 200 200 403 403',
  stack: '403 403 200 404 200 200 404',
  new: '403 403 201 404 201 201 404',
};
const IN = '?region=eu';
const SERVICE_ACCOUNTS = 'stack-service-accounts:write';

const slug = (): string => anew('slug-').replaceAll(' ', '');
const name = (): string => anew('name-').replaceAll(' ', '');
const policy = ({ org }: { org: string }) => ({
  name: name(),
  scopes: ['accesspolicies:write'],
  realms: [{ type: 'org', identifier: org }],
});

export const CLOUD: readonly CloudRow[] = [
  ['GET /api/orgs/:org', 'orgs:read', READ.org.replaceAll('403', '200'), 404, ['org']],
  ['GET /api/orgs/:org/members', 'orgs:read', READ.org, 404, ['org']],
  [
    'POST /api/orgs/:org/members',
    'orgs:write',
    ADMINISTERED.org,
    404,
    ['org'],
    () => ({ username: name(), role: 'Viewer' }),
  ],
  ['GET /api/orgs/:org/members/:user', 'orgs:read', READ.org, 404, ['org', 'member']],
  ['POST /api/orgs/:org/members/:user', 'orgs:write', ADMINISTERED.org, 404, ['org', 'member'], {}],
  ['DELETE /api/orgs/:org/members/:user', 'orgs:write', ADMINISTERED.org, 404, ['org', '+member']],

  ['GET /api/orgs/:org/api-keys', 'api-keys:read', READ.org, 404, ['org']],
  [
    'POST /api/orgs/:org/api-keys',
    'api-keys:write',
    ADMINISTERED.org,
    404,
    ['org'],
    () => ({ name: name(), role: 'MetricsPublisher' }),
  ],
  [
    'POST /api/orgs/:org/api-keys # that may more than the token',
    'api-keys:write',
    '403 403 200 404 403 403 403',
    404,
    ['org'],
    () => ({ name: name(), role: 'Viewer' }),
  ],
  ['GET /api/orgs/:org/api-keys/:name', 'api-keys:read', READ.org, 404, ['org', 'key']],
  ['DELETE /api/orgs/:org/api-keys/:name', 'api-keys:delete', ADMINISTERED.org, 404, ['org', '+key']],

  ['GET /api/stack-regions', 'stacks:read', READ.any, undefined],
  ['GET /api/stack-regions/:region', 'stacks:read', READ.any, 404, ['region']],

  ['GET /api/instances', 'stacks:read', READ.any, undefined],
  // Another organization's has no stacks, as one that is not there.
  ['GET /api/orgs/:org/instances', 'stacks:read', READ.any, 200, ['org']],
  ['POST /api/instances', 'stacks:write', EDITED.any, undefined, [], () => ({ name: 'made', slug: slug() })],
  ['GET /api/instances/:stack', 'stacks:read', READ.stack, 404, ['stack']],
  ['POST /api/instances/:stack', 'stacks:write', EDITED.stack, 404, ['stack'], {}],
  ['DELETE /api/instances/:stack', 'stacks:delete', ADMINISTERED.stack, 404, ['+stack']],
  ['POST /api/instances/:stack/suspend', 'stacks:write', EDITED.stack, 404, ['+stack']],
  ['POST /api/instances/:stack/resume', 'stacks:write', EDITED.stack, 404, ['stack']],
  // Makes a stack of the organization, as it were.
  ['POST /api/instances/:id/restore', 'stacks:write', '403 200 200 404 200 403 403', 404, ['+deleted']],
  ['GET /api/instances/:stack/connections', 'stacks:read', READ.stack, 404, ['stack']],

  ['GET /api/v1/stacks', 'stacks:read', READ.any, undefined],
  ['POST /api/v1/stacks', 'stacks:write', EDITED.any, undefined, [], () => ({ name: 'made', slug: slug() })],
  ['GET /api/v1/stacks/:stack', 'stacks:read', READ.stack, 404, ['stack']],
  ['POST /api/v1/stacks/:stack', 'stacks:write', EDITED.stack, 404, ['stack'], {}],
  ['DELETE /api/v1/stacks/:stack', 'stacks:delete', ADMINISTERED.stack, 404, ['+stack']],
  ['GET /api/v1/stacks/:stack/readiness', 'stacks:read', READ.stack, 404, ['stack']],
  ['GET /api/v1/stacks/:stack/connections', 'stacks:read', READ.stack, 404, ['stack']],

  ['GET /api/instances/:stack/api/serviceaccounts', SERVICE_ACCOUNTS, ADMINISTERED.stack, 404, ['stack']],
  [
    'GET /api/instances/:stack/api/serviceaccounts/search',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack'],
  ],
  [
    'POST /api/instances/:stack/api/serviceaccounts',
    SERVICE_ACCOUNTS,
    ADMINISTERED.new,
    404,
    ['stack'],
    () => ({ name: name(), role: 'Viewer' }),
  ],
  [
    'GET /api/instances/:stack/api/serviceaccounts/:id',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', 'account'],
  ],
  [
    'PATCH /api/instances/:stack/api/serviceaccounts/:id',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', 'account'],
    () => ({ name: name() }),
  ],
  [
    'DELETE /api/instances/:stack/api/serviceaccounts/:id',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', '+account'],
  ],
  [
    'GET /api/instances/:stack/api/serviceaccounts/:id/tokens',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', 'account'],
  ],
  [
    'POST /api/instances/:stack/api/serviceaccounts/:id/tokens',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', 'account'],
    () => ({ name: name() }),
  ],
  [
    'DELETE /api/instances/:stack/api/serviceaccounts/:id/tokens/:tokenId',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', 'account', '+account-token'],
  ],
  ['GET /api/instances/:stack/api/auth/keys', SERVICE_ACCOUNTS, ADMINISTERED.stack, 404, ['stack']],
  [
    'POST /api/instances/:stack/api/auth/keys',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack'],
    () => ({ name: name(), role: 'Viewer' }),
  ],
  [
    'DELETE /api/instances/:stack/api/auth/keys/:id',
    SERVICE_ACCOUNTS,
    ADMINISTERED.stack,
    404,
    ['stack', '+stack-key'],
  ],

  [`GET /api/v1/accesspolicies${IN}`, 'accesspolicies:read', READ.list, undefined],
  // Another organization is no realm that anybody could write.
  [
    `POST /api/v1/accesspolicies${IN}`,
    'accesspolicies:write',
    ADMINISTERED.org.replace('404', '409'),
    undefined,
    [],
    policy,
  ],
  [
    `POST /api/v1/accesspolicies${IN} # that may more than the token`,
    'accesspolicies:write',
    '403 403 200 409 403 403 403',
    undefined,
    [],
    (own) => ({ ...policy(own), scopes: ['stacks:delete'] }),
  ],
  [`GET /api/v1/accesspolicies/:id${IN}`, 'accesspolicies:read', READ.org, 404, ['policy']],
  [`POST /api/v1/accesspolicies/:id${IN}`, 'accesspolicies:write', ADMINISTERED.org, 404, ['policy'], {}],
  [`PUT /api/v1/accesspolicies/:id${IN}`, 'accesspolicies:write', ADMINISTERED.org, 404, ['policy'], {}],
  [`DELETE /api/v1/accesspolicies/:id${IN}`, 'accesspolicies:delete', ADMINISTERED.org, 404, ['+policy']],
  [`GET /api/v1/tokens${IN}`, 'accesspolicies:read', READ.list, undefined],
  [
    `POST /api/v1/tokens${IN}`,
    'accesspolicies:write',
    ADMINISTERED.org,
    undefined,
    [],
    (own) => ({ accessPolicyId: own.policy, name: name() }),
  ],
  [`GET /api/v1/tokens/:id${IN}`, 'accesspolicies:read', READ.org, 404, ['token']],
  [`POST /api/v1/tokens/:id${IN}`, 'accesspolicies:write', ADMINISTERED.org, 404, ['token'], {}],
  [`PUT /api/v1/tokens/:id${IN}`, 'accesspolicies:write', ADMINISTERED.org, 404, ['token'], {}],
  [`DELETE /api/v1/tokens/:id${IN}`, 'accesspolicies:delete', ADMINISTERED.org, 404, ['+token']],

  ['GET /api/instances/:stack/plugins', 'stack-plugins:read', READ.stack, 404, ['stack']],
  [
    'POST /api/instances/:stack/plugins',
    'stack-plugins:write',
    EDITED.stack,
    404,
    ['stack'],
    () => ({ plugin: name() }),
  ],
  ['GET /api/instances/:stack/plugins/:plugin', 'stack-plugins:read', READ.stack, 404, ['stack', 'plugin']],
  [
    'POST /api/instances/:stack/plugins/:plugin',
    'stack-plugins:write',
    EDITED.stack,
    404,
    ['stack', 'plugin'],
    { version: '2' },
  ],
  [
    'DELETE /api/instances/:stack/plugins/:plugin',
    'stack-plugins:delete',
    EDITED.stack,
    404,
    ['stack', '+plugin'],
  ],
  // There is no catalog: whatever is asked for is there.
  ['GET /api/plugins/:plugin', 'stack-plugins:read', READ.any, 200, ['plugin']],

  ['GET /api/audit', 'audit:read', ADMINISTERED.list, undefined],
  ['GET /api/audit/export', 'audit:read', ADMINISTERED.list, undefined],
];
