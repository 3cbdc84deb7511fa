import type { FastifyInstance } from 'fastify';
import { beforeAnswers } from './answer-steps.ts';

/** The text that tells how legacy keys become service accounts; an open route of the module api-docs. */
export const MIGRATION_TEXT = '/docs/api-keys';

// RFC 9745: since when, in seconds. Grafana announced the end of API keys with its version 9.1.
const SINCE = `@${Date.UTC(2022, 7, 16) / 1000}`;

/** Tells whoever still uses a legacy key that there is something better, in the headers of RFC 9745. */
export function sayDeprecated(app: FastifyInstance): void {
  const path = new URL(app.context.config.server.root_url).pathname.replace(/\/$/, '');
  const link = `<${path}${MIGRATION_TEXT}>; rel="deprecation"; type="text/plain"`;
  beforeAnswers(app, (request, reply) => {
    if (request.identity?.credential.kind === 'api-key') reply.headers({ deprecation: SINCE, link });
  });
}
