import type { Config } from './config/config.ts';
import type { Server } from './server.ts';

const DEFAULT_PASSWORD = 'admin';

/** What a start prints for the person who started it: where the server is, how to sign in, what to try next. */
export function welcome({ url, isFirstRun }: Server, { security, database }: Config): string {
  const { admin_user: login, admin_password: password } = security;
  const isDefault = password === DEFAULT_PASSWORD;
  const signIn = isDefault
    ? `${login} / ${DEFAULT_PASSWORD}   (change it: npx latchkey reset-admin-password)`
    : `${login} / the password that you set`;
  const credentials = isDefault ? `${login}:${DEFAULT_PASSWORD}` : login;
  const where = database.type === 'postgres' ? 'PostgreSQL' : database.path;
  const lines = [
    `Latchkey listens on ${url}   (data: ${where})`,
    ...(isFirstRun ? [`Sign in first as  ${signIn}`] : []),
    'Try next:',
    `  curl -u ${credentials} ${url}/api/org`,
    `  curl -u ${credentials} -H 'Content-Type: application/json' -d '{"name":"my-first-key","role":"Viewer"}' ${url}/api/auth/keys`,
    '  npx latchkey --help',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
