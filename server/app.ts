import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Context } from './context.ts';
import type { App } from './http/app-type.ts';
import { type Authenticators, authenticate } from './http/authenticate.ts';
import { acceptJson } from './http/body.ts';
import { handleErrors } from './http/error-handler.ts';
import { guardRoutes } from './http/guard.ts';
import { validatorCompiler } from './http/validation.ts';
import { apiKeysRoutes } from './modules/api-keys/api-keys.routes.ts';
import { proveBearer } from './modules/authentication/bearer.ts';
import { provePassword } from './modules/authentication/password.ts';
import { orgsRoutes } from './modules/orgs/orgs.routes.ts';
import { serviceAccountsRoutes } from './modules/service-accounts/service-accounts.routes.ts';
import { tokensRoutes } from './modules/tokens/tokens.routes.ts';
import { notFound, unauthorized } from './errors.ts';

/** The whole HTTP server over a context, every module by name; it listens when told to. */
export async function buildApp(context: Context): Promise<App> {
  const logger: FastifyBaseLogger = context.log;
  const app = fastify({
    loggerInstance: logger,
    disableRequestLogging: true,
    bodyLimit: context.config.limits.max_body_bytes,
    genReqId: () => randomUUID(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>();
  const authenticators: Authenticators = {
    bearer: (secret) => proveBearer(context, secret),
    password: (login, password) => provePassword(context, login, password),
    session: () => Promise.reject(unauthorized('Unauthorized')),
  };

  app.decorate('context', context);
  app.setValidatorCompiler(validatorCompiler);
  await app.register(cookie);
  acceptJson(app);
  handleErrors(app);
  guardRoutes(app, authenticators);
  app.setNotFoundHandler(async (request) => {
    await authenticate(context, authenticators, request);
    throw notFound('Not found');
  });

  orgsRoutes(app);
  serviceAccountsRoutes(app);
  tokensRoutes(app);
  apiKeysRoutes(app);
  return app;
}
