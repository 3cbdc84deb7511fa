import { expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../app.ts';
import { listSettings } from '../../config/settings.ts';
import { ADMIN, startWorld, type World } from '../../testing/world.ts';

async function makeWorld(overrides: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(overrides);
  onTestFinished(() => world.stop());
  return world;
}

test('every setting in force is told as text, by section and key', async () => {
  const world = await makeWorld({
    auth: { login_maximum_lifetime_duration: '36h' },
    users: { auto_assign_org_role: 'Editor' },
    'log.filters': { auth: 'debug' },
    ...({ 'cloud.region.eu': { name: 'Europe' } } as object),
  });
  const { status, body } = await world.send(ADMIN, 'GET', '/api/admin/settings');
  expect(status).toBe(200);
  // What any name may stand in is there where a name does.
  const always = listSettings().filter(({ section, key }) => key !== '*' && !section.endsWith('.*'));
  for (const { section, key } of always) {
    expect([section, key, typeof body[section]?.[key]]).toEqual([section, key, 'string']);
  }
  expect(body).toMatchObject({
    auth: { login_maximum_lifetime_duration: '36h', login_maximum_inactive_lifetime_duration: '7d' },
    users: { auto_assign_org_role: 'Editor', allow_sign_up: 'false' },
    limits: { max_body_bytes: '1048576' },
    usage: { flush_interval: '30s', keep_for: '30d' },
    log: { filters: 'auth:debug' },
    'log.filters': { auth: 'debug' },
    cloud: { stack_ports: '4000-4999' },
    'cloud.region.eu': { name: 'Europe', logs_url: '' },
  });
});

test('no secret is told, not even to an administrator', async () => {
  const world = await makeWorld({
    security: { secret_key: 'hidden-1', admin_password: 'hidden-2' },
    metrics: { basic_auth_username: 'scraper', basic_auth_password: 'hidden-3' },
  });
  const as = { basic: 'admin:hidden-2' };
  const { status, body } = await world.send(as, 'GET', '/api/admin/settings');
  expect(status).toBe(200);
  const explained = await world.send(as, 'GET', '/api/admin/settings/explained');
  expect(JSON.stringify(explained.body)).not.toContain('hidden-');
  expect(JSON.stringify(body)).not.toContain('hidden-');
  // Only PostgreSQL has an address, and its password is in it.
  expect(body.database.url).toMatch(/^$|:\*{9}@/);
  expect(body.security).toMatchObject({ secret_key: '*********', admin_password: '*********' });
  expect(body.metrics).toMatchObject({ basic_auth_username: 'scraper', basic_auth_password: '*********' });
  // Unset is not the same as hidden.
  expect(body.database.password).toBe('');
});

test('every setting is explained: its value, what it means, what else it may be and what sets it', async () => {
  const world = await makeWorld({
    access_control: { editors_can_delete: true },
    'log.filters': { auth: 'debug' },
  });
  const { status, body } = await world.send(ADMIN, 'GET', '/api/admin/settings/explained');
  expect(status).toBe(200);
  expect(body).toContainEqual({
    section: 'access_control',
    key: 'editors_can_delete',
    value: 'true',
    default: 'false',
    meaning: 'Editors may delete dashboards and folders, as in Grafana',
    allowed: 'true or false (also yes, no, on, off, 1, 0)',
    variable: 'GF_ACCESS_CONTROL_EDITORS_CAN_DELETE',
    isSecret: false,
  });
  const inForce = (await world.send(ADMIN, 'GET', '/api/admin/settings')).body;
  for (const { section, key, value } of body)
    expect([section, key, value]).toEqual([section, key, inForce[section][key]]);
  const secrets = body.filter(({ isSecret }: { isSecret: boolean }) => isSecret);
  expect(secrets.length).toBeGreaterThan(0);
  for (const { key, value } of secrets) expect(value, key).toMatch(/^$|^\*{9}$/);
  expect(body.length).toBe(Object.values(inForce).flatMap((keys) => Object.keys(keys as object)).length);
});

test("of the operator's settings, a stack tells not even its own administrator", async () => {
  const { context } = await makeWorld();
  // Of a stack: the process itself may let somebody in.
  const app = await buildApp(context, undefined, undefined, () => undefined);
  onTestFinished(() => app.close());
  const authorization = `Basic ${btoa('admin:admin')}`;
  const told = async (url: string) => (await app.inject({ url, headers: { authorization } })).json();
  const settings = await told('/api/admin/settings');
  expect(settings.users).toMatchObject({ allow_sign_up: 'false' });
  for (const section of ['database', 'paths', 'server', 'log', 'audit', 'metrics', 'cloud']) {
    expect([section, settings[section]]).toEqual([section, undefined]);
  }
  const explained = await told('/api/admin/settings/explained');
  expect(new Set(explained.map(({ section }: { section: string }) => section))).toEqual(
    new Set(Object.keys(settings)),
  );
});
