import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { Id, nullable, RoleSchema, Timestamp } from '../../http/schemas.ts';
import { timestamp, timestampOrNull } from '../../http/time.ts';
import type { getFirstMovedKey, ListedServiceAccount } from './service-accounts.store.ts';

const Short = {
  id: Id,
  name: Type.String(),
  login: Type.String(),
  orgId: Id,
  isDisabled: Type.Boolean(),
  role: RoleSchema,
  avatarUrl: Type.String(),
};

/** An account that was just made: what the documents show, and no more. */
export const Made = Type.Object({ ...Short, tokens: Type.Integer() });

const Account = {
  ...Short,
  isGrafanaAdmin: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

const Uses = {
  tokens: Type.Integer(),
  lastUsedAt: nullable(Timestamp),
  accessControl: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
};

export const Listed = Type.Object({ ...Account, ...Uses });

const teams = nullable(Type.Array(Type.String()));

export const Updated = Type.Object({ ...Account, teams });

export const Detail = Type.Object({
  ...Account,
  ...Uses,
  teams,
  // The first of its tokens that was an API key, and how many were.
  migratedFrom: nullable(
    Type.Object({ apiKeyId: Id, name: Type.String(), at: Timestamp, keys: Type.Integer() }),
  ),
});

/** An account in a list. */
export function listed(row: ListedServiceAccount & { last_used_at?: number | null }) {
  const { id, name, login, org_id, is_disabled, is_server_admin, role, tokens } = row;
  return {
    id,
    name,
    login,
    orgId: org_id,
    isDisabled: is_disabled === 1,
    isGrafanaAdmin: is_server_admin === 1,
    role,
    avatarUrl: avatarUrl(name),
    createdAt: timestamp(row.created_at),
    updatedAt: timestamp(row.updated_at),
    tokens,
    lastUsedAt: timestampOrNull(row.last_used_at ?? null),
  };
}

/** An account after a change. */
export function updated(row: ListedServiceAccount) {
  const { tokens: _, lastUsedAt: __, ...account } = listed(row);
  return { ...account, teams: null };
}

/** The API key that an account came to be by. */
export function migratedFrom(key: Awaited<ReturnType<typeof getFirstMovedKey>>) {
  if (key === undefined) return null;
  return { apiKeyId: key.id, name: key.name, at: timestamp(key.migrated_at ?? 0), keys: key.keys };
}

const ACTIONS = [
  'serviceaccounts:read',
  'serviceaccounts:write',
  'serviceaccounts:delete',
  'serviceaccounts.permissions:read',
  'serviceaccounts.permissions:write',
];

/** What the asker may do to an account, for the buttons of a page. */
export function held(may: (action: string) => boolean) {
  const allowed = ACTIONS.filter((action) => may(action));
  return { accessControl: Object.fromEntries(allowed.map((action) => [action, true])) };
}

// Grafana: an account's picture goes by its name.
function avatarUrl(name: string): string {
  return `/avatar/${hash('md5', name.toLowerCase())}`;
}
