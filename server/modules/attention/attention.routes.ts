import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, nullable, RoleSchema, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import { attention } from './attention.ts';

const Named = { id: Id, name: Type.String() };
const OfToken = { ...Named, serviceAccountId: Id, serviceAccountName: Type.String() };
const OfKey = { ...Named, role: RoleSchema };
const Unused = { created: Timestamp, lastUsedAt: nullable(Timestamp) };
const Count = Type.Integer();
// What is said of keys is left out for whoever may not read them.
const OfEach = Type.Object({ tokens: Count, keys: Type.Optional(Count) });

const Attention = Type.Object({
  expiringTokens: Type.Array(Type.Object({ ...OfToken, expiration: Timestamp })),
  expiringKeys: Type.Optional(Type.Array(Type.Object({ ...OfKey, expiration: Timestamp }))),
  unusedTokens: Type.Array(Type.Object({ ...OfToken, ...Unused })),
  unusedKeys: Type.Optional(Type.Array(Type.Object({ ...OfKey, ...Unused }))),
  disabledServiceAccounts: Type.Array(Type.Object({ ...Named, role: RoleSchema, tokens: Count })),
  // What somebody found where it should not be within a month, and was revoked therefore; the last one first.
  leaked: Type.Array(
    Type.Object({
      ...Named,
      kind: Type.String({ examples: ['token', 'api-key'] }),
      at: Timestamp,
      url: Type.String({ description: "Where it was found; '' where nobody said" }),
    }),
  ),
  // How long the lists would be: they hold the most urgent only.
  counts: Type.Object({
    expiringTokens: Count,
    expiringKeys: Type.Optional(Count),
    unusedTokens: Count,
    unusedKeys: Type.Optional(Count),
    disabledServiceAccounts: Count,
  }),
  neverExpiring: OfEach,
  expired: OfEach,
  revoked: OfEach,
  totals: Type.Object({ serviceAccounts: Count, tokens: Count, apiKeys: Type.Optional(Count) }),
});

const Reach = Type.Object({ expiringWithin: Type.Optional(Text()), unusedFor: Type.Optional(Text()) });

export function attentionRoutes(app: App): void {
  app.get(
    '/api/org/attention',
    {
      config: { access: can('serviceaccounts:read', 'serviceaccounts:*') },
      schema: {
        summary: 'Read which tokens, keys and service accounts somebody should look at',
        querystring: Reach,
        response: { 200: Attention },
      },
    },
    async (request) => {
      const { expiringWithin = '30d', unusedFor = '90d' } = request.query;
      return shown(await attention(contextOf(request), { expiringWithin, unusedFor }));
    },
  );
}

type Found = Awaited<ReturnType<typeof attention>>;
type Looked = Found['tokens'];

function shown({ accounts, disabled, tokens, keys, leaked }: Found) {
  const each = (count: keyof Looked['counts']) => ({
    tokens: tokens.counts[count],
    ...(keys && { keys: keys.counts[count] }),
  });
  return {
    expiringTokens: tokens.expiring.map((row) => ({
      ...ofToken(row),
      expiration: timestamp(row.expires_at ?? 0),
    })),
    unusedTokens: tokens.unused.map((row) => ({ ...ofToken(row), ...unused(row) })),
    ...(keys && {
      expiringKeys: keys.expiring.map((row) => ({
        ...ofKey(row),
        expiration: timestamp(row.expires_at ?? 0),
      })),
      unusedKeys: keys.unused.map((row) => ({ ...ofKey(row), ...unused(row) })),
    }),
    disabledServiceAccounts: disabled,
    leaked: leaked.map((row) => ({
      id: Number(row.object_id),
      name: row.object_name,
      kind: row.object_kind,
      at: timestamp(row.at),
      url: (JSON.parse(row.change) as { url: string }).url,
    })),
    counts: {
      expiringTokens: tokens.counts.expiring,
      unusedTokens: tokens.counts.unused,
      ...(keys && { expiringKeys: keys.counts.expiring, unusedKeys: keys.counts.unused }),
      disabledServiceAccounts: accounts.disabled,
    },
    neverExpiring: each('neverExpiring'),
    expired: each('expired'),
    revoked: each('revoked'),
    totals: {
      serviceAccounts: accounts.total,
      tokens: tokens.counts.total,
      ...(keys && { apiKeys: keys.counts.total }),
    },
  };
}

type Expiring = Looked['expiring'][number];
type Idle = Looked['unused'][number];

function ofToken({ id, name, service_account_id, account }: Expiring | Idle) {
  return { id, name, serviceAccountId: service_account_id ?? 0, serviceAccountName: account ?? '' };
}

function ofKey({ id, name, role }: Expiring | Idle) {
  return { id, name, role: role ?? ('None' as const) };
}

function unused({ created_at, last_used_at }: Idle) {
  return { created: timestamp(created_at), lastUsedAt: timestampOrNull(last_used_at) };
}
