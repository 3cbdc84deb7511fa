import { expect, test } from 'vitest';
import { COMPUTED, listSourceFiles, readSource, type Import, type Source } from './support/source.ts';

// A module may use the rules of modules in the rows above its own. A new module is one more name here.
const TIERS = [
  ['leases'],
  ['audit', 'credentials', 'object-permissions', 'sessions'],
  ['quotas'],
  ['orgs'],
  ['roles'],
  ['users'],
  ['datasources', 'folders', 'service-accounts', 'sso-settings', 'teams'],
  ['preferences'],
  ['authentication', 'dashboards', 'tokens'],
  [
    'annotations',
    'api-keys',
    'attention',
    'effective-permissions',
    'key-inventory',
    'leaks',
    'library-elements',
    'playlists',
    'public-dashboards',
    'rate-limits',
    'resource-permissions',
    'search',
    'server-stats',
    'usage',
  ],
  [
    'api-docs',
    'explain',
    'frontend-settings',
    'grafana-import',
    'health',
    'key-migration',
    'page',
    'server-settings',
  ],
  ['secret-key'],
];

// The cloud side has modules of its own, in the same order. Neither side uses the other's, but for what keeps the record of changes.
const CLOUD_TIERS = [
  ['cloud/audit', 'cloud/leaked'],
  ['cloud/orgs', 'cloud/regions', 'cloud/uses'],
  ['cloud/keys', 'cloud/stacks'],
  ['cloud/administration', 'cloud/inside', 'cloud/plugins', 'cloud/policies'],
];
const OF_BOTH = new Set<string | undefined>(['audit']);

// Who may import whom; what is absent is forbidden. "type x" allows only `import type`. Inside a part everything is
// allowed, except among modules: there TIERS decides.
const SERVER = [
  'app',
  'config',
  'context',
  'crypto',
  'db',
  'errors',
  'limits',
  'log',
  'memory',
  'rules',
  'schema',
  'start',
  'tracing',
  'peers',
  'shared-limits',
  'trail',
];
const ARROWS: Record<string, string[]> = {
  main: ['app', 'cloud', 'config', 'context', 'errors', 'garbage', 'log', 'start', 'workers'],
  start: ['access', 'cloud', 'transaction', 'type http', 'type workers', ...SERVER],
  app: ['access', 'config', 'context', 'crypto', 'errors', 'http', 'log', 'routes', 'rules', 'type tracing'],
  routes: ['access', 'context', 'crypto', 'errors', 'http', 'json-text', 'rules', 'store'],
  rules: [
    'access',
    'context',
    'crypto',
    'duration',
    'errors',
    'json-diff',
    'json-text',
    'limits',
    'memory',
    'query-helpers',
    'store',
    'transaction',
    'type sources',
    'uses',
  ],
  store: ['schema', 'type access', 'grants-store', 'query-helpers'],
  http: [
    'access',
    'config',
    'context',
    'crypto',
    'errors',
    'json-text',
    'transaction',
    'limits',
    'type tracing',
  ],
  access: ['errors', 'grants-store', 'type context'],
  'grants-store': ['schema', 'type access'],
  context: [
    'type access',
    'type config',
    'type crypto',
    'type limits',
    'type log',
    'type memory',
    'type peers',
    'type schema',
    'type trail',
    'type uses',
  ],
  trail: ['config', 'errors', 'log', 'transaction'],
  peers: ['crypto', 'in-time', 'schema', 'type log', 'type memory'],
  'shared-limits': ['crypto', 'in-time', 'type config', 'type limits', 'type log'],
  workers: [
    'in-time',
    'limits',
    'log',
    'type config',
    'type http',
    'type memory',
    'type peers',
    'type start',
  ],
  db: ['config', 'schema', 'query-helpers', 'transaction', 'type context'],
  transaction: ['schema', 'type context', 'type peers'],
  'query-helpers': ['schema'],
  schema: ['type access'],
  log: ['config', 'transaction'],
  tracing: ['config', 'http', 'type log'],
  config: ['duration'],
  crypto: [],
  errors: [],
  garbage: [],
  'in-time': [],
  'json-diff': ['json-text'],
  'json-text': [],
  limits: ['type config'],
  memory: [],
  uses: [],
  cloud: [
    'access',
    'cloud-access',
    'cloud-addresses',
    'cloud-context',
    'cloud-http',
    'cloud-routes',
    'cloud-rules',
    'cloud-schema',
    'garbage',
    'http',
    'in-time',
    'routes',
    'start',
    'transaction',
    ...SERVER,
  ],
  'cloud-routes': [
    'access',
    'cloud-access',
    'cloud-addresses',
    'cloud-http',
    'cloud-rules',
    'cloud-store',
    'http',
    'type cloud-context',
    'type cloud-schema',
  ],
  'cloud-rules': [
    'cloud-access',
    'cloud-addresses',
    'cloud-store',
    'crypto',
    'errors',
    'rules',
    'transaction',
    'type access',
    'type cloud-context',
    'type cloud-schema',
    'type config',
  ],
  'cloud-store': ['cloud-schema'],
  'cloud-context': [
    'type cloud',
    'type cloud-access',
    'type cloud-schema',
    'type config',
    'type limits',
    'type log',
    'type memory',
    'type peers',
    'type trail',
  ],
  'cloud-http': ['cloud-access', 'http', 'type cloud-context'],
  'cloud-access': ['errors', 'type access'],
  'cloud-schema': ['schema', 'type cloud-access'],
  'cloud-addresses': ['type config'],
  'cli/local': ['cli', 'client', 'main', 'sources', ...SERVER],
  'cli/remote': ['cli', 'client'],
  cli: ['cli/local', 'cli/remote', 'client', 'duration'],
  client: [],
  duration: [],
  'web/pages': ['web', 'client', 'duration', 'json-text'],
  web: ['client', 'duration', 'json-text'],
  page: ['web/pages', 'web'],
  browser: [],
  bench: ['access', 'browser', 'client', 'cloud', 'garbage', 'http', 'query-helpers', ...SERVER],
};

// Which packages a part may import; a part that is not named may import any. "node:" is all of Node's own.
const LIBRARIES: Record<string, string[]> = {
  errors: [],
  rules: ['node:'],
  store: ['kysely'],
  'cloud-rules': ['node:'],
  'cloud-store': ['kysely'],
  'grants-store': ['kysely'],
  client: [],
  duration: [],
};

const PARTS: [pattern: RegExp, part: string][] = [
  [/^server\/main\.ts$/, 'main'],
  [/^server\/cloud\/modules\/[^/]+\/[^/]+\.(store|routes)\.ts$/, 'cloud-$1'],
  [/^server\/cloud\/modules\/.+\.ts$/, 'cloud-rules'],
  [/^server\/cloud\/db\/schema\.ts$/, 'cloud-schema'],
  [/^server\/cloud\/(addresses|context)\.ts$/, 'cloud-$1'],
  [/^server\/cloud\/(access|http)\/.+\.ts$/, 'cloud-$1'],
  [/^server\/cloud\/.+\.ts$/, 'cloud'],
  [/^server\/(app|context|errors|garbage|in-time|json-diff|limits|log|memory|uses)\.ts$/, '$1'],
  [/^server\/(backup\/)?[^/]+\.ts$/, 'start'],
  [/^server\/modules\/[^/]+\/[^/]+\.(store|routes)\.ts$/, '$1'],
  [/^server\/modules\/.+\.ts$/, 'rules'],
  [/^server\/access\/[^/]+\.store\.ts$/, 'grants-store'],
  [/^server\/db\/schema\.ts$/, 'schema'],
  [/^server\/db\/(author|compiled-once|gathered|parts|search|times)\.ts$/, 'query-helpers'],
  [/^server\/db\/(transaction|errors)\.ts$/, 'transaction'],
  [
    /^server\/(access|config|crypto|db|http|log|peers|shared-limits|sources|tracing|trail|workers)\/.+\.ts$/,
    '$1',
  ],
  [/^client\/(duration|json-text)\.ts$/, '$1'],
  [/^scripts\/browser\.ts$/, 'browser'],
  [/^web\/src\/(main|router)\.tsx$/, 'page'],
  [/^web\/src\/pages\/.+\.tsx?$/, 'web/pages'],
  [/^web\/src\/.+\.(tsx?|css)$/, 'web'],
  [/^(cli\/local|cli\/remote|cli|client|bench)\/.+\.ts$/, '$1'],
];

const ADVICE: Record<string, string> = {
  access: 'Permissions are declared at the route and asked for with can(); only their types go further down.',
  app: 'app.ts is put together last; nothing builds on it but main.ts and the start-up files.',
  config: 'Take the value from context.config.',
  context: 'Take what is needed as arguments, or import only the type Context.',
  db: 'SQL belongs in the store of the module, and a transaction is inTransaction of db/transaction.ts.',
  http: 'What rules throw is an ApiError of errors.ts; the wire stays in *.routes.ts and server/http.',
  routes: "Only app.ts imports routes. Put what both need into the module's rules.",
  rules:
    'Put what both need into a module of a lower tier, or pass it in from the caller; TIERS shows the order.',
  schema: 'Tables are read and written in a *.store.ts.',
  store: 'Call the rules of that module instead; a store belongs to its own module alone.',
};

const files = listSourceFiles(['server', 'cli', 'client', 'bench', 'web/src']);
const sources = files.filter((file) => !isTestCode(file)).map((file) => readSource(file));

test('there is source to judge', () => {
  expect(sources.filter(({ file }) => file.startsWith('server/')).length).toBeGreaterThan(20);
});

test('every module has its tier', () => {
  const modules = new Set(files.map(moduleOf).filter((name) => name !== undefined));
  expect([...modules].filter((name) => tierOf(name) === -1)).toEqual([]);
});

test('every import follows an arrow', () => {
  expect(sources.flatMap(importsAgainstTheArrows)).toEqual([]);
});

test("only server/main.ts reads the process's arguments, environment and signals", () => {
  expect(sources.flatMap(usesOfTheProcess)).toEqual([]);
});

test.each([
  ['server/modules/tokens/tokens.ts', "import { list } from '../users/users.store.ts'"],
  ['server/modules/tokens/tokens.ts', "export { list } from '../users/users.routes.ts'"],
  ['server/modules/tokens/tokens.ts', "import { x } from '../api-keys/api-keys.ts'"],
  ['server/modules/tokens/tokens.ts', "import { x } from '../dashboards/dashboards.ts'"],
  ['server/modules/tokens/tokens.ts', "import { reply } from '../../http/paging.ts'"],
  ['server/modules/tokens/tokens.ts', "const x = await import('../../http/paging.ts')"],
  ['server/modules/tokens/tokens.ts', 'const x = await import(name)'],
  ['server/modules/tokens/tokens.ts', "import { sql } from 'kysely'"],
  ['server/modules/tokens/tokens.store.ts', "import { issueToken } from './tokens.ts'"],
  ['server/modules/tokens/tokens.store.ts', "import { badRequest } from '../../errors.ts'"],
  ['server/modules/tokens/tokens.routes.ts', "import type { Row } from '../users/users.store.ts'"],
  ['server/modules/tokens/tokens.routes.ts', "import { open } from '../../db/open.ts'"],
  ['server/http/paging.ts', "let x: import('../modules/users/users.ts').User"],
  ['server/access/can.ts', "import { newContext } from '../context.ts'"],
  ['server/db/open.ts', "import { users } from '../modules/users/users.ts'"],
  ['server/errors.ts', "import Fastify from 'fastify'"],
  ['server/app.ts', "import { run } from '../cli/main.ts'"],
  ['cli/remote/keys.ts', "import { loadConfig } from '../../server/config/config.ts'"],
  ['client/client.ts', "import { ApiError } from '../server/errors.ts'"],
  ['web/src/lib/api.ts', "import { ApiError } from '../../../server/errors.ts'"],
  ['web/src/parts/logo.tsx', "import { HomePage } from '../pages/home/home-page.tsx'"],
  ['web/src/pages/home/home-page.tsx', "import { Row } from '../teams/team-page.tsx'"],
])('an import against the arrows is found: in %s, %s', (file, text) => {
  expect(importsAgainstTheArrows(readSource(file, text))).toHaveLength(1);
});

test.each([
  'process.env',
  "process.env['HOME']",
  'process.argv[2]',
  "process.once('SIGTERM', f)",
  "import 'node:process'",
])('a use of the process is found: %s', (text) => {
  expect(usesOfTheProcess(readSource('server/app.ts', text))).toHaveLength(1);
  expect(usesOfTheProcess(readSource('server/main.ts', text))).toEqual([]);
});

function importsAgainstTheArrows(source: Source): string[] {
  return source.imports.flatMap((found) => {
    const objection = found.isLocal ? objectToArrow(source.file, found) : objectToLibrary(source.file, found);
    return objection === undefined
      ? []
      : [`${source.file}:${found.line} imports ${found.target}: ${objection}`];
  });
}

function objectToArrow(file: string, { target, isTypeOnly }: Import): string | undefined {
  const from = partOf(file);
  const to = partOf(target);
  // A benchmark starts servers and databases as tests do.
  if (isTestCode(target))
    return from === 'bench' ? undefined : 'this is test code, and only tests may use it.';
  if (from === undefined || to === undefined) return 'this place has no part in PARTS; say there what it is.';
  if (isBetweenModules(file, target)) return objectToModule(file, target, from, to);
  if (areTwoPages(file, target))
    return 'pages know nothing of each other: put what both need into web/src/parts or lib.';
  const arrows = ARROWS[from] ?? [];
  if (from === to || arrows.includes(to) || (isTypeOnly && arrows.includes(`type ${to}`))) return undefined;
  return `"${from}" may not import "${to}". ${ADVICE[to] ?? 'ARROWS in test/architecture.test.ts has what it may.'}`;
}

function objectToModule(file: string, target: string, from: string, to: string): string | undefined {
  if (moduleOf(file) === moduleOf(target)) {
    return from === to || ARROWS[from]?.includes(to)
      ? undefined
      : `"${from}" may not import "${to}" of its own module.`;
  }
  const [kind, wanted] = [from, to].map((part) => part.replace('cloud-', ''));
  if (kind === 'store' || wanted !== 'rules') return `a module has only its rules for others. ${ADVICE[to]}`;
  if (isOfCloud(file) !== isOfCloud(target) && !OF_BOTH.has(moduleOf(target)))
    return 'the cloud side and a stack know nothing of each other.';
  return tierOf(moduleOf(target)) < tierOf(moduleOf(file)) ? undefined : `not of a lower tier. ${ADVICE[to]}`;
}

function objectToLibrary(file: string, { target }: Import): string | undefined {
  if (target === COMPUTED) return 'a computed import cannot be judged; write the path out.';
  const allowed = LIBRARIES[partOf(file) ?? ''];
  if (
    allowed === undefined ||
    allowed.some((name) => target === name || (name === 'node:' && target.startsWith(name)))
  ) {
    return undefined;
  }
  return `here only ${allowed.join(', ') || 'no package at all'} may be imported.`;
}

function usesOfTheProcess({ file, processUses }: Source): string[] {
  if (!file.startsWith('server/') || file === 'server/main.ts') return [];
  return processUses
    .filter(({ member }) => ['env', 'argv', 'on', 'once', 'import', COMPUTED].includes(member))
    .map(
      ({ line, member }) =>
        `${file}:${line} uses process.${member}: read it in server/main.ts and pass it on.`,
    );
}

function isBetweenModules(file: string, target: string): boolean {
  return moduleOf(file) !== undefined && moduleOf(target) !== undefined;
}

function areTwoPages(file: string, target: string): boolean {
  const [one, other] = [file, target].map((path) => /^web\/src\/pages\/([^/]+)\//.exec(path)?.[1]);
  return one !== undefined && other !== undefined && one !== other;
}

function isTestCode(file: string): boolean {
  return file.endsWith('.test.ts') || file.startsWith('server/testing/') || file.startsWith('test/');
}

function moduleOf(file: string): string | undefined {
  const [, cloud = '', name] = /^server\/(cloud\/)?modules\/([^/]+)\//.exec(file) ?? [];
  return name === undefined ? undefined : cloud + name;
}

function isOfCloud(file: string): boolean {
  return file.startsWith('server/cloud/');
}

function tierOf(name: string | undefined): number {
  return [...TIERS, ...CLOUD_TIERS].findIndex((tier) => name !== undefined && tier.includes(name));
}

function partOf(file: string): string | undefined {
  const found = PARTS.find(([pattern]) => pattern.test(file));
  return found && file.replace(found[0], found[1]);
}
