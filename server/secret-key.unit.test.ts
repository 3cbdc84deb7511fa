import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from './config/config-error.ts';
import { generatedSecretKey } from './secret-key.ts';
import { makeHome } from './testing/temporary-home.ts';

test('a key is made once, of 256 bits, and only its own user reads it', () => {
  const data = join(makeHome({}), 'data');
  const key = generatedSecretKey(data);
  expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  expect(generatedSecretKey(data)).toBe(key);
  expect(statSync(data).mode & 0o077).toBe(0);
  expect(statSync(join(data, 'secret-key')).mode & 0o077).toBe(0);
});

test.each(['', '\n', 'cut off'])('what an interrupted start left behind (%j) is no key', (left) => {
  const data = makeHome({ 'secret-key': left });
  expect(() => generatedSecretKey(data)).toThrow(ConfigError);
  expect(readFileSync(join(data, 'secret-key'), 'utf8')).toBe(left);
});

test('a key that another server is just writing is waited for', () => {
  const data = makeHome({});
  const path = join(data, 'secret-key');
  writeFileSync(path, '');
  const key = 'k'.repeat(43);
  spawn('sh', ['-c', `sleep 0.2; printf %s ${key} > '${path}'`]);
  expect(generatedSecretKey(data)).toBe(key);
});
