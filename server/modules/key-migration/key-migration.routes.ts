import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Message } from '../../http/schemas.ts';
import { hideKeys, requireOrg } from '../orgs/orgs.ts';
import { migrateAllKeys, migrateKey, revertKey } from './key-migration.ts';

const Moved = Type.Object({
  id: Id,
  name: Type.String(),
  outcome: Type.Unsafe<'moved' | 'already moved'>({ enum: ['moved', 'already moved'] }),
  serviceAccountId: Id,
});

const MIGRATES = can('serviceaccounts:create');

export function keyMigrationRoutes(app: App): void {
  app.get(
    '/api/serviceaccounts/migrationstatus',
    {
      config: { access: can('serviceaccounts:read') },
      schema: { response: { 200: Type.Object({ migrated: Type.Boolean(), hidden: Type.Boolean() }) } },
    },
    async (request) => {
      const org = await requireOrg(app.context, request.identity.orgId);
      return { migrated: org.keys_migrated_at !== null, hidden: org.hides_api_keys === 1 };
    },
  );

  app.post(
    '/api/serviceaccounts/migrate',
    {
      config: { access: MIGRATES },
      schema: {
        response: {
          200: Type.Object({ message: Type.String(), total: Type.Integer(), keys: Type.Array(Moved) }),
        },
      },
    },
    async (request) => {
      const keys = await migrateAllKeys(contextOf(request));
      return { message: 'API keys migrated to service accounts', total: keys.length, keys };
    },
  );

  app.post(
    '/api/serviceaccounts/migrate/:keyId',
    {
      config: { access: MIGRATES },
      schema: {
        params: Type.Object({ keyId: Id }),
        response: { 200: Type.Object({ message: Type.String(), key: Moved }) },
      },
    },
    async (request) => {
      const key = await migrateKey(contextOf(request), request.params.keyId);
      return { message: 'Service accounts migrated', key };
    },
  );

  app.post(
    '/api/serviceaccounts/:id/revert/:keyId',
    {
      config: { access: can('serviceaccounts:delete', 'serviceaccounts:id:{id}') },
      schema: { params: Type.Object({ id: Id, keyId: Id }), response: { 200: Message } },
    },
    async (request) => {
      await revertKey(contextOf(request), request.params.id, request.params.keyId);
      return { message: 'reverted service account to API key' };
    },
  );

  for (const [path, hides, message] of [
    ['hideApiKeys', true, 'API keys hidden'],
    ['showApiKeys', false, 'API keys shown'],
  ] as const) {
    app.post(
      `/api/serviceaccounts/${path}`,
      { config: { access: MIGRATES }, schema: { response: { 200: Message } } },
      async (request) => {
        await hideKeys(contextOf(request), request.identity.orgId, hides);
        return { message };
      },
    );
  }
}
