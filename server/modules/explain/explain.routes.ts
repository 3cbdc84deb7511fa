import { type Static, Type } from 'typebox';
import { signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { type Asking, type Authenticators, prove, requestedOrg } from '../../http/authenticate.ts';
import { needsOf } from '../../http/openapi.ts';
import { summaryOf } from '../../http/openapi-words.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { addressOf, contextOf, type GuardedRoute } from '../../http/request.ts';
import type { FindRoute } from '../../http/route-finder.ts';
import { Id, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { sentSecret } from '../../http/session-cookie.ts';
import { successesOf } from '../../http/statuses.ts';
import { timestampOrNull } from '../../http/time.ts';
import { explain, type Explanation, type Known, type Means } from './explain.ts';
import { PICKED_KINDS } from './picked.ts';
import type { AskedRoute } from './route-step.ts';
import { OUTCOMES, STEPS } from './steps.ts';

// The most that the server reads of a request before its body.
const LONGEST = 16_384;

const header = Type.Optional(Type.String({ maxLength: LONGEST }));

const Headers = Type.Object({
  authorization: header,
  cookie: header,
  'x-grafana-org-id': header,
  // What a browser says besides of where a request with a cookie comes from.
  host: header,
  origin: header,
  'sec-fetch-site': header,
});
const HEADERS = Object.keys(Headers.properties) as (keyof typeof Headers.properties)[];

const Asked = Type.Object({
  method: Type.String({ pattern: '^[A-Za-z]{1,20}$', examples: ['GET'] }),
  path: Type.String({ pattern: '^/', maxLength: LONGEST, examples: ['/api/folders?orgId=2'] }),
  headers: Type.Optional(Headers),
  credential: Type.Optional(
    Type.Object({
      kind: Type.Unsafe<(typeof PICKED_KINDS)[number]>({ enum: [...PICKED_KINDS] }),
      id: Id,
    }),
  ),
  orgId: Type.Optional(Id),
});

const Step = Type.Object({
  step: Type.Unsafe<(typeof STEPS)[number]>({ enum: [...STEPS] }),
  outcome: Type.Unsafe<(typeof OUTCOMES)[number]>({ enum: [...OUTCOMES] }),
  text: Type.String(),
  advice: Type.Optional(Type.String()),
  /** Lines for a shell, which do what is advised. */
  commands: Type.Optional(Type.Array(Type.String())),
});

const Identity = Type.Object({
  kind: Type.String(),
  id: Id,
  name: Type.String(),
  login: Type.String(),
  /** Of where the request acts; null where it may not act there. */
  orgId: nullable(Id),
  orgName: Type.String(),
  role: nullable(RoleSchema),
  isGrafanaAdmin: Type.Optional(Type.Boolean()),
  expiration: nullable(Timestamp),
  credential: Type.Object({ kind: Type.String(), id: Id, name: Type.String() }),
});

const Explained = Type.Object({
  verdict: Type.Unsafe<Explanation['verdict']>({ enum: ['allowed', 'refused', 'depends'] }),
  /** What would be answered; null where that cannot be said. */
  status: nullable(Type.Integer()),
  steps: Type.Array(Step),
  route: Type.Optional(
    Type.Object({
      method: Type.String(),
      url: Type.String(),
      summary: Type.String(),
      needs: Type.String(),
    }),
  ),
  identity: Type.Optional(Identity),
});

/**
 * Explains what the server makes of a request. `looking` checks credentials as they are checked for a request, but is no use of
 * them and leaves nothing behind.
 */
export function explainRoutes(app: App, looking: Authenticators, findRoute: FindRoute): void {
  const routes: Means['routes'] = {
    all: app.routes,
    find: async (method, path) => {
      const { route, ...place } = await findRoute(method, path);
      return { ...place, route: route && askedRoute(route) };
    },
  };

  app.post(
    '/api/access-control/explain',
    {
      config: {
        access: signedIn(
          'whoever was refused may ask why; what is picked by its id they have to be able to read',
        ),
        hidesBody: true,
        mayAnswer: [404],
      },
      preValidation: ({ body }, _reply, done) => {
        lowerNames(body);
        done();
      },
      schema: {
        summary: 'Explain what the server decides about a request, without sending it',
        body: Asked,
        response: { 200: Explained },
      },
    },
    async (request) => {
      const { method, path, credential: picked, headers = {} } = request.body;
      const asking = askingAs(request.body, addressOf(request));
      const shown = {
        authorization: headers.authorization,
        hasCookie: sentSecret(app.context.config, asking.headers) !== undefined,
      };
      const explanation = await explain(
        contextOf(request),
        { method, path, shown, picked },
        {
          routes,
          prove: async () => prove(app.context, looking, asking),
          requestedOrg: (query) => requestedOrg({ ...asking, query }),
        },
      );
      return answerOf(explanation);
    },
  );
}

/** HTTP: the names of headers are the same in any case. */
function lowerNames(body: unknown): void {
  const asked = body as { headers?: unknown } | null | undefined;
  if (typeof asked?.headers !== 'object' || asked.headers === null || Array.isArray(asked.headers)) return;
  const named = Object.entries(asked.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  asked.headers = Object.fromEntries(named);
}

/** The request as authentication looks at one; the blanks around a header's value are none of it. */
function askingAs({ method, headers = {}, orgId }: Static<typeof Asked>, ip: string): Asking {
  const own = orgId === undefined ? {} : { 'x-grafana-org-id': String(orgId) };
  const sent = HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value.trim()] as const];
  });
  return {
    method,
    headers: { ...own, ...Object.fromEntries(sent) },
    query: {},
    sessionCookie: 'keep',
    ip,
  };
}

function askedRoute(route: GuardedRoute): AskedRoute {
  const { method, url, access, condition, schema, mayAnswer } = route;
  return {
    method,
    url,
    summary: schema.summary ?? summaryOf(method, url),
    needs: needsOf(route),
    access,
    condition,
    isForPeople: condition === personsOnly,
    looksItself: access.kind === 'open' && mayAnswer.some((status) => status === 401 || status === 403),
    success: successesOf(route)[0] ?? 200,
  };
}

function answerOf({ verdict, status, steps, route, known }: Explanation): Static<typeof Explained> {
  return {
    verdict,
    status,
    steps,
    ...(route && { route }),
    ...(known && { identity: identityAnswer(known) }),
  };
}

function identityAnswer({ proof, row, identity, orgName, isServerAdmin }: Known) {
  const { principal, credential } = proof;
  return {
    kind: principal.kind,
    id: principal.id,
    name: principal.name,
    login: principal.login,
    orgId: identity?.orgId ?? null,
    orgName,
    role: identity?.role ?? null,
    ...(isServerAdmin === undefined ? {} : { isGrafanaAdmin: isServerAdmin }),
    expiration: timestampOrNull(credential.expiresAt),
    credential: { kind: credential.kind, id: credential.id, name: row?.name ?? credential.name },
  };
}
