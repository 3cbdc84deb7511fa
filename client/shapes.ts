export const ROLES = ['None', 'Viewer', 'Editor', 'Admin'] as const;
export type Role = (typeof ROLES)[number];

/** The answer to a change that has nothing else to tell. */
export interface Message {
  message: string;
}

/** A new key or token; nothing else ever tells the secret again. */
export interface IssuedSecret {
  id: number;
  name: string;
  key: string;
}

export interface ApiKey {
  id: number;
  orgId: number;
  name: string;
  role: Role;
  /** RFC 3339; left out for a key that never expires. */
  expiration?: string;
  lastUsedAt: string | null;
  isRevoked: boolean;
}

/** What became of one key in a migration. */
export interface MovedKey {
  id: number;
  name: string;
  outcome: 'moved' | 'would move' | 'already moved' | 'skipped';
  serviceAccountId?: number;
  serviceAccount?: string;
  /** Why it was skipped. */
  reason?: string;
}

export interface KeyMigration {
  keys: MovedKey[];
  /** Where to go on; left out when all keys were looked at. */
  next?: number;
}

export interface KeyMigrationStatus {
  migrated: boolean;
  hidden: boolean;
  /** How many keys are still keys, and how many tokens were keys. */
  remaining: number;
  moved: number;
}

/** A key with who uses it and what to do about it. */
export interface InventoriedKey {
  id: number;
  name: string;
  role: Role;
  isGrafanaAdmin: boolean;
  created: string;
  lastUsedAt: string | null;
  expiration: string | null;
  callers: { address: string; userAgent: string; reads: number; writes: number; lastSeenAt: string }[];
  advice: { code: string; text: string }[];
}

export interface ServiceAccount {
  id: number;
  name: string;
  login: string;
  orgId: number;
  isDisabled: boolean;
  role: Role;
  tokens: number;
}

export interface ServiceAccountPage {
  totalCount: number;
  serviceAccounts: ServiceAccount[];
}

export interface OrgGrant {
  orgId: number;
  name: string;
  role: Role;
}

export interface Token {
  id: number;
  name: string;
  created: string;
  lastUsedAt: string | null;
  expiration: string | null;
  hasExpired: boolean;
  isRevoked: boolean;
}

export interface Org {
  id: number;
  name: string;
}

export interface OrgUser {
  orgId: number;
  userId: number;
  login: string;
  email: string;
  name: string;
  role: Role;
  lastSeenAt: string;
}

export interface Health {
  database?: string;
  version?: string;
  /** Of this product alone. */
  latchkey?: string;
}

/** Whoever asks: a user, or a key or service account in a user's shape. */
export interface Self {
  id: number;
  login: string;
  name: string;
  email: string;
  orgId: number;
  isGrafanaAdmin: boolean;
  /** Left out by Grafana, as is what follows. */
  kind?: 'user' | 'service-account' | 'api-key';
  orgName?: string;
  orgRole?: Role;
  /** RFC 3339; null when the credential never ends. */
  expiration?: string | null;
}
