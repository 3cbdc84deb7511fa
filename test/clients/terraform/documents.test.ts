import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../../server/testing/world.ts';
import { configure, type Provider } from './provider.ts';
import { folder } from './resources/folders-and-dashboards.ts';
import { apiKey, issueKey, issueToken, serviceAccount, token } from './resources/machines.ts';

// The configurations in the text on API keys and how to migrate them: what they make, and what becomes of it.

let world: World;
let basic: Provider;
beforeEach(async () => {
  world = await startWorld();
  basic = configure(world, ADMIN, 1);
});
afterEach(() => world.stop());

const FOO = { name: 'key_foo', role: 'Viewer' };
const BAR = { name: 'key_bar', role: 'Admin', seconds_to_live: 30 };
const SA_ADMIN = { name: 'sa-admin', role: 'Admin' };

const statusFor = async (key: string): Promise<number> =>
  (await world.send({ bearer: key }, 'GET', '/api/folders')).status;

test('"your current Terraform configuration": grafana_api_key.foo lasts, and .bar for 30 seconds', async () => {
  const foo = await issueKey(basic, FOO);
  const bar = await issueKey(basic, BAR);
  expect(await apiKey.read(basic, String(foo.id))).toEqual(FOO);
  expect(await apiKey.read(basic, String(bar.id))).toEqual({ name: 'key_bar', role: 'Admin' });
  expect([await statusFor(foo.key), await statusFor(bar.key)]).toEqual([200, 200]);

  world.clock.advance(30_000);
  expect([await statusFor(foo.key), await statusFor(bar.key)]).toEqual([200, 401]);
  // So the next plan makes it anew.
  expect(await apiKey.read(basic, String(bar.id))).toBeUndefined();
});

test('"your new Terraform configuration": a token of grafana_service_account.sa-admin makes resources', async () => {
  const account = await serviceAccount.create(basic, SA_ADMIN);
  expect(await serviceAccount.read(basic, account)).toEqual({ ...SA_ADMIN, is_disabled: false });
  const bar = await issueToken(basic, { name: 'sat-bar', service_account_id: account });
  const foo = await issueToken(basic, { name: 'sat-foo', service_account_id: account, seconds_to_live: 30 });

  const byToken = configure(world, { bearer: bar.key }, 1);
  const made = await folder.create(byToken, { uid: 'made', title: 'Made', parent_folder_uid: '' });
  expect(await folder.read(byToken, made)).toMatchObject({ title: 'Made' });

  world.clock.advance(30_000);
  expect([await statusFor(bar.key), await statusFor(foo.key)]).toEqual([200, 401]);
  expect(await token.read(basic, `${account}:${bar.id}`)).toMatchObject({ has_expired: false });
  expect(await token.read(basic, `${account}:${foo.id}`)).toMatchObject({ has_expired: true });
});

test('from the current configuration to the new one: the keys go once the tokens are there', async () => {
  const key = await issueKey(basic, FOO);
  const account = await serviceAccount.create(basic, SA_ADMIN);
  const { key: secret } = await issueToken(basic, { name: 'sat-bar', service_account_id: account });
  expect([await statusFor(key.key), await statusFor(secret)]).toEqual([200, 200]);

  await apiKey.destroy(basic, String(key.id));
  expect([await statusFor(key.key), await statusFor(secret)]).toEqual([401, 200]);

  await serviceAccount.destroy(basic, account);
  expect(await statusFor(secret)).toBe(401);
});
