import { isIP } from 'node:net';
import {
  addressRanges,
  bool,
  choice,
  duration,
  file,
  int,
  levels,
  logLevels,
  logParts,
  moduleName,
  path,
  portRange,
  share,
  text,
  someOf,
} from './kinds.ts';
import type { Setting } from './kinds.ts';
import { parsePostgresHosts, parsePostgresUrl } from './postgres-address.ts';
import { parseRedisAddress } from './redis-address.ts';

const notEmpty = { accepts: (value: string) => value.trim() !== '', allowed: 'some text, not empty' };
const count = { min: -1, max: 1_000_000_000 };
const hundredYears = 100 * 365 * 24 * 60 * 60;
const facilities = [
  'user',
  'daemon',
  ...(['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'] as const),
] as const;
const secondsOrNoLimit = {
  min: -1,
  max: hundredYears,
  accepts: (value: number) => value !== 0,
  allowed: `-1 (no limit) or a number of seconds from 1 to ${hundredYears}`,
};

const ownLevel = choice(['', ...logLevels], '', 'Least severe level that gets there; empty: that of [log]', {
  allowed: `empty, ${logLevels.join(', ')}`,
});
const logFormat = choice(['text', 'json'], 'text', 'How a log line is written', {
  aliases: { console: 'text' },
});

const attached = (what: string) =>
  text(
    '',
    `Where the service for ${what} of its stacks is, which is not part of Latchkey; empty: there is none`,
    {
      accepts: (value) => value === '' || isHttpUrl(value),
      allowed: 'empty, or an http or https address',
    },
  );

/**
 * Every setting: section, key, type, default, meaning and what is allowed. The key `*` is any name, and a section that ends in `*` is
 * one for each name.
 */
const settings = {
  DEFAULT: {
    app_mode: choice(
      ['production', 'development'],
      'production',
      'development gives readable logs and more detail',
    ),
    instance_name: text('${HOSTNAME}', 'Name of this server in logs and metrics', notEmpty),
  },
  paths: {
    data: path('data', 'Directory of the embedded database and the generated secret key'),
    logs: path('%(data)s/log', 'Directory of log files'),
  },
  server: {
    protocol: choice(['http', 'https'], 'http', 'How the server speaks', {
      allowed: 'http or https (HTTP/1.1 both; a reverse proxy in front may speak HTTP/2)',
    }),
    cert_file: file('PEM file of the certificate for https, with those between it and the root'),
    cert_key: file('PEM file of its private key'),
    cert_pass: text('', 'Passphrase of that key, where it has one', { secret: 'whole' }),
    certs_watch_interval: duration('1m', 'How often the two files are looked at for new ones; 0s is never', {
      min: '0s',
      max: '1d',
    }),
    min_tls_version: choice(['TLS1.2', 'TLS1.3'], 'TLS1.2', 'Oldest version of TLS that is spoken'),
    http_addr: text('127.0.0.1', 'Address to listen on; 0.0.0.0 is every IPv4 interface, :: all of them', {
      accepts: isHost,
      allowed: 'an IP address or a host name, not empty (127.0.0.1 for this machine alone, 0.0.0.0 for all)',
    }),
    http_port: int(3000, 'Port to listen on; 0 takes any free one', { min: 0, max: 65535 }),
    domain: text('localhost', 'Host name that people use to reach the server', {
      accepts: isHost,
      allowed: 'a host name or an IP address',
    }),
    root_url: text('%(protocol)s://%(domain)s:%(http_port)s/', 'The address that people and links use', {
      accepts: isRootUrl,
      tidy: (value) => new URL(value).href.replace(/\/?$/, '/'),
      allowed:
        'an http or https address without user name, query or fragment, such as https://keys.example.org/',
    }),
    enforce_domain: bool(
      false,
      'Answer at domain alone: by another name, pages are redirected to root_url and calls of the API get 421',
    ),
    trusted_proxies: addressRanges(
      'Proxies whose X-Forwarded-For, -Proto and -Host are believed; nobody else is',
    ),
    serve_from_sub_path: bool(false, 'Answer under the path of root_url as well as at /'),
    workers: int(
      1,
      'Processes that serve on this machine, one processor core each; 0 is one for each core. With stacks, several need PostgreSQL',
      { min: 0, max: 128 },
    ),
    read_timeout: duration('5m', 'How long a request may take to arrive; 0s is for ever', {
      min: '0s',
      max: '1d',
    }),
    shutdown_timeout: duration('10s', 'How long requests under way may take once a stop was asked for', {
      min: '0s',
      max: '1h',
    }),
  },
  database: {
    type: choice(['sqlite', 'postgres'], 'sqlite3', 'Kind of database; a url sets it too', {
      aliases: { sqlite3: 'sqlite', postgresql: 'postgres' },
      allowed: 'sqlite3 (or sqlite) or postgres',
    }),
    url: text('', 'Address of a PostgreSQL database; it wins over host, name, user, password and ssl_mode', {
      accepts: (value) => value === '' || parsePostgresUrl(value) !== undefined,
      secret: 'url',
      allowed:
        'postgres://user:password@host:port/name (with / # @ in the password written as %2F %23 %40; several servers as ' +
        'host1:port,host2:port; target_session_attrs read-write, primary or any; sslmode disable, prefer, require, verify-ca, ' +
        'verify-full or no-verify)',
    }),
    path: path('latchkey.db', 'File of the SQLite database, from the data directory', { from: 'data' }),
    host: text(
      '127.0.0.1:5432',
      'PostgreSQL: host and port, or the directory of its socket; of several with commas between them, the one that takes writes is used',
      {
        accepts: (value) => parsePostgresHosts(value) !== undefined,
        allowed: 'host, host:port, several of these with commas between them, or an absolute directory',
      },
    ),
    name: text('latchkey', 'PostgreSQL: name of the database', notEmpty),
    user: text('latchkey', 'PostgreSQL: user name', notEmpty),
    password: text('', 'PostgreSQL: password', { secret: 'whole' }),
    ssl_mode: choice(
      ['disable', 'require', 'verify-full'],
      'disable',
      'PostgreSQL: encryption of the connection',
    ),
    max_open_conn: int(0, 'PostgreSQL: most connections open at once; 0 leaves the choice to Latchkey', {
      min: 0,
      max: 1000,
    }),
    query_timeout: duration('10s', 'PostgreSQL: a query that takes longer is given up; 0s is never', {
      min: '0s',
      max: '1h',
    }),
    wait_at_start: duration('1m', 'How long a start waits for a database that does not answer yet', {
      min: '0s',
      max: '1h',
    }),
  },
  security: {
    disable_initial_admin_creation: bool(false, 'Do not create a first administrator'),
    admin_user: text('admin', 'Login of the administrator created at the first start', {
      accepts: (value) => value.trim() !== '' && !value.includes(':'),
      allowed: 'a login without a colon, not empty',
    }),
    admin_password: text('admin', 'Password of that administrator', {
      accepts: (value) => value !== '',
      allowed: 'some text, not empty (a # at the start or after a space needs quotes)',
      secret: 'whole',
    }),
    generate_admin_password: bool(
      false,
      'Make that password up at the first start, and print it once where the server says that it listens',
    ),
    require_own_admin_password: bool(
      false,
      'Refuse to start while that password is admin, and refuse that one for administrators of the server',
    ),
    admin_email: text('admin@localhost', 'Email address of that administrator', {
      accepts: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
      allowed: 'an email address',
    }),
    secret_key: text('', 'Encrypts stored secrets; empty: generated once and kept in the data directory', {
      secret: 'whole',
    }),
    previous_secret_key: text('', 'The one before, until "latchkey reencrypt-secrets" has been run', {
      secret: 'whole',
    }),
    disable_brute_force_login_protection: bool(
      false,
      'Do not hold up those who send wrong passwords or keys again and again',
    ),
    brute_force_login_protection_max_attempts: int(
      5,
      'Wrong passwords for a name from one address, at once and in five minutes, that are not held up',
      { min: 1, max: 1000 },
    ),
    cookie_secure: bool(false, 'Session cookies only over HTTPS; over HTTPS they always are so'),
    cookie_samesite: choice(['lax', 'strict', 'none'], 'lax', 'SameSite attribute of the session cookie'),
    strict_transport_security: bool(
      true,
      'Over HTTPS, have browsers use nothing else for this host name, whatever the port (HSTS)',
    ),
    strict_transport_security_max_age_seconds: int(86_400, 'for so many seconds', {
      min: 0,
      max: hundredYears,
    }),
    strict_transport_security_preload: bool(false, 'and ask for a place in the lists that browsers ship'),
    strict_transport_security_subdomains: bool(false, 'and the same for all names below it'),
    api_key_max_seconds_to_live: int(-1, 'The same setting as in [auth]', {
      ...secondsOrNoLimit,
      twin: 'auth',
    }),
    auth_token_max_seconds_to_live: int(-1, 'The same setting as in [auth]', {
      ...secondsOrNoLimit,
      twin: 'auth',
    }),
  },
  auth: {
    login_cookie_name: text('grafana_session', 'Name of the session cookie', {
      accepts: (value) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(value),
      allowed: 'letters, digits and - _ . without spaces',
    }),
    login_maximum_inactive_lifetime_duration: duration('7d', 'A session unused for so long ends', {
      min: '1m',
      max: '10y',
    }),
    login_maximum_lifetime_duration: duration('30d', 'A session ends so long after its sign-in', {
      min: '1m',
      max: '10y',
    }),
    token_rotation_interval_minutes: int(10, 'Minutes after which a used session gets a new secret', {
      min: 1,
      max: 10_080,
    }),
    api_key_max_seconds_to_live: int(-1, 'Longest life of a new API key in seconds; -1: no limit', {
      ...secondsOrNoLimit,
      twin: 'security',
    }),
    auth_token_max_seconds_to_live: int(
      -1,
      'Longest life of a new service account token in seconds; -1: no limit',
      {
        ...secondsOrNoLimit,
        twin: 'security',
      },
    ),
  },
  'auth.basic': {
    enabled: bool(true, 'Accept a login and password with each request'),
  },
  'auth.anonymous': {
    enabled: bool(false, 'Let people in without signing in', {
      accepts: (value) => !value,
      allowed: 'false: anonymous access is not built in',
    }),
  },
  users: {
    allow_sign_up: bool(false, 'People may register by themselves'),
    allow_org_create: bool(false, 'People who are no server administrators may create organizations'),
    auto_assign_org: bool(
      true,
      'New people join the organization auto_assign_org_id; else each gets one of their own',
    ),
    auto_assign_org_id: int(1, 'The organization that new people join', { min: 1, max: 2_147_483_647 }),
    auto_assign_org_role: choice(['Viewer', 'Editor', 'Admin', 'None'], 'Viewer', 'The role they get there'),
    default_theme: choice(['dark', 'light', 'system'], 'dark', 'Theme of the page for people who chose none'),
    viewers_can_edit: bool(false, 'Viewers may try changes to a dashboard without saving them'),
  },
  access_control: {
    editors_can_delete: bool(false, 'Editors may delete dashboards and folders, as in Grafana'),
    editors_can_manage_keys: bool(
      false,
      'Editors may manage API keys and service accounts up to their own role',
    ),
    main_org_admins_read_server: bool(
      true,
      'Admins of organization 1 may read server statistics, settings, users, organizations',
    ),
  },
  quota: {
    enabled: bool(false, 'Refuse what is beyond the limits below'),
    org_user: int(10, 'Users that an organization may have; -1: no limit, here and below', count),
    org_dashboard: int(100, 'Dashboards that an organization may have', count),
    org_data_source: int(10, 'Data sources that an organization may have', count),
    org_api_key: int(10, 'API keys and service account tokens that an organization may have', count),
    org_service_account: int(-1, 'Service accounts that an organization may have', count),
    user_org: int(10, 'Organizations that a user may be in', count),
    global_user: int(-1, 'Users that the server may have', count),
    global_org: int(-1, 'Organizations that the server may have', count),
    global_dashboard: int(-1, 'Dashboards that the server may have', count),
    global_data_source: int(-1, 'Data sources that the server may have', count),
    global_api_key: int(-1, 'API keys and service account tokens that the server may have', count),
    global_service_account: int(-1, 'Service accounts that the server may have', count),
  },
  rate_limiting: {
    enabled: bool(
      false,
      'Limit the requests of each credential, and of each address where there is none that is known',
    ),
    per_second: int(100, 'Requests a second in the long run', { min: 1, max: 1_000_000 }),
    burst: int(200, 'Requests at once before the limit bites', { min: 1, max: 1_000_000 }),
  },
  remote_cache: {
    type: choice(
      ['database', 'redis'],
      'database',
      'redis: servers count requests and wrong passwords together there; database: each for itself, and nothing is kept there',
      {
        aliases: { valkey: 'redis' },
        allowed: 'database or redis (or valkey)',
      },
    ),
    connstr: text('', 'Where that Redis or Valkey is, and how one gets in', {
      accepts: (value) => value === '' || parseRedisAddress(value) !== undefined,
      allowed:
        'pairs such as addr=127.0.0.1:6379,db=0,username=u,password=p,ssl=false (ssl: true, false or insecure), or ' +
        'redis://user:password@host:port/db (rediss for TLS)',
      secret: 'whole',
    }),
    prefix: text('latchkey:', 'What the names of all that is kept there begin with'),
  },
  limits: {
    max_body_bytes: int(1_048_576, 'Largest request body', { min: 1024, max: 104_857_600 }),
    max_dashboard_bytes: int(5_242_880, 'Largest request body where a dashboard is saved', {
      min: 1024,
      max: 104_857_600,
    }),
  },
  leaks: {
    public_keys_file: file(
      'Keys that sign reports of leaked keys and tokens: PEM, or the JSON that GitHub answers at /meta/public_keys/secret_scanning',
    ),
  },
  cloud: {
    enabled: bool(false, 'Serve stacks, and at a port of its own the API that makes them'),
    http_port: int(3080, 'Port of that API; 0 takes any free one', { min: 0, max: 65535 }),
    stack_domain: text(
      '',
      'Domain below which each stack has a name of its own, at the port of the server; empty: each has a port of its own',
      {
        accepts: (value) => value === '' || (isHost(value) && isIP(value) === 0 && !value.includes('_')),
        tidy: (value) => value.toLowerCase(),
        allowed: 'empty, or a domain such as stacks.example.org',
      },
    ),
    stack_ports: portRange('4000-4999', 'Ports of the stacks, where there is no stack_domain'),
    open_stacks: int(
      64,
      'Stacks open at once at most; of those that nobody is asking, the one that was used longest ago is closed. With PostgreSQL 12 unless it is set',
      {
        min: 1,
        max: 10_000,
      },
    ),
    close_idle_after: duration(
      '10m',
      'A stack that is not used for so long is closed until it is used again',
      {
        min: '1s',
        max: '1d',
      },
    ),
    keep_deleted_for: duration('30d', 'How long the data of a deleted stack is kept, and can be restored', {
      min: '0s',
      max: '10y',
    }),
  },
  'cloud.region.*': {
    name: text('', 'What the region is called; empty: its slug, which is the end of the name of the section'),
    description: text('', 'What is said of it'),
    provider: text('', 'Whose machines it is on; empty: local'),
    cluster: text('', 'Which of its clusters; empty: the slug'),
    metrics_url: attached('metrics (Prometheus)'),
    graphite_url: attached('metrics (Graphite)'),
    logs_url: attached('logs'),
    alertmanager_url: attached('alerts'),
    traces_url: attached('traces'),
    profiles_url: attached('profiles'),
    fleet_url: attached('the management of collectors'),
    influx_url: attached('metrics of InfluxDB clients'),
    otlp_url: attached('OpenTelemetry'),
    oncall_url: attached('on-call schedules'),
  },
  usage: {
    flush_interval: duration(
      '30s',
      'How long "last used" of keys and tokens, and counts of requests, are gathered before they are written',
      {
        min: '1s',
        max: '1h',
      },
    ),
    keep_for: duration('30d', 'How long the counts of requests of each credential are kept', {
      min: '1d',
      max: '10y',
    }),
  },
  audit: {
    keep_for: duration('1y', 'How long the record of changes is kept; 0s is for ever', {
      min: '0s',
      max: '100y',
    }),
    file: file('Write each change to this file too, as JSON lines'),
    required: bool(false, 'Refuse changes that cannot be written to that file; it takes a file'),
    syslog: text('', 'Send each change to this syslog server too (RFC 5424)', {
      accepts: (value) => value === '' || isSyslogAddress(value),
      allowed: 'udp://host:port or tcp://host:port',
    }),
    refused: share('off', 'Which refused requests (401, 403, 429) are recorded'),
    secret_reads: share('all', 'Which reads of what is secret are recorded'),
  },
  dashboards: {
    versions_to_keep: int(20, 'Versions kept of each dashboard', { min: 1, max: 1_000_000 }),
  },
  public_dashboards: {
    enabled: bool(true, 'Dashboards may be made public: whoever has the link may read them'),
  },
  log: {
    mode: someOf(['console', 'file', 'syslog'], 'console', 'Where logs go: to one or more places'),
    level: choice(logLevels, 'info', 'Least severe level that is logged'),
    filters: levels('Levels of single parts of the server, such as api:debug auth:warn'),
  },
  'log.filters': {
    '*': choice(logLevels, 'info', `The same, one line for each part: ${logParts.join(', ')}`),
  },
  'log.console': {
    level: ownLevel,
    format: logFormat,
  },
  'log.file': {
    level: ownLevel,
    format: logFormat,
    log_rotate: bool(true, 'Begin a new latchkey.log now and then; the old one gets its day and a number'),
    max_lines: int(
      1_000_000,
      'Lines after which a new one is begun; of several workers, each counts its own',
      { min: 1, max: 1_000_000_000 },
    ),
    max_size_shift: int(28, 'Size after which a new one is begun, as a power of two: 28 is 256 MiB', {
      min: 10,
      max: 40,
    }),
    daily_rotate: bool(true, 'Begin a new one each day (UTC)'),
    max_days: int(7, 'Days that old ones are kept', { min: 1, max: 36_500 }),
  },
  'log.syslog': {
    level: ownLevel,
    format: logFormat,
    network: choice(['udp', 'tcp'], 'udp', 'How the syslog server is reached (RFC 5426 or RFC 6587)', {
      allowed: 'udp or tcp (on a machine with systemd, its journal reads the console)',
    }),
    address: text('127.0.0.1:514', 'Host and port of the syslog server', {
      accepts: isHostAndPort,
      allowed: 'host:port',
    }),
    facility: choice(facilities, 'daemon', 'Facility of the lines'),
    tag: text('latchkey', 'Name of the program in the lines', {
      accepts: (value) => /^[\w.-]{1,48}$/.test(value),
      allowed: '1 to 48 letters, digits and . _ -',
    }),
  },
  'tracing.opentelemetry': {
    custom_attributes: text('', 'Attributes of every trace: key1:value1,key2:value2', {
      accepts: (value) => value === '' || /^[\w.-]+:[^:,]*(,[\w.-]+:[^:,]*)*$/.test(value),
      allowed: 'pairs such as region:eu,team:platform',
    }),
    sampler_type: choice(
      ['const', 'probabilistic', 'rateLimiting'],
      'const',
      'Which requests are traced that no trusted proxy decided on: all or none, a share, so many a second',
    ),
    sampler_param: text('1', 'const: 0 or 1; probabilistic: a share from 0 to 1; rateLimiting: a number', {
      accepts: (value) => /^\d{1,6}(\.\d{1,6})?$/.test(value),
      allowed: 'a number, such as 0.25',
    }),
  },
  'tracing.opentelemetry.otlp': {
    address: text('', 'Collector that gets traces by OTLP over HTTP, such as localhost:4318; empty: none', {
      accepts: (value) => value === '' || isHostAndPort(value) || isHttpUrl(value),
      allowed: 'host:port or an http or https address',
      secret: 'url',
    }),
    propagation: choice(['w3c'], 'w3c', 'How a request tells the trace that it belongs to', {
      allowed: 'w3c (the header traceparent)',
    }),
  },
  metrics: {
    enabled: bool(true, 'Answer at /metrics'),
    basic_auth_username: text('', 'Ask for this user name at /metrics'),
    basic_auth_password: text('', 'and for this password', { secret: 'whole' }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Setting<unknown>>>>>;

type Settings = typeof settings;
type ValueOf<Row> = Row extends Setting<infer Value> ? Value : never;

/** The configuration in force, by the names of the ini file: `config.server.http_port`. */
export type Config = {
  readonly [Section in keyof Settings]: Settings[Section] extends { '*': infer Row }
    ? Readonly<Record<string, ValueOf<Row>>>
    : Section extends `${string}.*`
      ? Readonly<Record<string, ValuesOf<Settings[Section]>>>
      : ValuesOf<Settings[Section]>;
};
type ValuesOf<Rows> = { readonly [Key in keyof Rows]: ValueOf<Rows[Key]> };

/** Values from the command line or a test, by section and key. */
export type Overrides = {
  readonly [Section in keyof Settings]?: Settings[Section] extends { '*': unknown }
    ? Readonly<Record<string, string | undefined>>
    : { readonly [Key in keyof Settings[Section]]?: string | number | boolean | undefined };
};

const table = new Map<string, Map<string, Setting<unknown>>>(
  Object.entries(settings).map(([section, rows]) => [section, new Map(Object.entries(rows))]),
);

const patterns = [...table.keys()].filter((section) => section.endsWith('.*'));

/** The table by name; safe with any name, `__proto__` included. */
export function findSetting(section: string, key: string): Setting<unknown> | undefined {
  const rows = table.get(section) ?? table.get(patternOf(section) ?? '');
  return rows?.get(key) ?? rows?.get('*');
}

/** The section with a `*` that a section is one of, and the name that it has there. */
export function patternOf(section: string): string | undefined {
  return patterns.find((pattern) => nameIn(pattern, section) !== undefined);
}

/** The name that stands for the `*` of a pattern in a section. */
export function nameIn(pattern: string, section: string): string | undefined {
  const start = pattern.slice(0, -1);
  const name = section.startsWith(start) ? section.slice(start.length) : '';
  return moduleName.test(name) ? name : undefined;
}

/** Section, key and row of every setting, in the table's order. */
export function listSettings(): { section: string; key: string; setting: Setting<unknown> }[] {
  return [...table].flatMap(([section, rows]) =>
    [...rows].map(([key, setting]) => ({ section, key, setting })),
  );
}

function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?$/.test(value);
}

function isHostAndPort(value: string): boolean {
  return /^(\[[\da-fA-F:.]+\]|[\w.-]+):\d{1,5}$/.test(value) && URL.canParse(`http://${value}`);
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:\/\/[^\s?#]+$/.test(value);
}

function isSyslogAddress(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || !/^(udp|tcp):$/.test(url.protocol) || /\s/.test(value)) return false;
  return (
    url.hostname !== '' && url.port !== '' && url.username + url.password + url.pathname + url.search === ''
  );
}

function isRootUrl(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.username + url.password === '' && !/[\s?#]/.test(value);
}
