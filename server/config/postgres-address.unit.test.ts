import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asksForWriter, parsePostgresHosts, parsePostgresUrl } from './postgres-address.ts';

const hosts = fc.uniqueArray(
  fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('db_1', 'db')).chain((host) =>
    fc.oneof(
      fc.constant(host),
      fc.integer({ min: 1, max: 65_535 }).map((port) => `${host}:${port}`),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

test('each server of a url is an address of its own, which is like the url but for the server', () => {
  const parts = fc.record({
    user: fc.constantFrom('', 'bob@', 'bob:pass%40word@'),
    rest: fc.constantFrom('', '/keys', '/keys?sslmode=require'),
  });
  fc.assert(
    fc.property(hosts, parts, (all, { user, rest }) => {
      const url = (servers: string) => `postgres://${user}${servers}${rest}`;
      expect(parsePostgresUrl(url(all.join(',')))).toEqual(all.map(url));
    }),
  );
});

test.each([
  'postgres://a:5432,/keys',
  'postgres://,a/keys',
  'postgres://a:65536,b/keys',
  'postgres://a:5432,b:x/keys',
  'postgres://a, b/keys',
  'mysql://a,b/keys',
  'postgres:a,b/keys',
  'postgres://a,b/keys?target_session_attrs=read-only',
  'postgres://a,b/keys?target_session_attrs=prefer-standby',
  'postgres://a/keys?target_session_attrs=standby',
  'postgres://a/keys?sslmode=bogus',
  'postgres://a/keys?sslmode=',
  'postgres://a,b/keys?sslmode=require&sslmode=allow',
])('is no address of a PostgreSQL that takes writes: %s', (url) => {
  expect(parsePostgresUrl(url)).toBeUndefined();
});

test.each([
  ['postgres://a/keys', false],
  ['postgres://a/keys?target_session_attrs=any', false],
  ['postgres://a/keys?target_session_attrs=read-write', true],
  ['postgres://a/keys?sslmode=require&target_session_attrs=primary', true],
])('asks for a server that takes writes: %s is %s', (url, asks) => {
  expect(parsePostgresUrl(url)).toEqual([url]);
  expect(asksForWriter(url)).toBe(asks);
});

test('hosts are read back as they were written', () => {
  fc.assert(
    fc.property(hosts, (all) => {
      const read = parsePostgresHosts(all.join(','));
      expect(read?.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`))).toEqual(all);
    }),
  );
  expect(parsePostgresHosts('[::1]:5432, db')).toEqual([{ host: '::1', port: 5432 }, { host: 'db' }]);
  expect(parsePostgresHosts('/var/run/postgresql')).toEqual([{ host: '/var/run/postgresql' }]);
});

test.each(['', 'a,', 'a:0', 'a:65536', 'a:5432:1', '::1', 'a b', 'a,/run'])('are no hosts: "%s"', (text) => {
  expect(parsePostgresHosts(text)).toBeUndefined();
});
