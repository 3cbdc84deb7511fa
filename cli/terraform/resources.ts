/** The two resources that take a key's place. */
export type Part = 'account' | 'token';

export interface Kind {
  /** The resource type of the key, and of what it becomes. */
  key: string;
  account: string;
  token: string;
}

const IN_AN_ORGANIZATION: Kind = {
  key: 'grafana_api_key',
  account: 'grafana_service_account',
  token: 'grafana_service_account_token',
};

const IN_A_STACK: Kind = {
  key: 'grafana_cloud_stack_api_key',
  account: 'grafana_cloud_stack_service_account',
  token: 'grafana_cloud_stack_service_account_token',
};

export const KEY_TYPES: readonly string[] = [IN_AN_ORGANIZATION.key, IN_A_STACK.key];

/** Where a name may be taken already. */
export const NEW_TYPES: readonly string[] = [IN_AN_ORGANIZATION, IN_A_STACK].flatMap(({ account, token }) => [
  account,
  token,
]);

const ANY_KEY_TYPE = /\bgrafana_(?:cloud_stack_)?api_key\b/;

/** Whether a text could have to do with keys at all. */
export function mentionsKeys(text: string): boolean {
  return ANY_KEY_TYPE.test(text);
}

/** What a key becomes. With a stack's slug among its arguments, the older resource stood for a stack's key. */
export function kindOf(type: string, hasStackSlug: boolean): Kind {
  return type === IN_A_STACK.key || hasStackSlug ? { ...IN_A_STACK, key: type } : IN_AN_ORGANIZATION;
}

/** What becomes of an argument of a key: its name in each part that has it. */
export function argumentIn(part: Part, name: string): string | undefined {
  return ARGUMENTS[name]?.[part];
}

export function isArgument(name: string): boolean {
  return Object.hasOwn(ARGUMENTS, name);
}

const both = (name: string): Record<Part, string> => ({ account: name, token: name });

const ARGUMENTS: Record<string, Partial<Record<Part, string>>> = {
  name: both('name'),
  role: { account: 'role' },
  seconds_to_live: { token: 'seconds_to_live' },
  // The token's organization is that of its account.
  org_id: { account: 'org_id' },
  stack_slug: both('stack_slug'),
  cloud_stack_slug: both('stack_slug'),
  provider: both('provider'),
  count: both('count'),
  for_each: both('for_each'),
  // The token waits for its account, and so for whatever that waits for.
  depends_on: { account: 'depends_on' },
};

/** Where an attribute of a key is found afterwards with the same value, and how it is called there. */
export function attributeOf(name: string): { part: Part; name: string } | undefined {
  return Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
}

const ATTRIBUTES: Record<string, { part: Part; name: string }> = {
  key: { part: 'token', name: 'key' },
  expiration: { part: 'token', name: 'expiration' },
  seconds_to_live: { part: 'token', name: 'seconds_to_live' },
  // The token has a name of its own.
  name: { part: 'account', name: 'name' },
  role: { part: 'account', name: 'role' },
  org_id: { part: 'account', name: 'org_id' },
  stack_slug: { part: 'token', name: 'stack_slug' },
  cloud_stack_slug: { part: 'token', name: 'stack_slug' },
};
