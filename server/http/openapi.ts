import type { FastifySchema } from 'fastify';
import type { Access } from '../access/can.ts';
import type { GuardedRoute } from './request.ts';
import { exampleOf } from './openapi-examples.ts';
import { personsOnly } from './persons-only.ts';
import { operationIdOf, summaryOf, tagOf } from './openapi-words.ts';
import { statusesOf, successesOf } from './statuses.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** What the operation does, in a few words, where its method and path do not say it. */
    summary?: string;
    description?: string;
    tags?: readonly string[];
  }
}

type Json = Record<string, unknown>;

const SAID: Record<number, string> = {
  200: 'Done',
  201: 'Created',
  204: 'Done, and there is nothing to tell',
  400: 'Something that was sent has the wrong form; `detail` says what to change',
  401: 'Nobody is known to ask: the credential is missing, wrong, expired or revoked',
  403: 'The asker may not do this; `message` names what is missing',
  404: 'There is no such thing in the organization',
  409: 'It does not go together with what is there already, such as a name that is taken',
  410: 'This call has been retired; `detail` names those to use instead',
  412: 'It was changed by somebody else, or exists already',
  413: 'The body is too large',
  415: 'The body is compressed or otherwise coded',
  429: 'Too many requests; `Retry-After` says when to come back',
  431: 'The path and the headers together are too long',
  500: 'The fault is with the server; its log says more under `traceID`',
  503: 'The server is starting or ending, or its database does not answer',
};

const ERROR = {
  type: 'object',
  required: ['message'],
  properties: {
    message: { type: 'string', description: 'What is wrong, in words that scripts may compare' },
    detail: { type: 'string', description: 'What exactly is wrong, and what to do next' },
    messageId: { type: 'string' },
    statusCode: { type: 'integer' },
    traceID: { type: 'string', description: 'The id of the request, as the log has it' },
    status: { type: 'string', description: 'A short name of a conflict, such as name-exists' },
    title: { type: 'string' },
    accessErrorId: { type: 'string' },
  },
  additionalProperties: true,
  examples: [
    {
      message: 'bad request data',
      detail: 'name is required',
      messageId: 'bad-request',
      statusCode: 400,
      traceID: 'Z087lkoPhv-3b',
    },
  ],
};

const ORG_HEADER = {
  name: 'X-Grafana-Org-Id',
  in: 'header',
  required: false,
  description: 'The organization to act in; without it, the one of the credential',
  schema: { type: 'integer', minimum: 1 },
};

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a service account token' },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'Login or email with the password; or the name `api_key` with a key or token',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'grafana_session',
    description: 'The cookie that signing in sets; [auth] login_cookie_name names it',
  },
};

/** What sets the description of one API apart from that of another. */
export interface Described {
  title: string;
  description: string;
  securitySchemes: Json;
  /** Parameters besides those of the route. */
  parameters: Json;
  /** Fields that errors have besides. */
  ofErrors: Json;
  needsOf: (route: GuardedRoute) => string;
  summaryOf: (method: string, url: string) => string;
  tagOf: (url: string) => string;
}

const OF_SERVER: Described = {
  title: 'Latchkey',
  description:
    "Machine access over Grafana's HTTP API. What is read by GET is answered to HEAD too. Fields that are not listed here are ignored.",
  securitySchemes: SECURITY_SCHEMES,
  parameters: { OrgId: ORG_HEADER },
  ofErrors: {},
  needsOf,
  summaryOf,
  tagOf,
};

/** The description of all routes in OpenAPI 3.1, made of what they declare. */
export function describeApi(
  routes: readonly GuardedRoute[],
  version: string,
  described: Described = OF_SERVER,
): Json {
  // Every GET answers HEAD as well, with the same head and no body.
  const shown = routes.filter(({ method }) => method !== 'HEAD');
  const paths: Record<string, Json> = {};
  for (const route of shown) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, described) };
  }
  const errors = new Set(shown.flatMap((route) => statusesOf(route)).filter((status) => status >= 400));
  return {
    openapi: '3.1.0',
    info: {
      title: described.title,
      version,
      description: described.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: Object.keys(described.securitySchemes).map((name) => ({ [name]: [] })),
    tags: [...new Set(shown.map((route) => tagOfRoute(route, described)))]
      .toSorted()
      .map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).toSorted(([one], [other]) => (one < other ? -1 : 1))),
    components: {
      schemas: { Error: { ...ERROR, properties: { ...ERROR.properties, ...described.ofErrors } } },
      parameters: described.parameters,
      responses: Object.fromEntries(
        [...errors]
          .toSorted((one, other) => one - other)
          .map((status) => [responseName(status), errorAnswer(status)]),
      ),
      securitySchemes: described.securitySchemes,
    },
  };
}

function operationOf(route: GuardedRoute, described: Described): Json {
  const { method, url, access, schema } = route;
  const parameters = parametersOf(route, described);
  return {
    operationId: operationIdOf(method, url),
    summary: schema.summary ?? described.summaryOf(method, url),
    description: [schema.description, described.needsOf(route)]
      .filter((part) => part !== undefined)
      .join(' '),
    tags: [tagOfRoute(route, described)],
    ...(access.kind === 'open' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema.body === undefined
      ? {}
      : { requestBody: { required: true, content: asJson(schema.body, { isSent: true }) } }),
    responses: responsesOf(route),
  };
}

/** What the asker needs, as the guard asks for it. */
export function needsOf({ access, condition }: Pick<GuardedRoute, 'access' | 'condition'>): string {
  return needsByAccess(access) + (condition === personsOnly ? ' Only people may: no key and no token.' : '');
}

function needsByAccess(access: Access): string {
  if (access.kind === 'open') return 'Nobody has to say who they are.';
  if (access.kind === 'signed-in') return `Anybody signed in may ask: ${access.why}.`;
  const actions = access.kind === 'server' ? [access.action] : access.actions;
  const scopes = access.scopes.filter((scope) => typeof scope === 'string');
  const on = scopes.length === 0 ? '' : ` on \`${scopes.join('` or `')}\``;
  const where = access.kind === 'server' ? ', on the server as a whole' : '';
  return `Needs \`${actions.join('` or `')}\`${on}${where}.`;
}

function parametersOf({ url, access, schema }: GuardedRoute, { parameters }: Described): Json[] {
  const inPath = propertiesOf(schema.params);
  return [
    ...[...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: inPath.properties[name] ?? { type: 'string' },
      example: exampleOf(inPath.properties[name] ?? { type: 'string' }, { name }),
    })),
    ...queryOf(schema),
    ...(access.kind === 'open'
      ? []
      : Object.keys(parameters).map((name) => ({ $ref: `#/components/parameters/${name}` }))),
  ];
}

function queryOf(schema: FastifySchema): Json[] {
  const { properties, required } = propertiesOf(schema.querystring);
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: value,
  }));
}

function propertiesOf(schema: unknown): { properties: Json; required: string[] } {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Json; required?: string[] };
  return { properties, required };
}

function responsesOf(route: GuardedRoute): Json {
  const own = (route.schema.response ?? {}) as Record<number, Json>;
  const successes = new Set(successesOf(route));
  return Object.fromEntries(
    statusesOf(route).map((status) => [
      status,
      successes.has(status)
        ? { description: SAID[status] ?? 'Answered', ...contentOf(own[status]) }
        : { $ref: `#/components/responses/${responseName(status)}` },
    ]),
  );
}

function contentOf(schema: Json | undefined): Json {
  if (schema === undefined) return { content: { 'text/plain': { schema: { type: 'string' } } } };
  if (schema['type'] === 'null') return {};
  const { content } = schema as { content?: Record<string, { schema: Json }> };
  const json = content === undefined ? schema : content['application/json']?.schema;
  return { content: { ...content, ...(json && asJson(json)) } };
}

function asJson(schema: unknown, how?: { isSent: boolean }): Json {
  return { 'application/json': { schema, example: exampleOf(schema, how) } };
}

function errorAnswer(status: number): Json {
  return {
    description: SAID[status] ?? 'Refused',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

function responseName(status: number): string {
  return `Refused${status}`;
}

function tagOfRoute({ url, schema }: GuardedRoute, described: Described): string {
  return schema.tags?.[0] ?? described.tagOf(url);
}
