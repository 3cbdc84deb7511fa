import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type As, startWorld, type World } from '../../testing/world.ts';

const LONGEST = 100;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    auth: { api_key_max_seconds_to_live: LONGEST },
    security: { auth_token_max_seconds_to_live: LONGEST },
  });
});
afterAll(() => world.stop());

let made = 0;

/** Every route that answers a new secret as `key`, and how it is asked for one of this life. */
const WAYS: Record<string, () => Promise<{ path: string; wanted: object }>> = {
  'POST /api/auth/keys': async () => ({
    path: '/api/auth/keys',
    wanted: { name: `key ${++made}`, role: 'Viewer' },
  }),
  'POST /api/serviceaccounts/:id/tokens': async () => {
    const account = { name: `account ${++made}` };
    const { body } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', account);
    return { path: `/api/serviceaccounts/${body.id}/tokens`, wanted: { name: `token ${made}` } };
  },
};

async function make(
  way: string,
  life?: unknown,
): Promise<{ status: number; body: { key: string } & object }> {
  const { path, wanted } = (await WAYS[way]?.()) ?? { path: '', wanted: {} };
  return world.send(ADMIN, 'POST', path, {
    ...wanted,
    ...(life === undefined ? {} : { secondsToLive: life }),
  });
}

test('these are all the routes that answer a new secret', () => {
  const found = world.routes.filter(({ schema }) => {
    const answer = (schema.response as Record<string, { properties?: Record<string, { type?: string }> }>)?.[
      '200'
    ];
    return answer?.properties?.['key']?.type === 'string';
  });
  expect(found.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual(Object.keys(WAYS).toSorted());
});

test.each(Object.keys(WAYS))('no life beyond the limit, and none for ever, is given by %s', async (way) => {
  for (const life of [undefined, null, 0, LONGEST + 1, 2 ** 31]) {
    const { status, body } = await make(way, life);
    expect(status, String(life)).toBe(400);
    expect(body).toMatchObject({
      message: expect.stringMatching(/^Number of seconds before expiration/),
      detail: expect.stringContaining(`_max_seconds_to_live is ${LONGEST}`),
    });
  }
  for (const life of [1, LONGEST]) expect((await make(way, life)).status, String(life)).toBe(200);
});

test.each(Object.keys(WAYS))('what %s gives is good until its second, and not in it', async (way) => {
  const { body } = await make(way, LONGEST);
  const { db } = world.context;
  const row = await db
    .selectFrom('credential')
    .select('expires_at')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const at = Number(row.expires_at);
  const { now } = world.context;
  const asked: As[] = [{ bearer: body.key }, { basic: `api_key:${body.key}` }];
  // The clock stands still at these moments; each is asked twice, of the database and of memory.
  const set = (moment: number): void => void (world.context.now = () => moment);
  try {
    for (const as of asked) {
      for (const [moment, status, message] of [
        [at - 1, 200, undefined],
        [at - 1, 200, undefined],
        [at, 401, 'Token expired'],
        [at, 401, 'Token expired'],
        [at + 1, 401, 'Token expired'],
      ] as const) {
        set(moment);
        const answer = await world.send(as, 'GET', '/api/org');
        expect([answer.status, answer.body.message]).toEqual([status, message]);
      }
    }
    set(at);
    const explained = { method: 'GET', path: '/api/org', headers: { authorization: `Bearer ${body.key}` } };
    const { body: why } = await world.send(ADMIN, 'POST', '/api/access-control/explain', explained);
    expect(JSON.stringify(why)).toContain('Token expired');
  } finally {
    world.context.now = now;
  }
});

test('a key keeps its life when it becomes a token, and a key again', async () => {
  const { body } = await make('POST /api/auth/keys', LONGEST);
  const { id } = body as unknown as { id: number };
  const expiry = async () =>
    (
      await world.context.db
        .selectFrom('credential')
        .select('expires_at')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    ).expires_at;
  const before = await expiry();
  const { body: moved } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${id}`);
  expect(await expiry()).toBe(before);
  const path = `/api/serviceaccounts/${moved.key.serviceAccountId}/revert/${id}`;
  expect((await world.send(ADMIN, 'POST', path)).status).toBe(200);
  expect(await expiry()).toBe(before);
});
