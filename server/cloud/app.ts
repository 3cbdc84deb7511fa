import type { Context } from '../context.ts';
import type { App } from '../http/app-type.ts';
import { createApp } from '../http/create-app.ts';
import { handleErrors } from '../http/error-handler.ts';
import { trustedProxies } from '../http/forwarded.ts';
import { requestLimiter } from '../http/limit-requests.ts';
import { measureCloud } from '../http/metrics.ts';
import { logRequests } from '../http/request-log.ts';
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

/** The API of the cloud side, every module by name; it listens when told to. */
export function buildCloudApp(cloud: CloudContext, server: Context): App {
  const { config, log } = cloud;
  const app = createApp({
    config,
    context: server,
    log,
    isProxy: trustedProxies(config),
    onCertificate: (fresh) => cloud.ports.show(fresh),
  });
  app.decorate('cloud', cloud);
  handleErrors(app, CODES);
  logRequests(app, { api: log.part('api'), auth: log.part('auth') });
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
