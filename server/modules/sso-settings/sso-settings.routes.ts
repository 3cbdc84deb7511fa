import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { badRequest } from '../../errors.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson, nullable, Text } from '../../http/schemas.ts';
import { allSsoSettings, removeSsoSettings, setSsoSettings, ssoSettingsOf } from './sso-settings.ts';

const MOST_BYTES = 65_536;

const SsoSettingsSchema = Type.Object({
  id: Type.String(),
  provider: Type.String(),
  settings: FreeJson,
  source: Type.String(),
});

const Wanted = Type.Object({
  provider: Type.Optional(nullable(Text())),
  settings: FreeJson,
});

const Key = Type.Object({ key: Text() });

const reading = { access: canOnServer('settings:read', 'settings:*') };
const writing = { access: canOnServer('settings:write', 'settings:*') };

export function ssoSettingsRoutes(app: App): void {
  app.get(
    '/api/v1/sso-settings',
    {
      config: reading,
      schema: {
        summary: 'Read the settings of every SSO provider, without secrets',
        response: { 200: Type.Array(SsoSettingsSchema) },
      },
    },
    () => allSsoSettings(app.context),
  );

  app.get(
    '/api/v1/sso-settings/:key',
    {
      config: reading,
      schema: {
        summary: 'Read the settings of an SSO provider, without secrets',
        params: Key,
        response: { 200: SsoSettingsSchema },
      },
    },
    (request) => ssoSettingsOf(app.context, request.params.key),
  );

  app.put(
    '/api/v1/sso-settings/:key',
    {
      bodyLimit: Math.min(MOST_BYTES, app.context.config.limits.max_body_bytes),
      config: writing,
      schema: {
        summary: 'Set the settings of an SSO provider',
        params: Key,
        body: Wanted,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      const { provider, settings } = request.body;
      if ((provider || key) !== key) throw badRequest(`provider must be ${key}, as in the path, or left out`);
      await setSsoSettings(contextOf(request), key, settings);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/v1/sso-settings/:key',
    {
      config: writing,
      schema: {
        summary: 'Forget the settings of an SSO provider',
        params: Key,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await removeSsoSettings(contextOf(request), request.params.key);
      return reply.code(204).send(null);
    },
  );
}
