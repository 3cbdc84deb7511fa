import { hash } from 'node:crypto';

/** Where the picture of a person is: Grafana names it by the email, or by the login where there is none. */
export function avatarUrl({ email, login }: { email: string; login: string }): string {
  return `/avatar/${hash('md5', (email || login).toLowerCase())}`;
}
