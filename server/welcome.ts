import type { Config } from './config/config.ts';
import { DEFAULT_PASSWORD } from './modules/users/first-password.ts';
import type { Server } from './server.ts';

const SET_PASSWORD = 'npx latchkey reset-admin-password';
const TRY = 'Open it in a browser, or try:';

/** What a start prints for the person who started it: where the server is, how to sign in, what to try next. */
export function welcome(server: Server, config: Config): string {
  const { type, path } = config.database;
  const where = type === 'postgres' ? 'PostgreSQL' : path;
  const lines = [
    `Latchkey listens on ${server.url}   (data: ${where})`,
    ...warnings(server),
    ...(server.isFirstRun ? firstSteps(server, config) : laterSteps(server.url, config)),
    '  npx latchkey --help',
    `  ${server.url}/api/docs   (every request, to read and try)`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}

function warnings({ defaultPasswordOf: login }: Server): string[] {
  if (login === undefined) return [];
  return [
    `WARNING: others can reach this server, and ${login} still has the password ${DEFAULT_PASSWORD}. Set another now:`,
    `  ${SET_PASSWORD} --login ${login}`,
  ];
}

function firstSteps({ url, generatedPassword }: Server, { security }: Config): string[] {
  const { admin_user: login, admin_password: password } = security;
  const isDefault = generatedPassword === undefined && password === DEFAULT_PASSWORD;
  // Without a password, curl asks for it.
  const credentials = isDefault ? `${login}:${DEFAULT_PASSWORD}` : login;
  const made =
    generatedPassword === undefined
      ? 'the password that you set'
      : `${generatedPassword}   (made for you, shown this once; set another: ${SET_PASSWORD})`;
  return [
    isDefault
      ? `Sign in first as  ${login} / ${DEFAULT_PASSWORD}   (change it: ${SET_PASSWORD})`
      : `Sign in first as  ${login} / ${made}`,
    TRY,
    `  curl -u ${credentials} ${url}/api/org`,
    `  curl -u ${credentials} -H 'Content-Type: application/json' -d '{"name":"my-first-key","role":"Viewer"}' ${url}/api/auth/keys`,
  ];
}

// By now the password may be another, and the administrator too.
function laterSteps(url: string, { security }: Config): string[] {
  if (security.disable_initial_admin_creation) return [TRY];
  const { admin_user: login, admin_password: password } = security;
  const isDefault = password === DEFAULT_PASSWORD && !security.generate_admin_password;
  const first = isDefault ? `at first its password is ${DEFAULT_PASSWORD}; ` : '';
  return [
    `Sign in as  ${login}   (${first}set another: ${SET_PASSWORD})`,
    TRY,
    `  curl -u ${login} ${url}/api/org`,
  ];
}
