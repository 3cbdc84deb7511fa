/** What a cloud key may be. The last two are for services that are not here, and give nothing. */
export const CLOUD_ROLES = ['Viewer', 'Editor', 'Admin', 'MetricsPublisher', 'PluginPublisher'] as const;
export type CloudRole = (typeof CLOUD_ROLES)[number];

const READS = ['accesspolicies:read', 'api-keys:read', 'orgs:read', 'stack-plugins:read', 'stacks:read'];
const EDITS = ['stack-plugins:delete', 'stack-plugins:write', 'stacks:write'];
const ADMINISTERS = [
  'accesspolicies:delete',
  'accesspolicies:write',
  'api-keys:delete',
  'api-keys:write',
  'audit:read',
  'orgs:write',
  'stack-service-accounts:write',
  'stacks:delete',
];

const HELD: Record<CloudRole, ReadonlySet<string>> = {
  Viewer: new Set(READS),
  Editor: new Set([...READS, ...EDITS]),
  Admin: new Set([...READS, ...EDITS, ...ADMINISTERS]),
  MetricsPublisher: new Set(),
  PluginPublisher: new Set(),
};

/** The scopes that a cloud key of a role holds. */
export function scopesOfRole(role: CloudRole): ReadonlySet<string> {
  return HELD[role];
}

/** The roles whose cloud keys hold one of some scopes, the least first. */
export function rolesWith(scopes: readonly string[]): CloudRole[] {
  return CLOUD_ROLES.filter((role) => scopes.some((scope) => HELD[role].has(scope)));
}

/** Whether a scope opens something here; others are kept for services that are not ours. */
export function isOurs(scope: string): boolean {
  return HELD.Admin.has(scope);
}
