import type { Config } from './config/config.ts';
import type { Server } from './server.ts';

const DEFAULT_PASSWORD = 'admin';
const SET_PASSWORD = 'npx latchkey reset-admin-password';
const TRY = 'Open it in a browser, or try:';

/** What a start prints for the person who started it: where the server is, how to sign in, what to try next. */
export function welcome(server: Server, config: Config): string {
  const { type, path } = config.database;
  const where = type === 'postgres' ? 'PostgreSQL' : path;
  const lines = [
    `Latchkey listens on ${server.url}   (data: ${where})`,
    ...(server.isFirstRun ? firstSteps(server.url, config) : laterSteps(server.url, config)),
    '  npx latchkey --help',
    `  ${server.url}/api/docs   (every request, to read and try)`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}

function firstSteps(url: string, { security }: Config): string[] {
  const { admin_user: login, admin_password: password } = security;
  const isDefault = password === DEFAULT_PASSWORD;
  // Without a password, curl asks for it.
  const credentials = isDefault ? `${login}:${DEFAULT_PASSWORD}` : login;
  return [
    isDefault
      ? `Sign in first as  ${login} / ${DEFAULT_PASSWORD}   (change it: ${SET_PASSWORD})`
      : `Sign in first as  ${login} / the password that you set`,
    TRY,
    `  curl -u ${credentials} ${url}/api/org`,
    `  curl -u ${credentials} -H 'Content-Type: application/json' -d '{"name":"my-first-key","role":"Viewer"}' ${url}/api/auth/keys`,
  ];
}

// By now the password may be another, and the administrator too.
function laterSteps(url: string, { security }: Config): string[] {
  if (security.disable_initial_admin_creation) return [TRY];
  const { admin_user: login, admin_password: password } = security;
  const first = password === DEFAULT_PASSWORD ? `at first its password is ${DEFAULT_PASSWORD}; ` : '';
  return [
    `Sign in as  ${login}   (${first}set another: ${SET_PASSWORD})`,
    TRY,
    `  curl -u ${login} ${url}/api/org`,
  ];
}
