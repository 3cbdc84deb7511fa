import type { Config } from './config/config.ts';
import { DEFAULT_PASSWORD } from './modules/users/first-password.ts';
import type { OwnCommand } from './own-command.ts';
import type { Started } from './server.ts';

const SET_PASSWORD = 'reset-admin-password';

/** What a start prints for the person who started it: where the server is, how to sign in, what to try next. */
export function welcome(server: Started, config: Config, own: OwnCommand): string {
  const { type, path } = config.database;
  const where = type === 'postgres' ? 'PostgreSQL' : path;
  const url = addressToTry(server.url, config);
  const lines = [
    `Latchkey listens on ${server.url}   (data: ${where})`,
    ...warnings(server, own),
    ...(server.isFirstRun ? firstSteps(server, config, own) : laterSteps(config, own)),
    `Open ${url} in a browser, or try:`,
    ...requests(url, server, config),
    '  npx latchkey --help',
    `  ${url}/api/docs   (every request, to read and try)`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}

/** Where the one who started it reaches the server: by its name where it answers to that alone, or its certificate is for that. */
function addressToTry(url: string, { server }: Config): string {
  const { enforce_domain, http_port, protocol, root_url } = server;
  // A port that the system chose is not in root_url.
  if ((enforce_domain || protocol === 'https') && http_port !== 0) return root_url.replace(/\/$/, '');
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

function warnings({ defaultPasswordOf: login }: Started, own: OwnCommand): string[] {
  if (login === undefined) return [];
  return [
    `WARNING: others can reach this server, and ${login} still has the password ${DEFAULT_PASSWORD}. Set another now:`,
    `  ${own(`${SET_PASSWORD} --login ${login}`)}`,
  ];
}

function firstSteps({ generatedPassword }: Started, { security }: Config, own: OwnCommand): string[] {
  const { admin_user: login, admin_password: password } = security;
  const set = own(SET_PASSWORD);
  if (generatedPassword !== undefined) {
    return [
      `Sign in first as  ${login} / ${generatedPassword}   (made for you, shown this once; set another: ${set})`,
    ];
  }
  return [
    password === DEFAULT_PASSWORD
      ? `Sign in first as  ${login} / ${DEFAULT_PASSWORD}   (change it: ${set})`
      : `Sign in first as  ${login} / the password that you set`,
  ];
}

// By now the password may be another, and the administrator too.
function laterSteps({ security }: Config, own: OwnCommand): string[] {
  if (security.disable_initial_admin_creation) return [];
  const { admin_user: login, admin_password: password } = security;
  const isDefault = password === DEFAULT_PASSWORD && !security.generate_admin_password;
  const first = isDefault ? `at first its password is ${DEFAULT_PASSWORD}; ` : '';
  return [`Sign in as  ${login}   (${first}set another: ${own(SET_PASSWORD)})`];
}

function requests(url: string, { isFirstRun, generatedPassword }: Started, { security }: Config): string[] {
  const { admin_user: login, admin_password: password } = security;
  if (!isFirstRun)
    return security.disable_initial_admin_creation ? [] : [`  curl -u ${login} ${url}/api/org`];
  const isDefault = generatedPassword === undefined && password === DEFAULT_PASSWORD;
  // Without a password, curl asks for it.
  const credentials = isDefault ? `${login}:${DEFAULT_PASSWORD}` : login;
  return [
    `  curl -u ${credentials} ${url}/api/org`,
    `  curl -u ${credentials} -H 'Content-Type: application/json' -d '{"name":"my-first-key","role":"Viewer"}' ${url}/api/auth/keys`,
  ];
}
