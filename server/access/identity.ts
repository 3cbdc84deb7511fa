import type { Grants } from './evaluate.ts';
import type { Granted } from './granted.ts';
import type { Role } from './roles.ts';

/** An operator is whoever runs commands on the server's machine; the cloud, whoever asks on the cloud side of a stack. */
export type PrincipalKind = 'user' | 'service-account' | 'api-key' | 'operator' | 'cloud';

/** What somebody is in a team: 0 a plain member, 4 an Admin of it. */
export type TeamPermission = 0 | 4;

/** A team that somebody is in. */
export interface TeamPart {
  id: number;
  permission: TeamPermission;
}

/** Somebody who can ask: a person, a service account, or a legacy API key, which is nobody but itself. */
export interface Principal {
  kind: PrincipalKind;
  /** Of the user, of the service account (they share one sequence), or of the key. */
  id: number;
  name: string;
  login: string;
  email: string;
  isServerAdmin: boolean;
  /** The organization acted in when the request names none; 0 for a person who is in none. */
  currentOrgId: number;
  /** The role in each organization that the principal may act in. */
  memberships: ReadonlyMap<number, Role>;
  /** The teams that a person is in, by organization. */
  teams: ReadonlyMap<number, readonly TeamPart[]>;
  /** What roles besides the basic ones give, their teams' among them, by organization. */
  granted: ReadonlyMap<number, Granted>;
}

export type CredentialKind = 'api-key' | 'token' | 'password' | 'session' | 'machine' | 'cloud';

/** What was shown to prove it. */
export interface Credential {
  kind: CredentialKind;
  /** What the record of changes calls one of the cloud side, where ids of keys and of tokens are apart. */
  recordedAs?: CredentialKind | 'cloud-key' | 'policy-token';
  /** Of the key, token or session; 0 for a password. */
  id: number;
  name: string;
  /** Milliseconds since 1970; null is never. */
  expiresAt: number | null;
}

/** Somebody, and what they proved it with. */
export interface Proof {
  principal: Principal;
  credential: Credential;
}

/** The id under which a credential is counted: the person's where it is a password or session, which come and go. */
export function countedId({ principal, credential }: Proof): number {
  const isPersons = credential.kind === 'password' || credential.kind === 'session';
  return isPersons ? principal.id : credential.id;
}

/** Who is asking, through what, in which organization, and what they may do there. */
export interface Identity {
  principal: Principal;
  credential: Credential;
  orgId: number;
  role: Role;
  /** What the roles give in the organization. */
  grants: Grants;
  /** What is given on the whole server. */
  serverGrants: Grants;
  /** The teams of the organization that the principal is in. */
  teams: readonly TeamPart[];
}

/** The names under which permissions on single objects are given to somebody. */
export function subjectsOf({ principal, role, teams }: Identity): string[] {
  const named = [`role:${role}`, ...teams.map(({ id }) => `team:${id}`)];
  // A key is nobody that a permission could name.
  return principal.kind === 'api-key' ? named : [`user:${principal.id}`, ...named];
}
