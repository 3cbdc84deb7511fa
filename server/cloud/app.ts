import fastify, { LogController } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Context } from '../context.ts';
import { randomLetters } from '../crypto/random.ts';
import type { App } from '../http/app-type.ts';
import { acceptJson } from '../http/body.ts';
import { answerBroken } from '../http/broken-requests.ts';
import { keepCertificate, readCertificate } from '../http/certificate.ts';
import { stopByDraining } from '../http/drain.ts';
import { handleErrors, refuseUnroutable } from '../http/error-handler.ts';
import { believeProxies, proxiesIn } from '../http/forwarded.ts';
import { requestLimiter } from '../http/limit-requests.ts';
import { measureCloud } from '../http/metrics.ts';
import { watchAnswers } from '../http/answer-steps.ts';
import { frameworkLog } from '../http/framework-log.ts';
import { serverOptionsOf } from '../http/server-options.ts';
import { sayStrictTransport } from '../http/strict-transport.ts';
import { limitPipelining } from '../http/pipelining.ts';
import { logRequests } from '../http/request-log.ts';
import { serializerCompiler } from '../http/serialization.ts';
import { validatorCompiler } from '../http/validation.ts';
import { auditRoute } from '../modules/audit/audit.routes.ts';
import { requireWholeOrg } from './access/caller.ts';
import { notFound } from './access/refusals.ts';
import { authenticateCloud } from './authenticate.ts';
import type { CloudContext } from './context.ts';
import { guardCloud, needs } from './http/guard.ts';
import { insideRoutes } from './modules/inside/inside.routes.ts';
import { keysRoutes } from './modules/keys/keys.routes.ts';
import { orgsRoutes } from './modules/orgs/orgs.routes.ts';
import { pluginsRoutes } from './modules/plugins/plugins.routes.ts';
import { policiesRoutes } from './modules/policies/policies.routes.ts';
import { regionsRoutes } from './modules/regions/regions.routes.ts';
import { stacksRoutes } from './modules/stacks/stacks.routes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The figures of the cloud side. */
    cloudFigures: ReturnType<typeof measureCloud>;
  }
}

const LONGEST_HEAD = 16_384;

/** The API of the cloud side, every module by name; it listens when told to. */
export function buildCloudApp(cloud: CloudContext, server: Context): App {
  const { config } = cloud;
  const log = frameworkLog(cloud.log);
  const certificate = readCertificate(config);
  const { requestTimeout, ...options } = serverOptionsOf(config);
  const { trusted_proxies } = config.server;
  const isProxy = trusted_proxies.length > 0 ? proxiesIn(trusted_proxies) : undefined;
  const start = randomLetters(10);
  let count = 0;
  const newId = (): string => `${start}-${(++count).toString(36)}`;
  const app = fastify({
    // One type of server does for both: what sets them apart is known where the certificate is.
    ...({ [certificate ? 'https' : 'http']: { ...certificate?.options, ...options } } as object),
    ...(isProxy && { trustProxy: (address: string, hop: number) => hop === 0 && isProxy(address) }),
    clientErrorHandler: answerBroken,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: () => log,
    bodyLimit: config.limits.max_body_bytes,
    requestTimeout,
    genReqId: newId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_HEAD },
    frameworkErrors: refuseUnroutable,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.log = log;
  watchAnswers(app);
  stopByDraining(app, { underWay: limitPipelining(app.server), newId });
  if (isProxy) believeProxies(app.server, isProxy);
  app.decorate('cloud', cloud);
  app.decorate('context', server);
  keepCertificate(app, certificate, (fresh) => cloud.ports.show(fresh));
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  sayStrictTransport(app);
  acceptJson(app);
  handleErrors(app, CODES);
  logRequests(app, { api: cloud.log.part('api'), auth: cloud.log.part('auth') });
  app.decorate('cloudFigures', measureCloud(app));
  guardCloud(
    app,
    (authorization, address) => authenticateCloud(cloud, authorization, address),
    requestLimiter(cloud),
  );
  app.setNotFoundHandler(() => {
    throw notFound(
      'Call',
      'This is the cloud side, and client/cloud-openapi.json lists its calls. A stack answers at its own url.',
    );
  });

  orgsRoutes(app);
  keysRoutes(app);
  regionsRoutes(app);
  stacksRoutes(app);
  insideRoutes(app);
  policiesRoutes(app);
  pluginsRoutes(app);
  auditRoute(app, '/api/audit', {
    config: needs('audit:read'),
    summary: 'Read what was changed in the organization, and by whom',
    recordOf({ caller }) {
      requireWholeOrg(caller);
      return { db: cloud.db, orgId: caller.org.id };
    },
  });
  return app;
}

// Grafana: clients of grafana.com show these, and some tell them apart. What is wrong with a request is 409 there.
const CODES: Record<number, string> = {
  400: 'InvalidArgument',
  401: 'InvalidCredentials',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};
