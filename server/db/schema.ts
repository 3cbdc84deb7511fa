import type { Generated } from 'kysely';
import type { TeamPermission } from '../access/identity.ts';
import type { Role } from '../access/roles.ts';

/** 0 or 1: both databases keep it as a number. */
export type Flag = 0 | 1;
/** Milliseconds since 1970. */
export type Time = number;

/** Gives out the ids that users and service accounts share, so that a permission's user id means one of them only. */
export interface IdentityTable {
  id: Generated<number>;
  kind: 'user' | 'service-account';
}

export interface OrgTable {
  id: Generated<number>;
  name: string;
  address1: string;
  address2: string;
  city: string;
  zip_code: string;
  state: string;
  country: string;
  /** When all its API keys moved to service accounts; since then it takes no new ones. */
  keys_migrated_at: Time | null;
  hides_api_keys: Generated<Flag>;
  search_text: string;
  created_at: Time;
  updated_at: Time;
}

export interface UserTable {
  id: number;
  /** Lower case, as is the email: Grafana compares neither by case. */
  login: string;
  email: string;
  name: string;
  /** Argon2id in PHC form, or one of Grafana's until it is used for the first time; null is nobody's. */
  password_hash: string | null;
  is_server_admin: Flag;
  is_disabled: Flag;
  theme: string;
  /** The organization last switched to. */
  org_id: number;
  search_text: string;
  created_at: Time;
  updated_at: Time;
  last_seen_at: Time | null;
}

export interface OrgMemberTable {
  org_id: number;
  user_id: number;
  role: Role;
  created_at: Time;
  updated_at: Time;
}

export interface SessionTable {
  id: Generated<number>;
  user_id: number;
  token_hash: string;
  /** The one before the last rotation, good for a moment longer. */
  previous_hash: string | null;
  user_agent: string;
  address: string;
  created_at: Time;
  rotated_at: Time;
  seen_at: Time;
}

export interface ServiceAccountTable {
  id: number;
  org_id: number;
  name: string;
  login: string;
  role: Role;
  is_disabled: Flag;
  is_server_admin: Flag;
  search_text: string;
  created_at: Time;
  updated_at: Time;
}

/** A service account's role in an organization besides its own. */
export interface ServiceAccountOrgTable {
  service_account_id: number;
  org_id: number;
  role: Role;
  created_at: Time;
}

/** A legacy API key (with a role) or a service account's token (with the account). Their names share one space. */
export interface CredentialTable {
  id: Generated<number>;
  org_id: number;
  service_account_id: number | null;
  name: string;
  role: Role | null;
  is_server_admin: Flag;
  /** SHA-256 of the secret, base64url; of an imported one Grafana's hash, until it is used for the first time. */
  secret_hash: string;
  is_revoked: Flag;
  /** Set on a token that was an API key, so that it can become one again. */
  migrated_at: Time | null;
  /** The user or service account that made it; null when a key did. */
  created_by: number | null;
  created_at: Time;
  expires_at: Time | null;
  last_used_at: Time | null;
}

/** Folders and dashboards: one space of uids, ids and titles, as in Grafana. */
export interface DashboardTable {
  id: Generated<number>;
  org_id: number;
  uid: string;
  is_folder: Flag;
  /** The folder's uid; '' at the top. */
  parent_uid: string;
  title: string;
  search_text: string;
  version: number;
  created_at: Time;
  created_by: number | null;
  updated_at: Time;
  updated_by: number | null;
}

/** Every kept state of a dashboard; the newest is the dashboard itself. */
export interface DashboardVersionTable {
  id: Generated<number>;
  dashboard_id: number;
  version: number;
  parent_version: number;
  restored_from: number;
  message: string;
  /** The JSON document. */
  data: string;
  created_at: Time;
  created_by: number | null;
}

export interface DashboardTagTable {
  dashboard_id: number;
  term: string;
}

export interface StarTable {
  user_id: number;
  dashboard_id: number;
}

/** A level on one object, given to 'user:<id>', 'team:<id>' or 'role:<basic role>'. */
export interface ObjectPermissionTable {
  id: Generated<number>;
  org_id: number;
  kind: string;
  /** A folder's or dashboard's uid; a service account's, team's id. */
  object_id: string;
  subject: string;
  level: number;
  created_at: Time;
  updated_at: Time;
}

export interface TeamTable {
  id: Generated<number>;
  org_id: number;
  uid: string;
  name: string;
  email: string;
  search_text: string;
  created_at: Time;
  updated_at: Time;
}

/** Goes with the membership in the organization, whichever way that ends. */
export interface TeamMemberTable {
  team_id: number;
  org_id: number;
  user_id: number;
  /** Grafana's numbers: 0 is a plain member, 4 an Admin of the team. */
  permission: TeamPermission;
  created_at: Time;
  updated_at: Time;
}

/** A group of somewhere else whose people are meant to be in the team. */
export interface TeamGroupTable {
  team_id: number;
  group_id: string;
  created_at: Time;
}

/** What an organization, a team or a member of the organization prefers. */
export interface PreferenceTable {
  org_id: number;
  /** 'org', 'user:<id>' or 'team:<id>'. */
  owner: string;
  /** Set for a user's, so that they go with the membership. */
  user_id: number | null;
  team_id: number | null;
  theme: string;
  timezone: string;
  week_start: string;
  language: string;
  home_dashboard_id: number | null;
  /** JSON. */
  navbar: string;
  /** JSON. */
  query_history: string;
  created_at: Time;
  updated_at: Time;
}

/** A limit of one organization's or one user's own. */
export interface QuotaTable {
  /** 'org:<id>' or 'user:<id>'. */
  owner: string;
  org_id: number | null;
  user_id: number | null;
  target: string;
  /** -1 is no limit. */
  most: number;
  updated_at: Time;
}

/** A role besides the basic and the fixed ones. */
export interface RoleTable {
  id: Generated<number>;
  /** Null is a role of all organizations. */
  org_id: number | null;
  uid: string;
  name: string;
  display_name: string;
  description: string;
  group_name: string;
  is_hidden: Flag;
  version: number;
  created_at: Time;
  updated_at: Time;
}

export interface RolePermissionTable {
  role_id: number;
  action: string;
  /** '' where the action has none. */
  scope: string;
}

/** A role that a member, a service account or a team has in an organization; it goes with whoever has it. */
export interface RoleAssignmentTable {
  id: Generated<number>;
  org_id: number;
  /** Null where it is a fixed role. */
  role_id: number | null;
  /** The name of a fixed role, else ''. */
  fixed_role: string;
  user_id: number | null;
  service_account_id: number | null;
  team_id: number | null;
  created_at: Time;
}

export interface DataSourceTable {
  id: Generated<number>;
  org_id: number;
  uid: string;
  name: string;
  type: string;
  access: string;
  url: string;
  user: string;
  database: string;
  basic_auth: Flag;
  basic_auth_user: string;
  with_credentials: Flag;
  is_default: Flag;
  read_only: Flag;
  json_data: string;
  /** A JSON object of sealed values, by name. */
  secure_json_data: string;
  version: number;
  created_at: Time;
  updated_at: Time;
}

/** Something that happened at a time or over one, on a dashboard or for the whole organization. */
export interface AnnotationTable {
  id: Generated<number>;
  org_id: number;
  /** Null is one of the organization. */
  dashboard_id: number | null;
  /** 0 is none. */
  panel_id: number;
  starts_at: Time;
  /** The same as the start for a single moment. */
  ends_at: Time;
  text: string;
  /** A JSON object. */
  data: string;
  created_at: Time;
  created_by: number | null;
  updated_at: Time;
}

export interface AnnotationTagTable {
  annotation_id: number;
  org_id: number;
  term: string;
  search_text: string;
  /** Where it stands among the tags of the annotation. */
  position: number;
}

export interface PlaylistTable {
  id: Generated<number>;
  org_id: number;
  uid: string;
  name: string;
  /** How long each dashboard is shown, as in 5m. */
  pause: string;
  search_text: string;
  created_at: Time;
  updated_at: Time;
}

export interface PlaylistItemTable {
  playlist_id: number;
  /** From 1. */
  position: number;
  type: 'dashboard_by_id' | 'dashboard_by_tag' | 'dashboard_by_uid';
  /** An id, a tag or a uid, of something that may not be there. */
  value: string;
  title: string;
}

/** A panel or variable that dashboards may share. */
export interface LibraryElementTable {
  id: Generated<number>;
  org_id: number;
  /** Null is the general folder. */
  folder_id: number | null;
  uid: string;
  name: string;
  /** Grafana's numbers: 1 is a panel, 2 a variable. */
  kind: number;
  /** The type and description of the model. */
  type: string;
  description: string;
  /** What lists go by, and what is searched. */
  name_text: string;
  search_text: string;
  version: number;
  created_at: Time;
  created_by: number | null;
  updated_at: Time;
  updated_by: number | null;
  /** JSON. */
  model: string;
}

/** A uid that the newest version of a dashboard names as that of a library panel, whether there is such an element or not. */
export interface DashboardLibraryPanelTable {
  id: Generated<number>;
  org_id: number;
  dashboard_id: number;
  element_uid: string;
  created_at: Time;
  created_by: number | null;
}

/** A dashboard that anybody may read who knows the token, while it is enabled. */
export interface PublicDashboardTable {
  id: Generated<number>;
  org_id: number;
  dashboard_id: number;
  uid: string;
  access_token: string;
  is_enabled: Flag;
  annotations_enabled: Flag;
  time_selection_enabled: Flag;
  share: string;
  created_at: Time;
  created_by: number | null;
  updated_at: Time;
  updated_by: number | null;
}

/** What was set for a provider of single sign-on, on the whole server. */
export interface SsoSettingTable {
  provider: string;
  uid: string;
  /** JSON, with a mask in the place of each secret. */
  settings: string;
  /** A JSON object of sealed values, by the JSON pointer to their place in the settings. */
  secure_settings: string;
  created_at: Time;
  updated_at: Time;
}

/** A Grafana that was imported from. */
export interface GrafanaSourceTable {
  id: Generated<number>;
  /** Whether its first organization and its administrator became this server's own. */
  took_over: Flag;
  begun_at: Time;
}

/** What a Grafana is known by again: the digest of something that it alone has. */
export interface GrafanaSignTable {
  sign: string;
  source_id: number;
}

/** Ids of a table, above the one and up to the other, that were set aside for what comes from a Grafana. */
export interface GrafanaIdsTable {
  source_id: number;
  table_name: string;
  above: number;
  up_to: number;
}

/** What has become of a row of a Grafana. */
export interface GrafanaImportTable {
  source_id: number;
  kind: string;
  row_id: number;
  target_id: number;
}

/** One change: who, through what, from where, what. Written in the transaction of the change itself. */
export interface AuditTable {
  id: Generated<number>;
  at: Time;
  org_id: number | null;
  actor: string;
  actor_id: number;
  credential: string;
  credential_id: number;
  address: string;
  request_id: string;
  action: string;
  object_kind: string;
  object_id: string;
  object_name: string;
  /** JSON of what changed, without secrets. */
  change: string;
  search_text: string;
}

/** Who uses a legacy key. */
export interface KeyCallerTable {
  credential_id: number;
  address: string;
  user_agent: string;
  /** Requests that only read, and the others. */
  reads: number;
  writes: number;
  first_seen_at: Time;
  last_seen_at: Time;
}

/** How often a credential asked something within an hour, by route and by how it was answered. */
export interface UsageRequestTable {
  /** Null for what belongs to no organization. */
  org_id: number | null;
  /** Its beginning. */
  hour: Time;
  credential_kind: string;
  /** Of the key or token, else of the person; of none 0. It may be gone. */
  credential_id: number;
  /** Method and pattern. */
  route: string;
  /** 2 is 2xx. */
  status: number;
  requests: number;
}

/** The same requests by where they came from. */
export interface UsageCallerTable {
  org_id: number | null;
  hour: Time;
  credential_kind: string;
  credential_id: number;
  address: string;
  requests: number;
}

/** One row: a text under the secret key in force. */
export interface SecretKeyCheckTable {
  id: number;
  sealed: string;
}

/** Work that one process does at a time, or that is not due yet. */
export interface LeaseTable {
  name: string;
  /** Made up anew with each taking; '' is nobody. */
  holder: string;
  /** By the database's clock; nobody takes it before. */
  held_until: Time;
  /** What whoever takes it over has to know. */
  note: string;
}

export interface Schema {
  identity: IdentityTable;
  org: OrgTable;
  user: UserTable;
  org_member: OrgMemberTable;
  session: SessionTable;
  service_account: ServiceAccountTable;
  service_account_org: ServiceAccountOrgTable;
  credential: CredentialTable;
  dashboard: DashboardTable;
  dashboard_version: DashboardVersionTable;
  dashboard_tag: DashboardTagTable;
  star: StarTable;
  object_permission: ObjectPermissionTable;
  team: TeamTable;
  team_member: TeamMemberTable;
  team_group: TeamGroupTable;
  preference: PreferenceTable;
  quota: QuotaTable;
  role: RoleTable;
  role_permission: RolePermissionTable;
  role_assignment: RoleAssignmentTable;
  data_source: DataSourceTable;
  annotation: AnnotationTable;
  annotation_tag: AnnotationTagTable;
  playlist: PlaylistTable;
  playlist_item: PlaylistItemTable;
  library_element: LibraryElementTable;
  dashboard_library_panel: DashboardLibraryPanelTable;
  public_dashboard: PublicDashboardTable;
  key_caller: KeyCallerTable;
  usage_request: UsageRequestTable;
  usage_caller: UsageCallerTable;
  secret_key_check: SecretKeyCheckTable;
  sso_setting: SsoSettingTable;
  grafana_source: GrafanaSourceTable;
  grafana_sign: GrafanaSignTable;
  grafana_ids: GrafanaIdsTable;
  grafana_import: GrafanaImportTable;
  audit: AuditTable;
  lease: LeaseTable;
}
