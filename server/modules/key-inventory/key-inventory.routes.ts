import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import { afterAnswers } from '../../http/answer-steps.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { isRead } from '../../http/methods.ts';
import { addressOf } from '../../http/request.ts';
import { Id, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import { ADVICE } from './advice.ts';
import { noteCaller } from './callers.ts';
import { countKeys } from './key-inventory.store.ts';
import { type InventoriedKey, keyInventory } from './key-inventory.ts';

const Key = Type.Object({
  id: Id,
  name: Type.String(),
  role: RoleSchema,
  isGrafanaAdmin: Type.Boolean(),
  created: Timestamp,
  createdBy: nullable(Type.String()),
  lastUsedAt: nullable(Timestamp),
  expiration: nullable(Timestamp),
  hasExpired: Type.Boolean(),
  isRevoked: Type.Boolean(),
  callers: Type.Array(
    Type.Object({
      address: Type.String(),
      userAgent: Type.String(),
      reads: Type.Integer(),
      writes: Type.Integer(),
      firstSeenAt: Timestamp,
      lastSeenAt: Timestamp,
    }),
  ),
  advice: Type.Array(
    Type.Object({
      code: Type.Unsafe<(typeof ADVICE)[number]>({ enum: [...ADVICE] }),
      text: Type.String(),
    }),
  ),
});

const Found = Type.Object({
  // Of the pages together.
  totalCount: Type.Integer(),
  // Of the organization, whether they are listed or not.
  expiredCount: Type.Integer(),
  keys: Type.Array(Key),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

const READS_KEYS = can('apikeys:read', 'apikeys:*');

export function keyInventoryRoutes(app: App): void {
  afterAnswers(app, (request, reply) => {
    const credential = request.identity?.credential;
    if (credential?.kind === 'api-key') {
      const { headers, method } = request;
      // Who only tried holds the key as well, but shows no need of it.
      const did = reply.statusCode >= 400 ? 'nothing' : isRead(method) ? 'read' : 'write';
      const call = { address: addressOf(request), userAgent: headers['user-agent'], did } as const;
      noteCaller(app.context, credential.id, call);
    }
  });

  app.get(
    '/api/auth/keys/inventory',
    {
      config: { access: READS_KEYS },
      schema: { querystring: Type.Object(Paging), response: { 200: Type.Array(Key) } },
    },
    async (request) => {
      const { context } = app;
      const { orgId } = request.identity;
      const keys = await keyInventory(context, { orgId }, pageOf(request.query));
      return keys.map((key) => shown(key, context.now()));
    },
  );

  app.get(
    '/api/auth/keys/search',
    {
      config: { access: READS_KEYS },
      schema: {
        summary:
          'List API keys page by page, with who uses them, what to do about them and how many there are',
        querystring: Type.Object({ includeExpired: Type.Optional(Type.Boolean()), ...Paging }),
        response: { 200: Found },
      },
    },
    async (request) => {
      const { context } = app;
      const { orgId } = request.identity;
      const now = context.now();
      const showsExpired = request.query.includeExpired === true;
      const { page, perPage, ...rows } = pageOf(request.query);
      const keys = await keyInventory(context, { orgId, validAt: showsExpired ? undefined : now }, rows);
      const { all, expired } = await countKeys(context.db, orgId, now);
      return {
        totalCount: showsExpired ? all : all - expired,
        expiredCount: expired,
        keys: keys.map((key) => shown(key, now)),
        page,
        perPage,
      };
    },
  );
}

function shown({ key, lastUsedAt, callers, advice }: InventoriedKey, now: number) {
  return {
    id: key.id,
    name: key.name,
    role: key.role ?? ('None' as const),
    isGrafanaAdmin: key.is_server_admin === 1,
    created: timestamp(key.created_at),
    createdBy: key.created_login,
    lastUsedAt: timestampOrNull(lastUsedAt),
    expiration: timestampOrNull(key.expires_at),
    hasExpired: key.expires_at !== null && key.expires_at <= now,
    isRevoked: key.is_revoked === 1,
    callers: callers.map((caller) => ({
      address: caller.address,
      userAgent: caller.user_agent,
      reads: caller.reads,
      writes: caller.writes,
      firstSeenAt: timestamp(caller.first_seen_at),
      lastSeenAt: timestamp(caller.last_seen_at),
    })),
    advice,
  };
}
