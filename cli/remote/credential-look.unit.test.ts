import { expect, test } from 'vitest';
import { lookAt } from './credential-look.ts';

const key = (value: unknown): string => btoa(JSON.stringify(value));
const whole = key({ k: 'a'.repeat(32), n: 'my-api-key', id: 7 });

test.each([
  'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11',
  'glsa_aAxxaYc6QVtySMWxa7Np28bnbYDBV7j3_3799a9b4',
])('a token whose checksum fits: %s', (token) => {
  expect(lookAt({ token })).toMatchObject({ kind: 'service account token', isWellFormed: true });
});

test.each([
  ['glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe12', 'checksum does not fit'],
  ['glsa_ybe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11', 'checksum does not fit'],
  ['glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_E97ABE11', 'checksum does not fit'],
  ['glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ', '37 characters instead of 46'],
  [whole.slice(0, 40), 'cut off'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'JSON Web Token'],
  ['glc_eyJvIjoiMSJ9', 'Grafana Cloud'],
  [`Bearer ${whole}`, 'the word Bearer'],
  [`Authorization: Bearer ${whole}`, 'the word Authorization:'],
  [`"${whole}"`, 'quotation marks'],
  [`${whole.slice(0, 20)} ${whole.slice(20)}`, 'a space inside'],
  ['correct horse'.replace(' ', '-'), 'neither'],
  [key(null), 'neither'],
  [key(['k']), 'neither'],
  [key({ k: 1, n: 'x', id: 1 }), 'cannot be decoded'],
])('what is wrong with %j is said: %s', (token, says) => {
  const look = lookAt({ token });
  expect(look.isWellFormed).toBe(false);
  expect(look.says).toContain(says);
  expect(look.mend).toMatch(/\.$/);
});

test('an API key tells its name and organization, and its secret is kept', () => {
  const look = lookAt({ token: whole });
  expect(look).toMatchObject({ kind: 'API key', isWellFormed: true, name: 'my-api-key', orgId: 7 });
  expect(JSON.stringify(look)).not.toContain('aaaa');
});

test('a key in basic form is looked at as a key, and a password is not shown', () => {
  expect(lookAt({ user: 'api_key', password: whole })).toMatchObject({ kind: 'API key', name: 'my-api-key' });
  const look = lookAt({ user: 'ann', password: 'hush' });
  expect(look).toMatchObject({ kind: 'password', isWellFormed: true });
  expect(JSON.stringify(look)).not.toContain('hush');
});
