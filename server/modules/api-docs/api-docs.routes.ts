import { Type } from 'typebox';
import { open } from '../../access/can.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { MIGRATION_TEXT } from '../../http/deprecation.ts';
import { GUARDS_OF_DOCUMENTS } from '../../http/guard-answers.ts';
import { Text } from '../../http/schemas.ts';
import { PAGE, readAboutKeys, readAsset, readDescription } from './api-docs.ts';

const AN_HOUR = 'public, max-age=3600';
// Nothing from elsewhere, nothing inside another page; the requests that are tried go to this server alone.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const access = open('what the API takes and answers is no secret');
const asText = (type: string) => ({ 200: { content: { [type]: { schema: Type.String() } } } });

export function apiDocsRoutes(app: App): void {
  app.get(
    '/api/openapi.json',
    {
      config: { access },
      schema: {
        summary: 'Read this description of the API',
        response: { 200: Type.Object({}, { additionalProperties: true }) },
      },
    },
    async (_request, reply) => {
      void reply.type('application/json; charset=utf-8').header('cache-control', AN_HOUR);
      return reply.send(readDescription());
    },
  );

  app.get(
    '/api/docs',
    {
      config: { access },
      schema: { summary: 'Read about the API, and try it', response: asText('text/html') },
    },
    async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .headers({ 'content-security-policy': POLICY, ...GUARDS_OF_DOCUMENTS })
        .send(PAGE),
  );

  app.get(
    '/api/docs/:file',
    {
      config: { access },
      schema: {
        summary: 'Read a file of the page about the API',
        params: Type.Object({ file: Text() }),
        response: asText('text/javascript'),
      },
    },
    async (request, reply) => {
      const asset = readAsset(request.params.file);
      if (asset === undefined) throw notFound('Not found');
      return reply
        .type(asset.type)
        .header('cache-control', AN_HOUR)
        .send(asset.content as unknown as string);
    },
  );

  app.get(
    MIGRATION_TEXT,
    {
      config: { access },
      schema: { summary: 'Read how API keys become service accounts', response: asText('text/plain') },
    },
    async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send(readAboutKeys() as unknown as string),
  );
}
