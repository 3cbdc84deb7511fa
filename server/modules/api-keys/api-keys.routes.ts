import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import {
  Id,
  IdParams,
  Message,
  Name,
  nullable,
  RoleSchema,
  SecondsToLive,
  Timestamp,
} from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import { lastUseOf } from '../credentials/credentials.ts';
import { listApiKeys } from './api-keys.store.ts';
import { deleteApiKey, issueApiKey, revokeApiKey } from './api-keys.ts';

const ApiKey = Type.Object({
  id: Id,
  orgId: Id,
  name: Type.String(),
  role: RoleSchema,
  // Grafana leaves it out where there is none.
  expiration: Type.Optional(Timestamp),
  lastUsedAt: nullable(Timestamp),
  isRevoked: Type.Boolean(),
});

export function apiKeysRoutes(app: App): void {
  app.get(
    '/api/auth/keys',
    {
      config: { access: can('apikeys:read', 'apikeys:*') },
      schema: {
        querystring: Type.Object({ includeExpired: Type.Optional(Type.Boolean()), ...Paging }),
        response: { 200: Type.Array(ApiKey) },
      },
    },
    async (request) => {
      const { db, now } = app.context;
      const expiredBy = request.query.includeExpired === true ? undefined : now();
      const keys = await listApiKeys(db, request.identity.orgId, { expiredBy, ...pageOf(request.query) });
      return keys.map((key) => ({
        id: key.id,
        orgId: key.org_id,
        name: key.name,
        role: key.role ?? 'None',
        ...(key.expires_at === null ? {} : { expiration: timestamp(key.expires_at) }),
        lastUsedAt: timestampOrNull(lastUseOf(app.context, key)),
        isRevoked: key.is_revoked === 1,
      }));
    },
  );

  app.post(
    '/api/auth/keys',
    {
      config: { access: can('apikeys:create'), mayAnswer: [409, 410] },
      schema: {
        body: Type.Object({
          name: Name,
          role: RoleSchema,
          secondsToLive: SecondsToLive,
          isGrafanaAdmin: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Type.Object({ id: Id, name: Type.String(), key: Type.String() }) },
      },
    },
    (request) => issueApiKey(contextOf(request), request.body),
  );

  app.delete(
    '/api/auth/keys/:id',
    {
      config: { access: can('apikeys:delete', 'apikeys:id:{id}') },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteApiKey(contextOf(request), request.params.id);
      return { message: 'API key deleted' };
    },
  );

  app.post(
    '/api/auth/keys/:id/revoke',
    {
      config: { access: can('apikeys:delete', 'apikeys:id:{id}') },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await revokeApiKey(contextOf(request), request.params.id);
      return { message: 'API key revoked' };
    },
  );
}
