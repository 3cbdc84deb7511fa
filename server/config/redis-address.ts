/** Where a Redis or Valkey is, and how one gets in. */
export interface RedisAddress {
  host: string;
  port: number;
  username: string;
  password: string;
  db: number;
  /** `insecure` is TLS that believes any certificate. */
  tls: 'off' | 'verified' | 'insecure';
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/;
const TLS: Readonly<Record<string, RedisAddress['tls']>> = {
  true: 'verified',
  false: 'off',
  insecure: 'insecure',
};
const KNOWN = new Set(['addr', 'username', 'password', 'db', 'pool_size', 'ssl']);

/**
 * Reads what Grafana takes, such as `addr=127.0.0.1:6379,password=secret,db=0,ssl=false`, or an address that begins with redis,
 * rediss, valkey or valkeys. Undefined when it is neither. `pool_size` is read past: one connection carries everything.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  return /^[a-z]+:\/\//i.test(text) ? fromUrl(text) : fromPairs(text);
}

function fromPairs(text: string): RedisAddress | undefined {
  const pairs = new Map<string, string>();
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (!KNOWN.has(name) || pairs.has(name)) return undefined;
    pairs.set(name, pair.slice(at + 1).trim());
  }
  if (!/^\d*$/.test(pairs.get('pool_size') ?? '')) return undefined;
  const [, ipv6, name, port = '6379'] = ADDRESS.exec(pairs.get('addr') ?? '') ?? [];
  return checked({
    host: ipv6 ?? name,
    port,
    username: pairs.get('username') ?? '',
    password: pairs.get('password') ?? '',
    db: pairs.get('db') ?? '0',
    tls: TLS[pairs.get('ssl') ?? 'false'],
  });
}

function fromUrl(text: string): RedisAddress | undefined {
  const url = URL.parse(text);
  const [, secure] = /^(?:redis|valkey)(s?):$/.exec(url?.protocol ?? '') ?? [];
  if (url === null || secure === undefined || /\s/.test(text) || url.search + url.hash !== '')
    return undefined;
  try {
    return checked({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || '6379',
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      db: url.pathname.slice(1) || '0',
      tls: secure === '' ? 'off' : 'verified',
    });
  } catch {
    // A percent sign that stands for nothing.
    return undefined;
  }
}

function checked(given: {
  host: string | undefined;
  port: string;
  username: string;
  password: string;
  db: string;
  tls: RedisAddress['tls'] | undefined;
}): RedisAddress | undefined {
  const { host, tls } = given;
  const [port, db] = [Number(given.port), Number(given.db)];
  if (host === undefined || host === '' || tls === undefined || port < 1 || port > 65_535) return undefined;
  // Redis takes a user name with a password alone.
  if (!/^\d{1,5}$/.test(given.db) || (given.username !== '' && given.password === '')) return undefined;
  return { ...given, host, tls, port, db };
}
