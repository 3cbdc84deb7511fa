import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { Id, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import { ADVICE } from './advice.ts';
import { noteCaller } from './callers.ts';
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

const READS = new Set(['GET', 'HEAD']);

export function keyInventoryRoutes(app: App): void {
  app.addHook('onResponse', (request, reply, done) => {
    const credential = request.identity?.credential;
    if (credential?.kind === 'api-key') {
      const { ip: address, headers, method } = request;
      // Who only tried holds the key as well, but shows no need of it.
      const did = reply.statusCode >= 400 ? 'nothing' : READS.has(method) ? 'read' : 'write';
      const call = { address, userAgent: headers['user-agent'], did } as const;
      noteCaller(app.context, credential.id, call);
    }
    done();
  });

  app.get(
    '/api/auth/keys/inventory',
    {
      config: { access: can('apikeys:read', 'apikeys:*') },
      schema: { querystring: Type.Object(Paging), response: { 200: Type.Array(Key) } },
    },
    async (request) => {
      const { context } = app;
      const keys = await keyInventory(context, request.identity.orgId, pageOf(request.query));
      return keys.map((key) => shown(key, context.now()));
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
