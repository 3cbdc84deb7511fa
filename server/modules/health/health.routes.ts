import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { open, signedIn } from '../../access/can.ts';
import type { Identity } from '../../access/identity.ts';
import { ApiError } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { Message } from '../../http/schemas.ts';
import { COMMIT, GRAFANA_VERSION, VERSION } from '../../http/version.ts';
import { databaseCheck, warningsOf } from './health.ts';

const Health = Type.Object({
  commit: Type.String(),
  database: Type.String(),
  version: Type.String({ description: 'The version of Grafana whose API this is' }),
  latchkey: Type.String({ description: 'The version of this server' }),
  reason: Type.Optional(Type.String({ description: 'What is wrong, when something is' })),
  warnings: Type.Optional(
    Type.Array(Type.String(), {
      description: 'What a server administrator should see to; nobody else is told',
    }),
  ),
});

const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not ready')]),
  reason: Type.Optional(Type.String({ description: 'What is wrong; a server that can still read is ready' })),
});

/** `identify` says who asks, undefined for nobody, and throws for a wrong credential. */
export function healthRoutes(
  app: App,
  identify: (request: FastifyRequest) => Promise<Identity | undefined>,
): void {
  const checkDatabase = databaseCheck(app.context, app.noted);

  app.get(
    '/api/health',
    {
      config: {
        access: open('load balancers and probes ask it, and it tells nothing but health and version'),
      },
      schema: { response: { 200: Health, 503: Health } },
    },
    async (request, reply) => {
      const { reason } = await checkDatabase();
      const identity = reason === undefined ? await identify(request).catch(nobody) : undefined;
      const warnings = identity?.principal.isServerAdmin ? await warningsOf(app.context) : [];
      const database = reason === undefined ? 'ok' : 'failing';
      const health = { commit: COMMIT, database, version: GRAFANA_VERSION, latchkey: VERSION };
      return reply
        .code(reason === undefined ? 200 : 503)
        .send({ ...health, ...because(reason), ...(warnings.length > 0 && { warnings }) });
    },
  );

  app.get(
    '/readyz',
    {
      config: { access: open('load balancers ask whether to send requests here') },
      schema: { response: { 200: Readiness, 503: Readiness } },
    },
    async (_request, reply) => {
      const { canRead, reason } = await checkDatabase();
      const status = canRead ? 'ready' : 'not ready';
      return reply.code(canRead ? 200 : 503).send({ status, ...because(reason) });
    },
  );

  app.get(
    '/healthz',
    { config: { access: open('probes ask whether the process answers at all') } },
    (_request, reply) => reply.type('text/plain; charset=utf-8').send('Ok'),
  );

  app.get(
    '/api/login/ping',
    {
      config: { access: signedIn('pages ask whether they are still signed in') },
      schema: { response: { 200: Message } },
    },
    () => ({ message: 'Logged in' }),
  );
}

/** Who is refused is told of health as much as anybody. */
function nobody(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
}

function because(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
