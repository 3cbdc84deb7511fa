import { describeApi, type Described } from '../../http/openapi.ts';
import type { GuardedRoute } from '../../http/request.ts';
import type { CloudRoute } from './guard.ts';

const TAGS: [pattern: RegExp, tag: string][] = [
  [/^\/api\/instances\/:stack\/api\//, 'Inside a stack'],
  [/plugins/, 'Plugins'],
  [/^\/api\/(instances|v1\/stacks|orgs\/:org\/instances)/, 'Stacks'],
  [/^\/api\/stack-regions/, 'Regions'],
  [/^\/api\/orgs\/:org\/api-keys/, 'Cloud keys'],
  [/^\/api\/orgs/, 'Organization'],
  [/^\/api\/v1\/(accesspolicies|tokens)/, 'Access policies'],
  [/^\/api\/audit/, 'Audit'],
];

const SUMMARIES: Record<string, string> = {
  'GET /api/orgs/:org': 'Read the organization',
  'GET /api/orgs/:org/members': 'List members of the organization',
  'POST /api/orgs/:org/members': 'Add a member',
  'GET /api/orgs/:org/members/:user': 'Read a member',
  'POST /api/orgs/:org/members/:user': 'Change a member',
  'DELETE /api/orgs/:org/members/:user': 'Remove a member',
  'GET /api/orgs/:org/api-keys': 'List cloud keys',
  'POST /api/orgs/:org/api-keys': 'Issue a cloud key',
  'GET /api/orgs/:org/api-keys/:name': 'Read a cloud key, without its secret',
  'DELETE /api/orgs/:org/api-keys/:name': 'Delete a cloud key',
  'GET /api/stack-regions': 'List regions',
  'GET /api/stack-regions/:region': 'Read a region',
  'GET /api/instances': 'List stacks',
  'GET /api/orgs/:org/instances': 'List stacks of the organization',
  'POST /api/instances': 'Make a stack',
  'GET /api/instances/:stack': 'Read a stack',
  'POST /api/instances/:stack': 'Change a stack',
  'DELETE /api/instances/:stack': 'Delete a stack, whose data is kept for a while',
  'GET /api/instances/:stack/connections': 'Read where the services of a stack are',
  'GET /api/v1/stacks': 'List stacks in the newer form',
  'POST /api/v1/stacks': 'Make a stack, which is protected unless it is told not to be',
  'GET /api/v1/stacks/:stack': 'Read a stack in the newer form',
  'POST /api/v1/stacks/:stack': 'Change a stack in the newer form',
  'DELETE /api/v1/stacks/:stack': 'Delete a stack in the newer form',
  'GET /api/v1/stacks/:stack/readiness': 'Ask whether a stack can be used',
  'GET /api/v1/stacks/:stack/connections': 'Read where the services of a stack are, in the newer form',
  'GET /api/instances/:stack/api/serviceaccounts': 'List service accounts of a stack',
  'GET /api/instances/:stack/api/serviceaccounts/search': 'Search service accounts of a stack',
  'POST /api/instances/:stack/api/serviceaccounts': 'Add a service account to a stack',
  'GET /api/instances/:stack/api/serviceaccounts/:id': 'Read a service account of a stack',
  'PATCH /api/instances/:stack/api/serviceaccounts/:id': 'Change a service account of a stack',
  'DELETE /api/instances/:stack/api/serviceaccounts/:id': 'Delete a service account of a stack',
  'GET /api/instances/:stack/api/serviceaccounts/:id/tokens': 'List tokens of a service account of a stack',
  'POST /api/instances/:stack/api/serviceaccounts/:id/tokens':
    'Issue a token of a service account of a stack',
  'DELETE /api/instances/:stack/api/serviceaccounts/:id/tokens/:tokenId':
    'Delete a token of a service account of a stack',
  'GET /api/instances/:stack/api/auth/keys': 'List API keys of a stack',
  'POST /api/instances/:stack/api/auth/keys': 'Issue an API key of a stack',
  'DELETE /api/instances/:stack/api/auth/keys/:id': 'Delete an API key of a stack',
  'GET /api/v1/accesspolicies': 'List access policies of a region',
  'POST /api/v1/accesspolicies': 'Make an access policy',
  'GET /api/v1/accesspolicies/:id': 'Read an access policy',
  'POST /api/v1/accesspolicies/:id': 'Change an access policy',
  'PUT /api/v1/accesspolicies/:id': 'Change an access policy, as older clients do',
  'DELETE /api/v1/accesspolicies/:id': 'Delete an access policy with its tokens',
  'GET /api/v1/tokens': 'List tokens of access policies',
  'POST /api/v1/tokens': 'Issue a token of an access policy',
  'GET /api/v1/tokens/:id': 'Read a token of an access policy, without its secret',
  'POST /api/v1/tokens/:id': 'Give a token another name to be shown',
  'PUT /api/v1/tokens/:id': 'Give a token another name to be shown, as older clients do',
  'DELETE /api/v1/tokens/:id': 'Delete a token of an access policy',
  'GET /api/instances/:stack/plugins': 'List plugins that are noted of a stack',
  'POST /api/instances/:stack/plugins': 'Note a plugin of a stack',
  'GET /api/instances/:stack/plugins/:plugin': 'Read what is noted of a plugin of a stack',
  'POST /api/instances/:stack/plugins/:plugin': 'Note another version of a plugin of a stack',
  'DELETE /api/instances/:stack/plugins/:plugin': 'Forget a plugin of a stack',
  'GET /api/plugins/:plugin': 'Read the latest version of a plugin',
};

/** The description of the cloud side's API in OpenAPI 3.1. */
export function describeCloud(routes: readonly CloudRoute[], version: string): Record<string, unknown> {
  const needed = new Map(routes.map(({ method, url, needs }) => [`${method} ${url}`, needs]));
  const described: Described = {
    title: 'Latchkey: the cloud side',
    description:
      'Stacks, over an API like that of Grafana Cloud. What is wrong with a value is 409 at most calls, as it is there. What is read by GET is answered to HEAD too.',
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'A cloud key, or a token of an access policy' },
    },
    parameters: {},
    ofErrors: {
      code: { type: 'string', description: 'A short name of what is wrong, such as InvalidArgument' },
      requestId: { type: 'string' },
    },
    needsOf: ({ method, url }) => `Needs the scope \`${needed.get(`${method} ${url}`)?.join('` or `')}\`.`,
    summaryOf: (method, url) => SUMMARIES[`${method} ${url}`] ?? '',
    tagOf: (url) => TAGS.find(([pattern]) => pattern.test(url))?.[1] ?? '',
  };
  return describeApi(routes.map(asGuarded), version, described);
}

/** A route of the cloud side as one of the server that asks who it is. */
export function asGuarded({ method, url, schema, mayAnswer, needs }: CloudRoute): GuardedRoute {
  const access = { kind: 'signed-in', why: needs.join() } as const;
  return { method, url, schema, mayAnswer, access, condition: undefined };
}
