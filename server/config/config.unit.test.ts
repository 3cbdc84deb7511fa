import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { describeConfig, loadConfig } from './config.ts';
import { makeHome } from '../testing/temporary-home.ts';

type Env = Record<string, string>;

const load = (text: string, env: Env = {}) =>
  loadConfig({ home: makeHome({ 'conf/latchkey.ini': text }), env });
const sourceOf = (loaded: ReturnType<typeof loadConfig>, section: string, key: string) =>
  loaded.entries.find((entry) => entry.section === section && entry.key === key)?.source;

const loadHome = (home: string) => () => loadConfig({ home, env: {} });

/** The one line with which this configuration stops. */
function stop(text: string, env: Env = {}): string {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError && !error.message.includes('\n')) return error.message;
    throw error;
  }
  throw new Error('it did not stop');
}

test('without a file and variables the defaults are in force', () => {
  const home = makeHome({});
  const { config, warnings, entries } = loadConfig({ home, env: { HOSTNAME: 'box' } });
  expect(warnings).toEqual([]);
  expect(new Set(entries.map(({ source }) => source))).toEqual(new Set(['default']));
  expect(config.server).toEqual({
    protocol: 'http',
    cert_file: '',
    cert_key: '',
    cert_pass: '',
    certs_watch_interval: 60_000,
    min_tls_version: 'TLS1.2',
    http_addr: '127.0.0.1',
    http_port: 3000,
    domain: 'localhost',
    root_url: 'http://localhost:3000/',
    enforce_domain: false,
    trusted_proxies: [],
    serve_from_sub_path: false,
    workers: 1,
    read_timeout: 300_000,
    shutdown_timeout: 10_000,
  });
  expect(config.DEFAULT.instance_name).toBe('box');
  expect(config.database.path).toBe(join(home, 'data', 'latchkey.db'));
  expect(config.security.secret_key).toBe('');
  expect(config.auth.login_maximum_lifetime_duration).toBe(30 * 86_400_000);
  expect(config.auth.api_key_max_seconds_to_live).toBe(-1);
  const port: number = config.server.http_port;
  const type: 'sqlite' | 'postgres' = config.database.type;
  expect([port, type]).toEqual([3000, 'sqlite']);
  expect(config.log.filters).toEqual({});
});

test('the file overrules defaults, a variable the file, an override the variable, and each source is kept', () => {
  const home = makeHome({
    'conf/latchkey.ini': '[server]\nhttp_port = 1\nhttp_addr = ::\ndomain = file.example',
  });
  const env = { GF_SERVER_HTTP_PORT: '2', GF_SERVER_DOMAIN: 'env.example' };
  const loaded = loadConfig({ home, env, overrides: { server: { http_port: 3 } } });
  expect(loaded.config.server).toMatchObject({ http_port: 3, http_addr: '::', domain: 'env.example' });
  expect(loaded.config.server.root_url).toBe('http://env.example:3/');
  expect(sourceOf(loaded, 'server', 'http_port')).toBe('command line');
  expect(sourceOf(loaded, 'server', 'http_addr')).toBe('conf/latchkey.ini:3');
  expect(sourceOf(loaded, 'server', 'domain')).toBe('environment GF_SERVER_DOMAIN');
  expect(sourceOf(loaded, 'server', 'protocol')).toBe('default');
});

test('a named file is read instead of the usual one, and must exist', () => {
  const home = makeHome({
    'conf/latchkey.ini': '[server]\nhttp_port = 1',
    'other.ini': '[server]\ndomain = x',
  });
  const configFile = join(home, 'other.ini');
  expect(loadConfig({ home, configFile, env: {} }).config.server).toMatchObject({
    http_port: 3000,
    domain: 'x',
  });
  expect(() => loadConfig({ home, configFile: '/no/such.ini', env: {} })).toThrow(
    new ConfigError('the configuration file /no/such.ini does not exist'),
  );
});

test('a file that is a directory, too large or not UTF-8 stops with its name', () => {
  const name = 'the configuration file conf/latchkey.ini';
  expect(loadHome(makeHome({ 'conf/latchkey.ini/x': '' }))).toThrow(`${name} is not a file`);
  expect(loadHome(makeHome({ 'conf/latchkey.ini': ' '.repeat(1_048_577) }))).toThrow(
    `${name} is larger than 1048576 bytes`,
  );
  expect(loadHome(makeHome({ 'conf/latchkey.ini': Uint8Array.of(0xff, 0xfe, 0x5b) }))).toThrow(
    `${name} is not UTF-8 text`,
  );
});

test('nothing in the configuration can be changed', () => {
  const { config } = load('[log.filters]\napi = debug');
  for (const part of [config, ...Object.values(config), config['log.filters'], config.log.filters]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test.each([
  [
    '[server]\nhttp_port = abc',
    '[server] http_port = "abc" (conf/latchkey.ini:2) must be a whole number from 0 to 65535',
  ],
  ['[server]\nhttp_port = 65536', 'must be a whole number from 0 to 65535'],
  ['[server]\nhttp_port = -1', 'must be a whole number from 0 to 65535'],
  ['[server]\nhttp_port = 1e3', 'must be a whole number from 0 to 65535'],
  ['[server]\nprotocol = h2', '[server] protocol = "h2" (conf/latchkey.ini:2) must be http or https'],
  ['[server]\nprotocol = https', 'needs cert_file and cert_key'],
  ['[server]\nprotocol = https\ncert_file = a.pem', 'needs cert_file and cert_key'],
  ['[server]\nmin_tls_version = TLS1.0', 'must be TLS1.2 or TLS1.3'],
  ['[server]\ntrusted_proxies = 10.0.0.0/33', 'must be addresses and ranges such as 10.0.0.0/8'],
  ['[server]\ntrusted_proxies = 10.0.0.1 proxy.example', 'must be addresses and ranges'],
  [
    '[server]\nenforce_domain = true\nroot_url = https://keys.example.org/',
    '[server] enforce_domain (conf/latchkey.ini:2) would send browsers in circles',
  ],
  [
    '[security]\ngenerate_admin_password = true\nadmin_password = own',
    '[security] generate_admin_password contradicts admin_password (conf/latchkey.ini:3)',
  ],
  [
    '[server]\nhttp_addr =',
    '[server] http_addr = "" (conf/latchkey.ini:2) must be an IP address or a host name',
  ],
  ['[server]\nroot_url = example.org', 'must be an http or https address'],
  ['[server]\nroot_url = ftp://bob:hunter2@example.org', '"ftp://bob:*********@example.org"'],
  ['[server]\nroot_url = https://example.org/?a', 'must be an http or https address'],
  ['[server]\nshutdown_timeout = 10', 'must be a duration from 0s to 1h'],
  ['[server]\nshutdown_timeout = 2h', 'must be a duration from 0s to 1h'],
  ['[server]\nserve_from_sub_path = maybe', 'must be true or false'],
  ['[users]\nauto_assign_org_role = Owner', 'must be Viewer, Editor, Admin or None'],
  ['[log]\nlevel = loud', 'must be trace, debug, info, warn, error or critical'],
  ['[log]\nmode = console printer', 'must be one or more of console, file, syslog'],
  ['[audit]\nfile = true', 'must be a path'],
  ['[log.syslog]\nnetwork = unix', 'must be udp or tcp (on a machine with systemd, its journal reads'],
  ['[log.syslog]\naddress = logs', 'must be host:port'],
  ['[tracing.opentelemetry]\ncustom_attributes = eu', 'must be pairs such as region:eu'],
  ['[tracing.opentelemetry]\nsampler_type = remote', 'must be const, probabilistic or rateLimiting'],
  [
    '[tracing.opentelemetry]\nsampler_param = 2',
    '(conf/latchkey.ini:2) must be 0 or 1 for sampler_type = const',
  ],
  [
    '[tracing.opentelemetry]\nsampler_type = probabilistic\nsampler_param = 1.5',
    'must be from 0 to 1 for sampler_type = probabilistic',
  ],
  [
    '[tracing.opentelemetry.otlp]\naddress = ftp://u:hunter2@x',
    'address (conf/latchkey.ini:2) must be host:port or an http or https address',
  ],
  ['[log]\nfilters = api=debug=warn', '[log] filters = "api=debug=warn" (conf/latchkey.ini:2) must be pairs'],
  ['[log]\nfilters = api', 'must be pairs such as api:debug'],
  ['[log.filters]\napi = loud', '[log.filters] api = "loud" (conf/latchkey.ini:2) must be trace, debug'],
  ['[log.filters]\n__proto__ = debug', '[log.filters] "__proto__" (conf/latchkey.ini:2) must be a name'],
  [
    '[auth]\napi_key_max_seconds_to_live = 0',
    '[auth] api_key_max_seconds_to_live = "0" (conf/latchkey.ini:2) must be -1 (no limit) or a number of seconds',
  ],
  [
    '[security]\nauth_token_max_seconds_to_live = 5d',
    '[security] auth_token_max_seconds_to_live = "5d" (conf/latchkey.ini:2) must be -1 (no limit)',
  ],
  [
    '[auth]\nlogin_cookie_name = a b',
    '[auth] login_cookie_name = "a b" (conf/latchkey.ini:2) must be letters',
  ],
  ['[auth.anonymous]\nenabled = true', 'must be false: anonymous access is not built in'],
  ['[security]\nadmin_user = a:b', 'must be a login without a colon'],
  [
    '[database]\ntype = mysql',
    '[database] type = "mysql" (conf/latchkey.ini:2) must be sqlite3 (or sqlite) or postgres',
  ],
  ['[database]\nhost = a b', 'must be host, host:port, several of these'],
  ['[limits]\nmax_body_bytes = 12', 'must be a whole number from 1024'],
  ['[server]\nhttp_addr = """a\nb"""', String.raw`[server] http_addr = "a\nb" (conf/latchkey.ini:2)`],
])('%j stops with a line that says what is allowed', (text, line) => {
  expect(stop(text)).toContain(line);
});

test('a wrong variable is named', () => {
  expect(stop('', { GF_SERVER_HTTP_PORT: '3000x' })).toBe(
    '[server] http_port = "3000x" (environment GF_SERVER_HTTP_PORT) must be a whole number from 0 to 65535',
  );
});

test('a wrong secret is not repeated', () => {
  const empty = stop('[security]\nadmin_password = #hunter2');
  expect(empty).toContain('[security] admin_password (conf/latchkey.ini:2) must be some text, not empty');
  for (const url of ['hunter2', 'mysql://bob:hunter2@db/x', 'postgres://bob:hunter2 @db/x']) {
    const line = stop(`[database]\nurl = ${url}`);
    expect(line).toMatch(/^\[database\] url \(conf\/latchkey\.ini:2\) must be postgres:\/\/user/);
    expect(line).not.toContain('hunter2');
  }
  expect(stop('', { GF_SECURITY_ADMIN_PASSWORD: 'hun${ter2}' })).toBe(
    '[security] admin_password (environment GF_SECURITY_ADMIN_PASSWORD) names an environment variable that is not set',
  );
});

test('every spelling of true and false is read', () => {
  for (const [word, value] of Object.entries({
    true: true,
    Yes: true,
    ON: true,
    1: true,
    False: false,
    no: false,
    off: false,
    0: false,
  })) {
    expect(load(`[users]\nallow_sign_up = ${word}`).config.users).toMatchObject({ allow_sign_up: value });
  }
});

test('words are read in any case and come out as the table has them', () => {
  const { config } = load(
    '[users]\nauto_assign_org_role = editor\n[log]\nlevel = WARN\n[database]\ntype = SQLite3',
  );
  expect([config.users.auto_assign_org_role, config.log.level, config.database.type]).toEqual([
    'Editor',
    'warn',
    'sqlite',
  ]);
});

test('an empty value is the default, except for text', () => {
  const loaded = load('[server]\nhttp_port =\n[database]\nmax_open_conn = ; none\n[security]\nsecret_key =');
  expect(loaded.config.server.http_port).toBe(3000);
  expect(sourceOf(loaded, 'server', 'http_port')).toBe('default');
  expect(sourceOf(loaded, 'security', 'secret_key')).toBe('conf/latchkey.ini:6');
});

test('variables and files are put in, from the file and from the environment alike', () => {
  const home = makeHome({
    'conf/latchkey.ini': '[security]\nadmin_password = $__file{secrets/pw}\nadmin_user = a-${WHO}\n',
    'secrets/pw': '%(admin_user)s ${NOT_LOOKED_UP} #\n',
    'secrets/key': 'from a ${FILE}\n',
  });
  const env = {
    WHO: 'root',
    GF_SECURITY_ADMIN_EMAIL: '$__env{WHO}@x',
    GF_SECURITY_SECRET_KEY__FILE: 'secrets/key',
  };
  const { config } = loadConfig({ home, env });
  expect(config.security).toMatchObject({
    admin_user: 'a-root',
    admin_password: '%(admin_user)s ${NOT_LOOKED_UP} #',
    admin_email: 'root@x',
    secret_key: 'from a ${FILE}',
  });
});

test('a variable or file that is missing stops with its name', () => {
  expect(stop('[server]\ndomain = ${NOPE}')).toBe(
    '[server] domain (conf/latchkey.ini:2) names the environment variable NOPE that is not set',
  );
  expect(stop('[server]\ndomain = $__file{/no/such}')).toBe(
    '[server] domain (conf/latchkey.ini:2) names the file /no/such, which does not exist',
  );
  expect(stop('', { GF_SERVER_DOMAIN__FILE: '/dev/null' })).toContain('the file /dev/null is not a file');
  expect(stop('', { GF_SERVER_DOMAIN__FILE: '/no\n/such' })).toContain(
    'environment GF_SERVER_DOMAIN__FILE: names the file /no',
  );
});

test('a secret may be a link to a file, as containers make them', () => {
  const home = makeHome({ 'secrets/..data/key': 'linked' });
  symlinkSync(join(home, 'secrets/..data/key'), join(home, 'secrets/key'));
  expect(
    loadConfig({ home, env: { GF_SECURITY_SECRET_KEY__FILE: 'secrets/key' } }).config.security.secret_key,
  ).toBe('linked');
});

test('%(…)s takes a key of the section, else of DEFAULT, own ones included, and stops at circles', () => {
  const { config } = load(
    'my_tld = org\n[server]\nmy_host = keys.%(my_tld)s\ndomain = %(my_host)s\nhttp_port = 80',
  );
  expect(config.server.root_url).toBe('http://keys.org/');
  expect(stop('[server]\ndomain = %(nope)s')).toContain(
    'refers to %(nope)s, which neither [server] nor [DEFAULT] has',
  );
  expect(stop('[server]\ndomain = %(root_url)s')).toContain('refers to itself');
  const doubling = Array.from(
    { length: 19 },
    (_, index) => `k${index} = ${`%(k${index + 1})s`.repeat(9)}`,
  ).join('\n');
  expect(stop(`[server]\ndomain = %(k0)s\n${doubling}\nk19 = xxxxxxxx`)).toContain(
    'is longer than 65536 characters',
  );
});

test('root_url ends in a slash', () => {
  expect(load('[server]\nroot_url = https://Example.org:443/keys').config.server.root_url).toBe(
    'https://example.org/keys/',
  );
});

test('relative paths start at home, the database file at the data directory', () => {
  const home = makeHome({ 'conf/latchkey.ini': '[paths]\ndata = var\n[database]\npath = x.db' });
  expect(loadConfig({ home, env: {} }).config.database.path).toBe(join(home, 'var/x.db'));
  const { config } = loadConfig({ home, env: { GF_PATHS_DATA: '/srv/keys', GF_DATABASE_PATH: '/tmp/y.db' } });
  expect([config.paths.data, config.database.path]).toEqual(['/srv/keys', '/tmp/y.db']);
});

test('the longest lives are read from [auth] or [security], and both say the same', () => {
  const one = load(
    '[security]\napi_key_max_seconds_to_live = -1 # No expiration\nauth_token_max_seconds_to_live = 60',
  );
  expect(one.config.auth).toMatchObject({
    api_key_max_seconds_to_live: -1,
    auth_token_max_seconds_to_live: 60,
  });
  expect(sourceOf(one, 'auth', 'auth_token_max_seconds_to_live')).toBe('conf/latchkey.ini:3');
  const other = load('', { GF_AUTH_API_KEY_MAX_SECONDS_TO_LIVE: '5' });
  expect(other.config.security.api_key_max_seconds_to_live).toBe(5);
  const agreed = load(
    '[auth]\napi_key_max_seconds_to_live = 60\n[security]\napi_key_max_seconds_to_live = 060',
  );
  expect(agreed.config.auth.api_key_max_seconds_to_live).toBe(60);
  expect(
    stop('[auth]\napi_key_max_seconds_to_live = 60', { GF_SECURITY_API_KEY_MAX_SECONDS_TO_LIVE: '-1' }),
  ).toBe(
    '[security] api_key_max_seconds_to_live = "-1" (environment GF_SECURITY_API_KEY_MAX_SECONDS_TO_LIVE) and ' +
      '[auth] api_key_max_seconds_to_live = "60" (conf/latchkey.ini:2) mean the same and differ; set one of them',
  );
});

test('levels of modules are read in both spellings, and the stronger place wins', () => {
  const text = '[log]\nfilters = api:debug, auth=warn\n[log.filters]\nhttp = Trace\napi = debug';
  expect(load(text).config['log.filters']).toEqual({ api: 'debug', auth: 'warn', http: 'trace' });
  const single = load(text, { GF_LOG_FILTERS_AUTH: 'error' });
  expect(single.config['log.filters']).toEqual({ api: 'debug', auth: 'error', http: 'trace' });
  const { config } = load(text, { GF_LOG_FILTERS: 'db:error http:info' });
  expect(config['log.filters']).toEqual({ api: 'debug', db: 'error', http: 'info' });
  expect(config.log.filters).toBe(config['log.filters']);
  expect(stop('[log]\nfilters = api:debug\n[log.filters]\napi = warn')).toBe(
    '[log] filters (conf/latchkey.ini:2) and [log.filters] api (conf/latchkey.ini:4) give different levels for api; set one of them',
  );
});

test('the log goes to each place that is named, whatever their order', () => {
  expect(load('').config.log.mode).toEqual(['console']);
  expect(load('[log]\nmode = File console').config.log.mode).toEqual(['console', 'file']);
});

test('a level for a part that there is not warns with the parts that there are', () => {
  expect(load('[log]\nfilters = api:debug\n[log.filters]\nhttp = debug').warnings).toEqual([
    '[log.filters] "http" is no part of this server: there are api, auth, database, server, tracing',
  ]);
});

test('the collector is named by our setting or by a variable of OpenTelemetry, and our own variable wins', () => {
  const address = (text: string, env: Record<string, string> = {}) =>
    load(text, env).config['tracing.opentelemetry.otlp'].address;
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:4318/' };
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/x' };
  expect(address('')).toBe('');
  expect(address('', all)).toBe('http://all:4318/v1/traces');
  expect(address('', { ...all, ...traces })).toBe('http://traces:4318/x');
  expect(address('', { ...all, OTEL_SDK_DISABLED: 'true' })).toBe('');
  expect(address('', { ...all, GF_TRACING_OPENTELEMETRY_OTLP_ADDRESS: 'own:1' })).toBe('own:1');
});

test('a PostgreSQL address sets the type and wins over the parts', () => {
  const loaded = load('[database]\nhost = elsewhere', {
    GF_DATABASE_URL: 'postgresql://u:p%40@db:5433/keys',
  });
  expect(loaded.config.database).toMatchObject({ type: 'postgres', url: 'postgresql://u:p%40@db:5433/keys' });
  expect(sourceOf(loaded, 'database', 'type')).toBe('environment GF_DATABASE_URL');
  expect(loaded.warnings).toEqual(['[database] host (conf/latchkey.ini:2) is not read: url is set']);
});

test('settings of the other database warn, and a type that contradicts the address stops', () => {
  expect(load('[database]\nuser = x').warnings).toEqual([
    '[database] user (conf/latchkey.ini:2) is not read: type is sqlite3',
  ]);
  expect(load('[database]\ntype = postgres\npath = x').warnings).toEqual([
    '[database] path (conf/latchkey.ini:3) is not read: type is postgres',
  ]);
  expect(stop('[database]\ntype = sqlite3\nurl = postgres://u:hunter2@db/x')).toBe(
    '[database] type = "sqlite3" (conf/latchkey.ini:2) contradicts url (conf/latchkey.ini:3): remove url, or set type = postgres',
  );
});

test('half a password for /metrics stops, and a cookie that browsers drop warns', () => {
  expect(stop('[metrics]\nbasic_auth_password = hunter2')).toBe(
    '[metrics] basic_auth_password (conf/latchkey.ini:2) needs basic_auth_username too: set both or neither',
  );
  expect(load('[security]\ncookie_samesite = none').warnings).toHaveLength(1);
  expect(load('[security]\ncookie_samesite = none\ncookie_secure = on').warnings).toEqual([]);
});

test('the limits of requests are read as they are documented', () => {
  const { config, warnings } = load('[rate_limiting]\nenabled = true\nper_second = 100\nburst = 200');
  expect(config.rate_limiting).toEqual({ enabled: true, per_second: 100, burst: 200 });
  expect(warnings).toEqual([]);
});

test('unknown names and keys given twice warn and change nothing', () => {
  const { config, warnings } = load(
    '[__proto__]\nx = 1\n[server]\nhtpp_port = 1\nhttp_port = 1\nhttp_port = 2',
    {
      GF_SERVER_DOMIAN: 'x',
    },
  );
  expect(config.server.http_port).toBe(2);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  expect(warnings).toEqual([
    'conf/latchkey.ini:1: unknown section [__proto__]',
    'conf/latchkey.ini:4: unknown key [server] htpp_port; did you mean http_port?',
    'environment GF_SERVER_DOMIAN sets nothing; did you mean GF_SERVER_DOMAIN?',
    'conf/latchkey.ini:6: [server] http_port is set again; conf/latchkey.ini:5 no longer counts',
  ]);
});

test('rows for people hide every secret and keep the rest', () => {
  const { entries } = load('[metrics]\nbasic_auth_username = bob\nbasic_auth_password = hunter2', {
    GF_DATABASE_URL: 'postgres://bob:hun@ter2@db/keys?sslmode=require&password=hunter2',
    GF_SECURITY_SECRET_KEY: 'hunter2',
  });
  const rows = describeConfig(entries);
  const valueOf = (section: string, key: string) =>
    rows.find((row) => row.section === section && row.key === key)?.value;
  expect(JSON.stringify(rows)).not.toMatch(/hunter2|ter2/);
  expect(valueOf('security', 'secret_key')).toBe('*********');
  expect(valueOf('security', 'admin_password')).toBe('*********');
  expect(valueOf('database', 'password')).toBe('');
  expect(valueOf('database', 'url')).toBe(
    'postgres://bob:*********@db/keys?sslmode=require&password=*********',
  );
  expect(valueOf('metrics', 'basic_auth_username')).toBe('bob');
  expect(rows.find((row) => row.key === 'http_port')).toEqual({
    section: 'server',
    key: 'http_port',
    value: '3000',
    source: 'default',
    meaning: 'Port to listen on; 0 takes any free one',
  });
});

test.each(['0.0.0.0/0', '10.0.0.0/8 ::/0'])('proxies that are everybody are warned of: %s', (ranges) => {
  expect(load(`[server]\ntrusted_proxies = ${ranges}`).warnings).toEqual([
    expect.stringContaining(`trusted_proxies = "${ranges}" (conf/latchkey.ini:2) is everybody`),
  ]);
  expect(load('[server]\ntrusted_proxies = 10.0.0.0/8 fd00::/8').warnings).toEqual([]);
});

test('logs are kept in the data directory, wherever that is, unless they have a place of their own', () => {
  const home = makeHome({});
  const logsOf = (env: Env) => loadConfig({ home, env }).config.paths.logs;
  expect(logsOf({})).toBe(join(home, 'data', 'log'));
  expect(logsOf({ GF_PATHS_DATA: '/var/lib/latchkey' })).toBe('/var/lib/latchkey/log');
  expect(logsOf({ GF_PATHS_DATA: '/var/lib/latchkey', GF_PATHS_LOGS: 'own' })).toBe(join(home, 'own'));
});

test.each([
  ['security', 'secret_key'],
  ['security', 'admin_password'],
  ['database', 'password'],
  ['database', 'url'],
])('an empty file for the secret [%s] %s stops, and one for another setting is empty', (section, key) => {
  const home = makeHome({ empty: ' \n', 'conf/latchkey.ini': `[${section}]\n${key} = $__file{empty}` });
  const variable = `GF_${section}_${key}__FILE`.toUpperCase();
  expect(() => loadConfig({ home: makeHome({ empty: '' }), env: { [variable]: 'empty' } })).toThrow(
    `environment ${variable}: names the file empty, which is empty`,
  );
  expect(loadHome(home)).toThrow(
    `[${section}] ${key} (conf/latchkey.ini:2) names the file empty, which is empty`,
  );
  const other = { home, configFile: join(makeHome({ 'none.ini': '' }), 'none.ini') };
  const { config } = loadConfig({ ...other, env: { GF_REMOTE_CACHE_PREFIX__FILE: 'empty' } });
  expect(config.remote_cache.prefix).toBe('');
});

test('an address of a Redis that is not read is warned of, with what has it read', () => {
  const ini = '[remote_cache]\nconnstr = addr=127.0.0.1:6379,password=hunter2\n';
  const { warnings } = load(ini);
  expect(warnings).toEqual([
    expect.stringMatching(/^\[remote_cache\] connstr \(.*:2\) is not read: .*type = redis/),
  ]);
  expect(warnings.join('')).not.toContain('hunter2');
  expect(load(`${ini}type = redis\n`).warnings).toEqual([]);
});

test('fewer connections to PostgreSQL than workers are warned of in figures', () => {
  const warningsOf = (workers: number, most: number): string[] =>
    load(`[server]\nworkers = ${workers}\n[database]\nurl = postgres://db/keys\nmax_open_conn = ${most}\n`)
      .warnings;
  expect(warningsOf(4, 3)).toEqual([
    expect.stringMatching(/^\[database\] max_open_conn = 3 \(.*:5\) .*4 workers.* they open 4\./),
  ]);
  for (const most of [0, 4, 5]) expect(warningsOf(4, most)).toEqual([]);
  expect(warningsOf(1, 1)).toEqual([]);
});
