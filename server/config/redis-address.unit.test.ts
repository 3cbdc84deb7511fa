import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';

const PLAIN: RedisAddress = {
  host: '127.0.0.1',
  port: 6379,
  username: '',
  password: '',
  db: 0,
  tls: 'off',
};

test.each<[string, Partial<RedisAddress>]>([
  ['addr=127.0.0.1:6379,pool_size=100,db=0,ssl=false', {}],
  ['addr=127.0.0.1', {}],
  [
    'addr=cache.example.org:6380, db=3, ssl=true',
    { host: 'cache.example.org', port: 6380, db: 3, tls: 'verified' },
  ],
  ['addr=[fd00::1]:7000,ssl=insecure', { host: 'fd00::1', port: 7000, tls: 'insecure' }],
  ['addr=127.0.0.1:6379,username=me,password=a=b', { username: 'me', password: 'a=b' }],
  ['redis://127.0.0.1', {}],
  ['valkey://:p%40ss@127.0.0.1:6379/2', { password: 'p@ss', db: 2 }],
  [
    'rediss://me:secret@[fd00::1]:6380',
    { host: 'fd00::1', port: 6380, username: 'me', password: 'secret', tls: 'verified' },
  ],
])('%s is read', (text, differing) => {
  expect(parseRedisAddress(text)).toEqual({ ...PLAIN, ...differing });
});

test.each([
  '',
  '127.0.0.1:6379',
  'db=0',
  'addr=127.0.0.1:0',
  'addr=127.0.0.1:70000',
  'addr=127.0.0.1:6379,db=first',
  'addr=127.0.0.1:6379,ssl=perhaps',
  'addr=127.0.0.1:6379,pool_size=many',
  'addr=127.0.0.1:6379,passwort=x',
  'addr=a,addr=b',
  'addr=127.0.0.1:6379,username=me',
  'redis://',
  'redis://127.0.0.1/first',
  'redis://127.0.0.1?db=1',
  'redis://:%zz@127.0.0.1',
  'http://127.0.0.1:6379',
])('%j is refused', (text) => {
  expect(parseRedisAddress(text)).toBeUndefined();
});

test('any password that is encoded in an address comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
      const read = parseRedisAddress(`redis://:${encodeURIComponent(password)}@localhost`);
      expect(read?.password).toBe(password);
    }),
  );
});
