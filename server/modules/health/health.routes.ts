import { Type } from 'typebox';
import { open, signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { Message } from '../../http/schemas.ts';
import { COMMIT, GRAFANA_VERSION, VERSION } from '../../http/version.ts';
import { databaseCheck } from './health.ts';

const Health = Type.Object({
  commit: Type.String(),
  database: Type.String(),
  version: Type.String({ description: 'The version of Grafana whose API this is' }),
  latchkey: Type.String({ description: 'The version of this server' }),
});

export function healthRoutes(app: App): void {
  const databaseAnswers = databaseCheck(app.context);

  app.get(
    '/api/health',
    {
      config: {
        access: open('load balancers and probes ask it, and it tells nothing but health and version'),
      },
      schema: { response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      const isWell = await databaseAnswers();
      const database = isWell ? 'ok' : 'failing';
      const health = { commit: COMMIT, database, version: GRAFANA_VERSION, latchkey: VERSION };
      return reply.code(isWell ? 200 : 503).send(health);
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
