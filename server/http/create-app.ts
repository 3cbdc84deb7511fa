import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { randomLetters } from '../crypto/random.ts';
import { watchAnswers } from './answer-steps.ts';
import type { App } from './app-type.ts';
import { acceptJson } from './body.ts';
import { answerBroken } from './broken-requests.ts';
import { type Certificate, keepCertificate, readCertificate } from './certificate.ts';
import { stopByDraining } from './drain.ts';
import { refuseUnroutable } from './error-handler.ts';
import { believeProxies, type IsProxy } from './forwarded.ts';
import { frameworkLog } from './framework-log.ts';
import { limitPipelining } from './pipelining.ts';
import type { Routing } from './route-finder.ts';
import { serializerCompiler } from './serialization.ts';
import { serverOptionsOf } from './server-options.ts';
import { sayStrictTransport } from './strict-transport.ts';
import { validatorCompiler } from './validation.ts';

// The most that Node reads of a request before its body. Each route has its own limit, in words of its own, after the guard.
const LONGEST_HEAD = 16_384;

/** How every app of ours reads paths. */
export const ROUTING: Routing = {
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_HEAD },
};

/** What sets one app apart from another. */
export interface AppParts {
  /** Where and how it listens. */
  config: Config;
  /** What its routes find as `app.context`. */
  context: Context;
  /** Of what Fastify says by itself. */
  log: FastifyBaseLogger;
  isProxy: IsProxy | undefined;
  routing?: Routing;
  /** Is given each new certificate. */
  onCertificate?: (fresh: Certificate) => void;
}

/**
 * An app that listens when told to and has no route yet: HTTP or HTTPS by the settings, with limits, JSON bodies, and what goes before
 * and after each answer. Throws a ConfigError where the certificate cannot be used.
 */
export function createApp({
  config,
  context,
  log,
  isProxy,
  routing = ROUTING,
  onCertificate,
}: AppParts): App {
  const certificate = readCertificate(config);
  const ownLog = frameworkLog(log);
  const newId = requestIds();
  const { requestTimeout, ...options } = serverOptionsOf(config);
  const app = fastify({
    // One type of server does for both: what sets them apart is known where the certificate is.
    ...({ [certificate ? 'https' : 'http']: { ...certificate?.options, ...options } } as object),
    ...(isProxy && { trustProxy: (address: string, hop: number) => hop === 0 && isProxy(address) }),
    clientErrorHandler: answerBroken,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: () => ownLog,
    bodyLimit: config.limits.max_body_bytes,
    requestTimeout,
    genReqId: newId,
    ...routing,
    frameworkErrors: refuseUnroutable,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.log = ownLog;
  watchAnswers(app);
  stopByDraining(app, { underWay: limitPipelining(app.server), newId });
  if (isProxy) believeProxies(app.server, isProxy);
  app.decorate('context', context);
  keepCertificate(app, certificate, onCertificate);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  sayStrictTransport(app);
  acceptJson(app);
  return app;
}

/** Ids that no other start of a server gives, at the cost of a counter. */
function requestIds(): () => string {
  const start = randomLetters(10);
  let count = 0;
  return () => `${start}-${(++count).toString(36)}`;
}
