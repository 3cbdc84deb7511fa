import { hash, timingSafeEqual } from 'node:crypto';
import { open } from '../../access/can.ts';
import type { Context } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import type { Metrics } from '../../http/metrics.ts';

/** Puts the figures up at /metrics, unless the settings say no; behind a name and password of its own where they give one. */
export function metricsRoutes(app: App, metrics: Metrics): void {
  const { config } = app.context;
  if (!config.metrics.enabled) return;
  app.get(
    '/metrics',
    { config: { access: open('it has a name and password of its own, set in [metrics]'), mayAnswer: [401] } },
    async (request, reply) => {
      requirePassword(config.metrics, request.headers.authorization);
      return reply.type(metrics.contentType).send(await metrics.text());
    },
  );
}

function requirePassword(settings: Context['config']['metrics'], header = ''): void {
  const { basic_auth_username: name, basic_auth_password: password } = settings;
  if (name === '' && password === '') return;
  const [scheme = '', encoded = ''] = header.split(' ', 2);
  const shown = scheme.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  if (isSame(shown, Buffer.from(`${name}:${password}`))) return;
  throw new ApiError(401, 'metrics.unauthorized', 'Unauthorized', {
    detail: 'The metrics are read with the basic_auth_username and basic_auth_password of [metrics].',
    headers: { 'www-authenticate': 'Basic realm="Latchkey metrics"' },
    cause: { reason: 'wrong password', kind: 'metrics password' },
  });
}

/** Compares in a time that tells nothing of where they differ, nor how long the one wanted is. */
function isSame(shown: Buffer, wanted: Buffer): boolean {
  return timingSafeEqual(hash('sha256', shown, 'buffer'), hash('sha256', wanted, 'buffer'));
}
