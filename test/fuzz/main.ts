import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Overrides } from '../../server/config/settings.ts';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { ADMIN, type As, type World } from '../../server/testing/world.ts';
import { answersGiven } from '../support/answers.ts';
import { DESCRIPTIONS, fuzz, installTester } from './tester.ts';

// Throws made-up requests at every operation of client/openapi.json, as nobody, a Viewer, an Editor, an Admin and a server
// administrator, and of client/cloud-openapi.json, as an Admin of a cloud organization. No answer may be a 5xx, have a status or a body that the description does not have, or be given to a wrong
// credential.

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '1800' },
    seed: { type: 'string', default: '1' },
    as: { type: 'string', multiple: true },
  },
});

// The open ones alone, and what it takes to begin.
const LEAST_REACHED = 10;

const SERVER_ADMIN = 'server administrator';
const CLOUD_ADMIN = 'cloud Admin';
const ASKERS = ['nobody', 'Viewer', 'Editor', 'Admin', SERVER_ADMIN, CLOUD_ADMIN];
// What is not called otherwise in the examples.
const EXAMPLE = 'text';
// Made-up numbers are small: the asker's own is not among them, or the first DELETE would end the run.
const FAR_AWAY = 1_000_000;

interface CloudSide {
  as: As;
  authorization: string;
}

async function authorizationOf(world: World, who: string): Promise<string | undefined> {
  if (who === 'nobody') return undefined;
  await world.context.db.insertInto('identity').values({ id: FAR_AWAY, kind: 'service-account' }).execute();
  const rights = who === SERVER_ADMIN ? { role: 'Admin', isGrafanaAdmin: true } : { role: who };
  const account = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: who, ...rights });
  const path = `/api/serviceaccounts/${account.body.id}/tokens`;
  const token = await world.send(ADMIN, 'POST', path, { name: `token of ${who}` });
  return `Bearer ${token.body.key}`;
}

/** The cloud side, with what the examples of its description are called. */
async function cloudSide(world: CloudWorld): Promise<CloudSide> {
  const { slug, as } = await world.otherOrg(EXAMPLE);
  await world.ask(as, 'POST', '/api/instances', { name: EXAMPLE, slug: EXAMPLE });
  await world.ask(as, 'POST', `/api/instances/${EXAMPLE}/plugins`, { plugin: EXAMPLE });
  await world.ask(as, 'POST', `/api/orgs/${slug}/members`, { username: 'ann' });
  await world.ask(as, 'POST', `/api/orgs/${slug}/api-keys`, { name: 'deploy', role: 'Viewer' });
  return { as, authorization: `Bearer ${as && 'bearer' in as ? as.bearer : ''}` };
}

/** How many kinds of changes were made on the cloud side. */
async function changesOfCloud({ ask }: CloudWorld, { as }: CloudSide): Promise<number> {
  const { body } = await ask(as, 'GET', '/api/audit/export');
  const lines = String(body).trimEnd().split('\n');
  return new Set(lines.map((line) => (JSON.parse(line) as { action: string }).action)).size;
}

/** Something of every kind, so that an id that is made up may be that of a thing. */
async function fill(world: World): Promise<void> {
  for (const n of [1, 2, 3]) {
    await world.send(ADMIN, 'POST', '/api/orgs', { name: `organization ${n}` });
    await world.send(ADMIN, 'POST', '/api/admin/users', { login: `user${n}`, password: 'a long password' });
    await world.send(ADMIN, 'POST', '/api/teams', { name: `team ${n}` });
    await world.send(ADMIN, 'POST', '/api/auth/keys', { name: `key ${n}`, role: 'Viewer' });
    await world.send(ADMIN, 'POST', '/api/folders', { title: `folder ${n}`, uid: String(n) });
    await world.send(ADMIN, 'POST', '/api/dashboards/db', { dashboard: { title: `dashboard ${n}` } });
    const dataSource = { name: `source ${n}`, type: 'prometheus', access: 'proxy' };
    await world.send(ADMIN, 'POST', '/api/datasources', dataSource);
    await world.send(ADMIN, 'POST', '/api/annotations', { text: `note ${n}` });
    await world.send(ADMIN, 'POST', '/api/playlists', {
      name: `playlist ${n}`,
      uid: String(n),
      interval: '5m',
    });
    const element = { name: `element ${n}`, uid: String(n), kind: 1, model: {} };
    await world.send(ADMIN, 'POST', '/api/library-elements', element);
  }
}

/** How many operations answered 2xx to somebody. */
async function routesThatAnswered(world: World): Promise<number> {
  const good = (await answersGiven(world)).filter(({ status }) => status >= 200 && status < 300);
  return new Set(good.map(({ method, route }) => `${method} ${route}`)).size;
}

async function fuzzAs(who: string): Promise<{ passed: number; failed: number }> {
  console.log(`\nAs ${who}`);
  // Wrong credentials are among what is sent, and must not be held up: their answers are looked at.
  const world = await startCloudWorld({
    security: { disable_brute_force_login_protection: true },
    'cloud.region.text': { name: 'Text' },
  } as Overrides);
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-fuzz-report-'));
  try {
    await fill(world);
    const cloud = who === CLOUD_ADMIN ? await cloudSide(world) : undefined;
    const result = await fuzz({
      tester,
      description: cloud ? DESCRIPTIONS.cloud : DESCRIPTIONS.server,
      url: cloud ? world.cloud.url : world.url,
      authorization: cloud ? cloud.authorization : await authorizationOf(world, who),
      examples: Number(values.examples),
      seconds: Number(values.seconds),
      seed: Number(values.seed),
      report: join(folder, 'junit.xml'),
    });
    const reached = cloud ? await changesOfCloud(world, cloud) : await routesThatAnswered(world);
    console.log(
      `${reached} ${cloud ? 'kinds of changes were made' : 'operations did at least once what they are for'}`,
    );
    // A tester whose credential is worth nothing finds nothing.
    return reached < LEAST_REACHED ? { ...result, failed: result.failed + 1 } : result;
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const tester = await installTester();
const total = { passed: 0, failed: 0 };
for (const who of values.as ?? ASKERS) {
  const { passed, failed } = await fuzzAs(who);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
