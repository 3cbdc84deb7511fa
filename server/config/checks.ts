import { availableParallelism } from 'node:os';
import { ConfigError } from './config-error.ts';
import type { Resolve } from './given.ts';
import { logParts } from './kinds.ts';
import type { Config } from './settings.ts';
import { quoted } from './shown.ts';

type Settled = { readonly config: Config; readonly resolve: Resolve };

const serverParts = ['host', 'name', 'user', 'password', 'ssl_mode', 'max_open_conn'];

/** Stops at settings that contradict each other; gives a warning for each that has no effect or a bad one. */
export function checkTogether(settled: Settled): string[] {
  checkMetricsPassword(settled);
  checkSampler(settled);
  checkDomain(settled);
  checkFirstPassword(settled);
  checkAudit(settled);
  checkCloud(settled);
  return [
    ...checkDatabase(settled),
    ...checkConnections(settled),
    ...checkRemoteCache(settled),
    ...checkTls(settled),
    ...checkProxies(settled),
    ...checkCookies(settled),
    ...checkFilters(settled),
  ];
}

function checkDatabase({ config, resolve }: Settled): string[] {
  const { type, url } = config.database;
  const ignored = (keys: string[], why: string) =>
    keys
      .map((key) => ({ key, ...resolve('database', key) }))
      .filter(({ layer }) => layer > 0)
      .map(({ key, source }) => `[database] ${key} (${source}) is not read: ${why}`);
  if (url !== '' && type === 'sqlite') {
    const typed = resolve('database', 'type');
    throw new ConfigError(
      `[database] type = ${quoted(typed.text)} (${typed.source}) contradicts url (${resolve('database', 'url').source}): ` +
        'remove url, or set type = postgres',
    );
  }
  if (type === 'sqlite') return ignored(serverParts, 'type is sqlite3');
  const unread = url === '' ? [] : serverParts.filter((key) => key !== 'max_open_conn');
  return [...ignored(unread, 'url is set'), ...ignored(['path'], 'type is postgres')];
}

function checkCookies({ config, resolve }: Settled): string[] {
  if (config.security.cookie_samesite !== 'none' || config.security.cookie_secure) return [];
  const { source } = resolve('security', 'cookie_samesite');
  return [
    `[security] cookie_samesite = none (${source}): browsers drop such cookies unless cookie_secure = true`,
  ];
}

function checkAudit({ config, resolve }: Settled): void {
  if (!config.audit.required || config.audit.file !== '') return;
  const { source } = resolve('audit', 'required');
  throw new ConfigError(
    `[audit] required = true (${source}) needs a file: set [audit] file too. A syslog server does not say what it has kept`,
  );
}

function checkConnections({ config, resolve }: Settled): string[] {
  const { type, max_open_conn: most } = config.database;
  const workers = config.server.workers || availableParallelism();
  if (type !== 'postgres' || most === 0 || most >= workers) return [];
  const { source } = resolve('database', 'max_open_conn');
  return [
    `[database] max_open_conn = ${most} (${source}) is less than one for each of ${workers} workers ([server] workers): they open ` +
      `${workers}. Set max_open_conn to ${workers} or more, or workers to ${most} or less`,
  ];
}

function checkRemoteCache({ config, resolve }: Settled): string[] {
  const { type, connstr } = config.remote_cache;
  if (type === 'redis' && connstr === '') {
    const { source } = resolve('remote_cache', 'type');
    throw new ConfigError(
      `[remote_cache] type = redis (${source}) needs connstr too, such as addr=127.0.0.1:6379`,
    );
  }
  if (type === 'redis' || connstr === '') return [];
  const { source } = resolve('remote_cache', 'connstr');
  return [
    `[remote_cache] connstr (${source}) is not read: type is database, and each server counts limits for itself. ` +
      'Set type = redis to have them counted there',
  ];
}

function checkCloud({ config, resolve }: Settled): void {
  const { cloud, database, server } = config;
  if (!cloud.enabled || database.type !== 'sqlite' || server.workers === 1) return;
  const { source } = resolve('server', 'workers');
  throw new ConfigError(
    `[server] workers = ${server.workers} (${source}) does not go with [cloud] enabled on SQLite: of each stack, one process ` +
      'alone may remember things. Set workers = 1, or use PostgreSQL',
  );
}

function checkMetricsPassword({ config, resolve }: Settled): void {
  const { basic_auth_username: name, basic_auth_password: password } = config.metrics;
  if ((name === '') === (password === '')) return;
  const [set, missing] = name === '' ? ['password', 'username'] : ['username', 'password'];
  const { source } = resolve('metrics', `basic_auth_${set}`);
  throw new ConfigError(
    `[metrics] basic_auth_${set} (${source}) needs basic_auth_${missing} too: set both or neither`,
  );
}

function checkTls({ config, resolve }: Settled): string[] {
  const { protocol, cert_file, cert_key } = config.server;
  if (protocol === 'https' && (cert_file === '' || cert_key === '')) {
    const { source } = resolve('server', 'protocol');
    throw new ConfigError(
      `[server] protocol = https (${source}) needs cert_file and cert_key, the PEM files of a certificate and its key`,
    );
  }
  if (protocol === 'https') return [];
  return ['cert_file', 'cert_key', 'cert_pass', 'min_tls_version']
    .map((key) => ({ key, ...resolve('server', key) }))
    .filter(({ layer, text }) => layer > 0 && text !== '')
    .map(({ key, source }) => `[server] ${key} (${source}) is not read: protocol is http`);
}

function checkProxies({ config, resolve }: Settled): string[] {
  if (config.server.trusted_proxies.every(({ prefix }) => prefix > 0)) return [];
  const { text, source } = resolve('server', 'trusted_proxies');
  return [
    `[server] trusted_proxies = ${quoted(text)} (${source}) is everybody: each may claim any address in X-Forwarded-For. ` +
      'Name the addresses of your proxies alone',
  ];
}

function checkDomain({ config, resolve }: Settled): void {
  const { domain, enforce_domain, root_url } = config.server;
  const name = new URL(root_url).hostname.replace(/^\[|\]$/g, '');
  if (!enforce_domain || name === domain.toLowerCase()) return;
  const { source } = resolve('server', 'enforce_domain');
  throw new ConfigError(
    `[server] enforce_domain (${source}) would send browsers in circles: the host of root_url (${quoted(name)}) must be domain (${quoted(domain)})`,
  );
}

function checkFirstPassword({ config, resolve }: Settled): void {
  const { layer, source } = resolve('security', 'admin_password');
  if (!config.security.generate_admin_password || layer === 0) return;
  throw new ConfigError(
    `[security] generate_admin_password contradicts admin_password (${source}): remove one of them`,
  );
}

function checkFilters({ config }: Settled): string[] {
  const known: readonly string[] = logParts;
  return Object.keys(config['log.filters'])
    .filter((part) => !known.includes(part))
    .map((part) => `[log.filters] ${quoted(part)} is no part of this server: there are ${known.join(', ')}`);
}

function checkSampler({ config, resolve }: Settled): void {
  const { sampler_type: type, sampler_param: text } = config['tracing.opentelemetry'];
  const number = Number(text);
  const isFit = { const: number === 0 || number === 1, probabilistic: number <= 1, rateLimiting: number > 0 };
  if (isFit[type]) return;
  const { source } = resolve('tracing.opentelemetry', 'sampler_param');
  const wanted = { const: '0 or 1', probabilistic: 'from 0 to 1', rateLimiting: 'more than 0' };
  throw new ConfigError(
    `[tracing.opentelemetry] sampler_param = ${quoted(text)} (${source}) must be ${wanted[type]} for sampler_type = ${type}`,
  );
}
