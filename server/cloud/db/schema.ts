import type { Generated, Selectable } from 'kysely';
import type { AuditTable, Flag, Time } from '../../db/schema.ts';
import type { CloudRole } from '../access/roles.ts';

// The whole data model of the cloud side, which has a database of its own. What is inside a stack is in the stack's.

export interface CloudOrgTable {
  id: Generated<number>;
  slug: string;
  name: string;
  created_at: Time;
  updated_at: Time;
}

/** People are known by name alone: nobody signs in on the cloud side. */
export interface MemberTable {
  id: Generated<number>;
  org_id: number;
  username: string;
  role: string;
  billing: Flag;
  created_at: Time;
  updated_at: Time;
}

export interface CloudKeyTable {
  id: Generated<number>;
  org_id: number;
  name: string;
  role: CloudRole;
  secret_hash: string;
  created_at: Time;
}

export interface PolicyTable {
  id: Generated<number>;
  /** Its name on the wire, a UUID. */
  uid: string;
  org_id: number;
  region: string;
  name: string;
  display_name: string;
  /** JSON: texts such as `stacks:read`. */
  scopes: string;
  /** JSON: what `Realm` is. */
  realms: string;
  /** JSON: ranges of addresses; none is from anywhere. */
  allowed_subnets: string;
  created_at: Time;
  updated_at: Time;
}

export interface PolicyTokenTable {
  id: Generated<number>;
  uid: string;
  policy_id: number;
  name: string;
  display_name: string;
  secret_hash: string;
  expires_at: Time | null;
  created_at: Time;
  updated_at: Time;
}

export interface StackTable {
  id: Generated<number>;
  org_id: number;
  slug: string;
  name: string;
  description: string;
  region: string;
  /** JSON: texts by name. */
  labels: string;
  delete_protection: Flag;
  /** Where it is reached: at a port of its own, or at a name of its own below the domain. One of them is null. */
  port: number | null;
  host: string | null;
  created_by: string;
  updated_by: string;
  created_at: Time;
  updated_at: Time;
  /** Since when nobody is let in. */
  suspended_at: Time | null;
  /** Since when it is gone for everybody; its data is kept a while. */
  deleted_at: Time | null;
  /** Since when its data is gone too. */
  removed_at: Time | null;
}

export type StackRow = Selectable<StackTable>;

/** How a stack was used on one day, by all servers together. */
export interface StackUseTable {
  stack_id: number;
  /** Days since 1970, in UTC. */
  day: number;
  requests: number;
  last_used_at: Time;
}

export interface PluginTable {
  id: Generated<number>;
  stack_id: number;
  slug: string;
  version: string;
  created_at: Time;
}

/** What leaked and was deleted for it. */
export interface LeakedTable {
  secret_hash: string;
  kind: 'cloud-key' | 'policy-token';
  /** That of the key or token while it was there. */
  credential_id: number;
  name: string;
  org_id: number;
}

export interface CloudSchema {
  org: CloudOrgTable;
  member: MemberTable;
  cloud_key: CloudKeyTable;
  policy: PolicyTable;
  policy_token: PolicyTokenTable;
  stack: StackTable;
  stack_use: StackUseTable;
  plugin: PluginTable;
  leaked: LeakedTable;
  /** What was changed on the cloud side; `org_id` is that of the cloud organization. */
  audit: AuditTable;
}
