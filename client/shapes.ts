import type { Answer } from './answer.ts';

export const ROLES = ['None', 'Viewer', 'Editor', 'Admin'] as const;
export type Role = (typeof ROLES)[number];

/** The answer to a change that has nothing else to tell. */
export type Message = Answer<'/logout', 'post'>;

/** A new key or token; nothing else ever tells the secret again. */
export type IssuedSecret = Answer<'/api/auth/keys', 'post'>;

/** Its expiration is left out for a key that never expires. */
export type ApiKey = Answer<'/api/auth/keys', 'get'>[number];

export type KeyMigration = Answer<'/api/serviceaccounts/migrate', 'post'>;

/** What became of one key in a migration. */
export type MovedKey = KeyMigration['keys'][number];

/** How many keys are still keys, and how many tokens were keys. */
export type KeyMigrationStatus = Answer<'/api/serviceaccounts/migrationstatus', 'get'>;

/** A key with who uses it and what to do about it. */
export type InventoriedKey = Answer<'/api/auth/keys/inventory', 'get'>[number];

export type ServiceAccountPage = Answer<'/api/serviceaccounts/search', 'get'>;
export type ServiceAccount = ServiceAccountPage['serviceAccounts'][number];
export type OrgGrant = Answer<'/api/serviceaccounts/{id}/orgs', 'get'>[number];
export type Token = Answer<'/api/serviceaccounts/{id}/tokens', 'get'>[number];

export type Org = Answer<'/api/orgs', 'get'>[number];
export type OrgUser = Answer<'/api/org/users', 'get'>[number];

/** Of this product or of Grafana, which leaves much of it out. */
export type Health = Partial<Answer<'/api/health', 'get'>>;

type WhoAsks = Answer<'/api/user', 'get'>;
type OfGrafana = 'id' | 'login' | 'name' | 'email' | 'orgId' | 'isGrafanaAdmin';

/** Whoever asks: a user, or a key or service account in a user's shape. Grafana leaves out what tells them apart. */
export type Self = Pick<WhoAsks, OfGrafana> & Partial<Omit<WhoAsks, OfGrafana>>;

/** What was done, a page of it. */
export type AuditPage = Answer<'/api/audit', 'get'>;
export type AuditEntry = AuditPage['entries'][number];
