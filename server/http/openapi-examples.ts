// What the fields of the API may hold, by their names, so that each operation can be shown with something to read and try.

type Schema = Record<string, unknown>;

const TIME = '2026-11-21T09:30:00Z';
const ANN = { login: 'ann', email: 'ann@example.org', name: 'Ann' };

const BY_NAME: Record<string, unknown> = {
  access: 'proxy',
  action: 'dashboards:read',
  address: '192.0.2.7',
  clientIp: '192.0.2.7',
  description: 'What it is for',
  displayName: 'Reader of dashboards',
  email: ANN.email,
  group: 'Dashboards',
  groupId: 'cn=platform,ou=groups,dc=example,dc=org',
  interval: '5m',
  key: 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11',
  login: ANN.login,
  loginOrEmail: ANN.email,
  message: 'Done',
  newPassword: 'a longer password than this',
  oldPassword: 'the one that it was',
  orgName: 'Main Org.',
  password: 'a longer password than this',
  permission: 'Edit',
  role: 'Viewer',
  scope: 'dashboards:uid:cIBgcSjkk',
  secondsToLive: 43_200,
  slug: 'production',
  tags: ['production'],
  text: 'Deployed version 12',
  theme: 'dark',
  timezone: 'utc',
  title: 'Production',
  type: 'prometheus',
  uid: 'cIBgcSjkk',
  url: '/dashboards/f/cIBgcSjkk/production',
  share: 'public',
  user: ANN.login,
  userLogin: ANN.login,
  weekStart: 'monday',
};

const IS_TIME = /^(created|updated|expires|expiration|validUntil)$|At$/;

/**
 * Something that fits a schema: its own example where it has one, else put together from the names of its fields. Of a body
 * that is sent, only what it needs, or all where it needs nothing.
 */
export function exampleOf(
  schema: unknown,
  { isSent = false, name = 'value' }: { isSent?: boolean; name?: string } = {},
): unknown {
  return valueFor(schema as Schema, name, isSent);
}

function valueFor(schema: Schema, name: string, isSent: boolean): unknown {
  const {
    examples,
    enum: choices,
    anyOf,
    items,
  } = schema as {
    examples?: unknown[];
    enum?: unknown[];
    anyOf?: Schema[];
    items?: Schema;
  };
  if (examples?.[0] !== undefined) return examples[0];
  if ('const' in schema) return schema['const'];
  if (choices !== undefined) return choices.includes(BY_NAME[name]) ? BY_NAME[name] : choices[0];
  if (anyOf?.[0] !== undefined) return valueFor(anyOf[0], name, isSent);
  const type = [schema['type']].flat()[0];
  if (type === 'object') return objectFor(schema, isSent);
  if (type === 'array') return arrayFor(items, name, isSent);
  if (type === 'string') return textFor(name);
  if (type === 'integer' || type === 'number') return numberFor(schema, name);
  return type === 'boolean' ? false : null;
}

function objectFor(schema: Schema, isSent: boolean): Schema {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  const all = Object.entries(properties);
  const needed = all.filter(([name, value]) => required.includes(name) || value['examples'] !== undefined);
  const shown = isSent && needed.length > 0 ? needed : all;
  return Object.fromEntries(shown.map(([name, value]) => [name, valueFor(value, name, isSent)]));
}

function arrayFor(items: Schema | undefined, name: string, isSent: boolean): unknown[] {
  const known = BY_NAME[name];
  if (Array.isArray(known)) return known;
  return items === undefined ? [] : [valueFor(items, name.replace(/s$/, ''), isSent)];
}

function textFor(name: string): string {
  const known = BY_NAME[name];
  if (typeof known === 'string') return known;
  if (IS_TIME.test(name)) return TIME;
  if (/uid$/i.test(name)) return String(BY_NAME['uid']);
  if (/url$/i.test(name)) return '/d/cIBgcSjkk/production';
  return /^name$|Name$/.test(name) ? 'deploy' : 'text';
}

function numberFor(
  { minimum = 1, maximum = 1 }: { minimum?: number; maximum?: number },
  name: string,
): number {
  const known = BY_NAME[name];
  return typeof known === 'number' ? known : Math.min(Math.max(1, minimum), maximum);
}
