import { expect, test } from 'vitest';
import { loadConfig } from './config/config.ts';
import type { Server } from './server.ts';
import { makeHome } from './testing/temporary-home.ts';
import { welcome } from './welcome.ts';

function said(isFirstRun: boolean, security: Record<string, string> = {}): string {
  const { config } = loadConfig({ home: makeHome({}), env: {}, overrides: { security } });
  return welcome({ url: 'http://127.0.0.1:3000', isFirstRun } as Server, config);
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
