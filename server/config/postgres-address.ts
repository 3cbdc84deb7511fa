const URL_OF_SERVERS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/;
const HOST = /^(?:\[([\da-fA-F:.]+)\]|([^\s:/,[\]]+))(?::(\d{1,5}))?$/;
// What else stands in a url is the driver's to judge; of these it reads past what it does not know.
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  target_session_attrs: new Set(['any', 'read-write', 'primary']),
  sslmode: new Set(['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']),
};

/** One host of `[database] host`; without a port where none is given. */
export interface PostgresHost {
  host: string;
  port?: number;
}

/**
 * The addresses in a url of one or several servers, as libpq takes it (postgres://a:5432,b:5433/name), each with all the rest of it.
 * Undefined when it is none, asks by target_session_attrs for a server that takes no writes, or has an sslmode that is none.
 */
export function parsePostgresUrl(text: string): string[] | undefined {
  const [, before = '', servers = '', after = ''] = URL_OF_SERVERS.exec(text) ?? [];
  const hosts = servers.split(',');
  if (before === '' || /\s/.test(text) || (hosts.length > 1 && hosts.includes(''))) return undefined;
  const urls = hosts.map((host) => URL.parse(before + host + after));
  if (!urls.every((url) => url !== null && isKnown(url))) return undefined;
  return hosts.map((host) => before + host + after);
}

/** Whether a url asks for a server that takes writes, even where it names only one. */
export function asksForWriter(url: string): boolean {
  return /[?&]target_session_attrs=(read-write|primary)(&|$)/.test(url);
}

/** Reads `a:5432,b:5433`, or the directory of a socket; undefined when it is neither. */
export function parsePostgresHosts(text: string): PostgresHost[] | undefined {
  if (text.startsWith('/')) return [{ host: text }];
  const hosts: PostgresHost[] = [];
  for (const each of text.split(',')) {
    const [, ipv6, name, port] = HOST.exec(each.trim()) ?? [];
    const host = ipv6 ?? name;
    if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
    hosts.push(port === undefined ? { host } : { host, port: Number(port) });
  }
  return hosts;
}

function isKnown({ searchParams }: URL): boolean {
  return Object.entries(KNOWN).every(([name, values]) =>
    searchParams.getAll(name).every((value) => values.has(value)),
  );
}
