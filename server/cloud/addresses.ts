import type { Config } from '../config/config.ts';

const LONGEST_LABEL = 63;

/** Where a stack is reached: at a port of its own, or at a name of its own below the domain. */
export interface Place {
  port: number | null;
  host: string | null;
}

/** The address of a stack, without a slash at the end. */
export function urlOfStack({ server, cloud }: Config, { port, host }: Place): string {
  const { protocol, port: ofServer } = new URL(server.root_url);
  if (host !== null)
    return `${protocol}//${host}.${cloud.stack_domain}${ofServer === '' ? '' : `:${ofServer}`}`;
  return `${server.protocol}://${nameOf(server)}:${port}`;
}

/** The name of a stack below the domain, in what a Host header says; undefined for any other host. */
export function labelIn(domain: string, header: string | undefined): string | undefined {
  const host = (header ?? '').toLowerCase().replace(/\.?(:\d*)?$/, '');
  if (!host.endsWith(`.${domain}`)) return undefined;
  return host.slice(0, -domain.length - 1);
}

/** The name below the domain that is the server's own, which no stack has; undefined where the server is elsewhere. */
export function labelOfServer({ server, cloud }: Config): string | undefined {
  return labelIn(cloud.stack_domain, new URL(server.root_url).host);
}

/** The name that a slug has in a host: DNS knows no underscores. */
export function labelOf(slug: string): string {
  return slug
    .replaceAll('_', '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST_LABEL);
}

/** Clients refuse a host without a dot. */
function nameOf({ domain, http_addr, root_url }: Config['server']): string {
  const known = domain === 'localhost' ? new URL(root_url).hostname.replace(/^\[|\]$/g, '') : domain;
  const name = http_addr === '0.0.0.0' || http_addr === '::' ? known : http_addr;
  if (name === 'localhost') return '127.0.0.1';
  return name.includes(':') ? `[${name}]` : name;
}
