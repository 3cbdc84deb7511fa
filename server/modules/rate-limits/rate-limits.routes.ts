import { Type } from 'typebox';
import { type Access, can, canOnServer } from '../../access/can.ts';
import type { Identity } from '../../access/identity.ts';
import type { App } from '../../http/app-type.ts';
import { Id, nullable, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { limitedLately, type LimitedShown } from './rate-limits.ts';

const Limits = Type.Object({
  enabled: Type.Boolean({ description: 'Whether requests are limited; wrong credentials may be so without' }),
  perSecond: Type.Integer(),
  burst: Type.Integer(),
  limited: Type.Array(
    Type.Object({
      kind: Type.String({ examples: ['token'], description: 'address where no credential was known' }),
      id: Type.Optional(Id),
      name: nullable(Type.String()),
      owner: Type.Optional(Type.Object({ id: Id, name: Type.String() })),
      orgId: Type.Optional(Id),
      address: Type.String({ description: 'From where the last of them came' }),
      reason: Type.String({ examples: ['requests', 'wrong credentials'] }),
      since: Timestamp,
      lastAt: Timestamp,
      until: Timestamp,
      isLimited: Type.Boolean({ description: 'Whether one was refused within the last minute' }),
      refused: Type.Integer(),
    }),
  ),
});

export function rateLimitsRoutes(app: App): void {
  limitsRoute(app, '/api/rate-limits', {
    access: can('serviceaccounts:read', 'serviceaccounts:*'),
    summary: "Read which of the current organization's credentials were limited lately",
    orgIdOf: ({ orgId }) => orgId,
  });

  limitsRoute(app, '/api/admin/rate-limits', {
    // As for usage: the addresses of those who try passwords are not for every reader of figures.
    access: canOnServer('orgs:write'),
    summary: 'Read which credentials and addresses were limited lately on the whole server',
    orgIdOf: () => null,
  });
}

interface Place {
  access: Access;
  summary: string;
  orgIdOf: (identity: Identity) => number | null;
}

function limitsRoute(app: App, path: string, { access, summary, orgIdOf }: Place): void {
  app.get(
    path,
    { config: { access }, schema: { summary, response: { 200: Limits } } },
    async ({ identity }) => {
      const { enabled, per_second: perSecond, burst } = app.context.config.rate_limiting;
      const limited = await limitedLately(app.context, orgIdOf(identity));
      return { enabled, perSecond, burst, limited: limited.map(shown) };
    },
  );
}

function shown({ kind, id, name, owner, orgId, address, reason, isStill, refused, ...times }: LimitedShown) {
  return {
    kind,
    ...(id === 0 ? {} : { id }),
    name,
    ...(owner && { owner }),
    ...(orgId === 0 ? {} : { orgId }),
    address,
    reason,
    since: timestamp(times.since),
    lastAt: timestamp(times.lastAt),
    until: timestamp(times.until),
    isLimited: isStill,
    refused,
  };
}
