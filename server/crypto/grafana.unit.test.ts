import { expect, test } from 'vitest';
import {
  grafanaEncrypted,
  grafanaEnveloped,
  grafanaHashOf,
  grafanaToken,
} from '../../test/support/grafana-secrets.ts';
import { grafanaHash, importedPassword, importedPasswordFits, isGrafanaHash } from './grafana-hashes.ts';
import { decryptGrafanaText, readEncrypted } from './grafana-secrets.ts';
import { grafanaPartsOf } from './secrets.ts';

const PLAIN = 'a secret — with letters beyond ASCII, and long enough';

test('a hash is 50 bytes of PBKDF2 in hex, and the same for the same secret and salt', async () => {
  const hash = await grafanaHash('secret', 'salt');
  expect(hash).toBe(grafanaHashOf('secret', 'salt'));
  expect(isGrafanaHash(hash)).toBe(true);
  expect(await grafanaHash('secret', 'salt2')).not.toBe(hash);
  for (const no of ['', hash.slice(1), `${hash}0`, hash.toUpperCase()]) expect(isGrafanaHash(no)).toBe(false);
});

test('of a token the letters are hashed with the checksum, of a key its k with its name', () => {
  expect(grafanaPartsOf('glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11')).toEqual({
    secret: 'xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ',
    salt: 'e97abe11',
  });
  const key = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
  expect(grafanaPartsOf(key({ k: 'abc', n: 'ci', id: 1 }))).toEqual({ secret: 'abc', salt: 'ci' });
  expect(grafanaPartsOf(key({ k: 'abc', n: '', id: 1 }))).toEqual({ secret: 'abc', salt: '' });
  for (const no of [{ k: 'abc' }, { k: '', n: 'ci' }, { k: 1, n: 'ci' }, { k: 'abc', n: 1 }, null, []]) {
    expect(grafanaPartsOf(key(no))).toBeUndefined();
  }
  expect(grafanaPartsOf(`${grafanaToken().secret.slice(0, -1)}x`)).toBeUndefined();
});

test('a password fits its own hash alone', async () => {
  for (const salt of ['salt', 'a:salt $ of all kinds é']) {
    const stored = importedPassword(grafanaHashOf('pässword', salt), salt);
    expect(await importedPasswordFits('pässword', stored)).toBe(true);
    expect(await importedPasswordFits('password', stored)).toBe(false);
  }
  expect(await importedPasswordFits('', undefined)).toBe(false);
  expect(await importedPasswordFits('x', '$grafana$broken')).toBe(false);
});

test.each(['old', 'aes-cfb', 'aes-gcm'] as const)(
  'what was encrypted in the form "%s" opens',
  async (form) => {
    const { keyId, payload } = readEncrypted(grafanaEncrypted(PLAIN, 'the key', form));
    expect(keyId).toBeUndefined();
    expect(await decryptGrafanaText(payload, 'the key')).toBe(PLAIN);
    expect(await decryptGrafanaText(payload, 'another key')).toBeUndefined();
  },
);

test('what is under a data key names it', async () => {
  const dataKey = Buffer.from('0123456789abcdef');
  const { keyId, payload } = readEncrypted(grafanaEnveloped(PLAIN, 'key-1', dataKey));
  expect(keyId).toBe('key-1');
  expect(await decryptGrafanaText(payload, dataKey)).toBe(PLAIN);
});

test('what is in no form that is known opens to nothing', async () => {
  const unknown = Buffer.concat([Buffer.from('*cm90MTM*'), Buffer.alloc(60)]);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(5), Buffer.from('#'), Buffer.from('*a*b'), unknown]) {
    expect(await decryptGrafanaText(readEncrypted(bytes).payload, 'the key')).toBeUndefined();
  }
});
