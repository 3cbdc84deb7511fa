import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf, untilGone } from '../../http/request.ts';
import { Id, Message } from '../../http/schemas.ts';
import { hideKeys, requireOrg } from '../orgs/orgs.ts';
import { countKeys } from './key-migration.store.ts';
import { migrateKey, OUTCOMES, revertKey } from './key-migration.ts';
import { migrateKeys } from './whole-migration.ts';

const Moved = Type.Object({
  id: Id,
  name: Type.String(),
  outcome: Type.Unsafe<(typeof OUTCOMES)[number]>({ enum: [...OUTCOMES] }),
  serviceAccountId: Type.Optional(Id),
  serviceAccount: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
});

const Status = Type.Object({
  migrated: Type.Boolean(),
  hidden: Type.Boolean(),
  // How many keys may still move, and how many tokens were keys.
  remaining: Type.Integer(),
  moved: Type.Integer(),
});

const HOW = { groupByRole: Type.Optional(Type.Boolean()), dryRun: Type.Optional(Type.Boolean()) };

const Report = Type.Object({
  message: Type.String(),
  // Newer Grafanas' names.
  total: Type.Integer(),
  migrated: Type.Integer(),
  failed: Type.Integer(),
  failedApikeyIDs: Type.Array(Id),
  failedDetails: Type.Array(Type.String()),
  keys: Type.Array(Moved),
  /** Left out when nothing is left to do. */
  next: Type.Optional(Id),
});

const MOST_IN_ONE_CALL = 10_000;
const MIGRATES = can('serviceaccounts:create');

export function keyMigrationRoutes(app: App): void {
  app.get(
    '/api/serviceaccounts/migrationstatus',
    {
      config: { access: can('serviceaccounts:read') },
      schema: { response: { 200: Status } },
    },
    async (request) => {
      const org = await requireOrg(app.context, request.identity.orgId);
      const counts = await countKeys(app.context.db, org.id);
      return { migrated: org.keys_migrated_at !== null, hidden: org.hides_api_keys === 1, ...counts };
    },
  );

  app.post(
    '/api/serviceaccounts/migrate',
    {
      config: { access: MIGRATES },
      schema: {
        querystring: Type.Object({
          ...HOW,
          includeExpired: Type.Optional(Type.Boolean()),
          after: Type.Optional(Id),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_IN_ONE_CALL })),
        }),
        response: { 200: Report },
      },
    },
    async (request, reply) => {
      const { after, limit, ...how } = request.query;
      const signal = untilGone(reply);
      const { keys, next } = await migrateKeys(contextOf(request), how, { after, limit, signal });
      return {
        message: how.dryRun ? 'Nothing was changed' : 'API keys migrated to service accounts',
        total: keys.length,
        migrated: keys.filter(({ outcome }) => outcome === 'moved').length,
        // Either all of a hundred keys move or, with an answer that says so, none.
        failed: 0,
        failedApikeyIDs: [],
        failedDetails: [],
        keys,
        ...(next === undefined ? {} : { next }),
      };
    },
  );

  app.post(
    '/api/serviceaccounts/migrate/:keyId',
    {
      config: { access: MIGRATES },
      schema: {
        params: Type.Object({ keyId: Id }),
        querystring: Type.Object(HOW),
        response: { 200: Type.Object({ message: Type.String(), key: Moved }) },
      },
    },
    async (request) => {
      const key = await migrateKey(contextOf(request), request.params.keyId, request.query);
      const message = request.query.dryRun ? 'Nothing was changed' : 'Service accounts migrated';
      return { message, key };
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
