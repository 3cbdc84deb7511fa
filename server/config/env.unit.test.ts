import { expect, test } from 'vitest';
import { readEnvironment, variableName } from './env.ts';

const noFile = (path: string): string => {
  throw new Error(`no file ${path} expected`);
};
const read = (env: Record<string, string>, file = noFile) => readEnvironment(env, file);

test.each([
  ['server', 'http_port', 'GF_SERVER_HTTP_PORT'],
  ['DEFAULT', 'app_mode', 'GF_DEFAULT_APP_MODE'],
  ['auth.anonymous', 'enabled', 'GF_AUTH_ANONYMOUS_ENABLED'],
  ['plugin.some-plugin', 'key', 'GF_PLUGIN_SOME_PLUGIN_KEY'],
])('[%s] %s is set by %s', (section, key, variable) => {
  expect(variableName(section, key)).toBe(variable);
});

test('variables of settings are values with their source; others of the prefix are listed; the rest is left alone', () => {
  expect(
    read({ GF_SERVER_HTTP_PORT: '80', GF_LOG_CONSOLE_FORMAT: 'json', GF_SERVER_X: '1', HOME: '/root' }),
  ).toEqual({
    values: [
      {
        section: 'log.console',
        key: 'format',
        text: 'json',
        source: 'environment GF_LOG_CONSOLE_FORMAT',
        literal: false,
      },
      {
        section: 'server',
        key: 'http_port',
        text: '80',
        source: 'environment GF_SERVER_HTTP_PORT',
        literal: false,
      },
    ],
    unknown: ['GF_SERVER_X'],
  });
});

test('an empty variable counts as not set', () => {
  expect(read({ GF_SERVER_HTTP_PORT: '', GF_SERVER_X: '' })).toEqual({ values: [], unknown: [] });
});

test('GF_LOG_FILTERS is the list, and a longer name is one module', () => {
  const { values } = read({ GF_LOG_FILTERS: 'api:debug', GF_LOG_FILTERS_AUTH: 'warn' });
  expect(values.map(({ section, key, text }) => [section, key, text])).toEqual([
    ['log', 'filters', 'api:debug'],
    ['log.filters', 'auth', 'warn'],
  ]);
});

test('a variable that ends in __FILE gives what the file says, unchanged', () => {
  const { values } = read({ GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/pw' }, (path) => `${path} says \${X}`);
  expect(values).toEqual([
    {
      section: 'security',
      key: 'admin_password',
      text: '/run/pw says ${X}',
      source: 'environment GF_SECURITY_ADMIN_PASSWORD__FILE',
      literal: true,
    },
  ]);
});

test('a value and a file for the same setting stop', () => {
  const env = { GF_SECURITY_ADMIN_PASSWORD: 'a', GF_SECURITY_ADMIN_PASSWORD__FILE: '/b' };
  expect(() => read(env)).toThrow(
    'GF_SECURITY_ADMIN_PASSWORD and GF_SECURITY_ADMIN_PASSWORD__FILE are both set; set one of them',
  );
});
