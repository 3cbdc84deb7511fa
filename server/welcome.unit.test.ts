import { expect, test } from 'vitest';
import { loadConfig } from './config/config.ts';
import type { Server } from './server.ts';
import { ownCommand } from './own-command.ts';
import { makeHome } from './testing/temporary-home.ts';
import { welcome } from './welcome.ts';

function said(
  isFirstRun: boolean,
  security: Record<string, string> = {},
  server: Record<string, string> = {},
  url = 'http://127.0.0.1:3000',
): string {
  const { config, entries } = loadConfig({ home: makeHome({}), env: {}, overrides: { security, server } });
  return welcome({ url, isFirstRun } as Server, config, ownCommand(entries, undefined));
}

test('a first start says how to sign in, in commands that work as they stand', () => {
  const text = said(true);
  expect(text).toContain('admin / admin');
  expect(text).toContain('  curl -u admin:admin http://127.0.0.1:3000/api/org\n');
});

test('a password that was set is not printed', () => {
  expect(said(true, { admin_password: 'hush-hush' })).not.toContain('hush');
  expect(said(false, { admin_password: 'hush-hush' })).not.toContain('hush');
});

test('a later start signs in with no password that may have changed, and says how to set one', () => {
  const text = said(false);
  expect(text).toContain('  curl -u admin http://127.0.0.1:3000/api/org\n');
  expect(text).toContain('reset-admin-password');
  expect(text).not.toContain('admin:admin');
});

test('where no administrator is made, none is named', () => {
  expect(said(false, { disable_initial_admin_creation: 'true' })).not.toContain('admin');
});

const NAMED = { domain: 'keys.example.org', root_url: 'https://keys.example.org/' };
test.each([
  ['http://0.0.0.0:3000', {}, 'http://127.0.0.1:3000'],
  ['http://[::]:3000', {}, 'http://[::1]:3000'],
  ['http://10.1.2.3:3000', NAMED, 'http://10.1.2.3:3000'],
  ['http://0.0.0.0:3000', { ...NAMED, enforce_domain: 'true' }, 'https://keys.example.org'],
  [
    'https://0.0.0.0:3000',
    { ...NAMED, protocol: 'https', cert_file: 'a', cert_key: 'b' },
    'https://keys.example.org',
  ],
])('what is to be tried goes where the server answers: %s', (url, server, expected) => {
  const text = said(true, {}, server, url);
  expect(text).toContain(`Latchkey listens on ${url} `);
  expect(text).toContain(`Open ${expected} in a browser`);
  expect(text).toContain(`curl -u admin:admin ${expected}/api/org\n`);
  expect(text).toContain(`  ${expected}/api/docs`);
});

test('a command that is advised names where this server is, and no secret', () => {
  const env = {
    GF_PATHS_DATA: "/srv/it's here",
    GF_DATABASE_URL: 'postgres://me:hush@10.0.0.1/keys',
    GF_SERVER_HTTP_PORT: '3131',
  };
  const { entries } = loadConfig({ home: makeHome({}), env });
  expect(ownCommand(entries, '/etc/latchkey.ini')('reset-admin-password')).toBe(
    "GF_PATHS_DATA='/srv/it'\\''s here' GF_DATABASE_URL=… npx latchkey reset-admin-password --config /etc/latchkey.ini",
  );
  expect(ownCommand(loadConfig({ home: makeHome({}), env: {} }).entries, undefined)('x')).toBe(
    'npx latchkey x',
  );
});
