import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { CHANGE_WORDS } from '../../web/src/lib/change-words.ts';
import { furnish } from '../support/furnished.ts';
import { ask, type Estates, figure, routeOf, waysOf } from './matrix/ask.ts';
import { MATRIX } from './matrix/matrix.ts';
import { type Asker, ASKERS, type Row } from './matrix/row.ts';

// Bodies may hold more than a route takes, and what it takes may be a secret: neither belongs into the record of changes.

const PLANTED = 'planted-where-nobody-looks';
// A session is ended by it, and not changed.
const SESSIONS_END = 'users.authtoken:write';
const LAST = ASKERS.length - 1;

let world: World;
let estates: Estates;
let asker: Asker;
const done = new Set<string>();
beforeAll(async () => {
  world = await startWorld();
  const own = await furnish(world, 'ours', 'our');
  estates = { own, other: own };
  const login = 'server-administrator';
  const { id, as } = await makeMember(world, own.orgId, login, 'Admin');
  await world.send(ADMIN, 'PUT', `/api/admin/users/${id}/permissions`, { isGrafanaAdmin: true });
  asker = { as, login, email: `${login}@example.org`, password: `password of ${login}` };
  for (const row of MATRIX.filter(([route]) => /^(POST|PUT|PATCH|DELETE) /.test(route))) {
    const [way] = waysOf(row);
    if (way === undefined) continue;
    const wanted = figure(way.expected, LAST);
    const { status } = await ask(world, estates, plantedIn(row), { way, asker, wanted });
    if (status < 300) done.add(routeOf(row));
  }
});
afterAll(() => world.stop());

/** The same with a field too many in every object. */
function planted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(planted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, part]) => [name, planted(part)]);
  return { ...Object.fromEntries(fields), leaked: PLANTED };
}

function plantedIn([route, cells, names = [], body = {}]: Row): Row {
  const sent = async (...given: Parameters<Extract<typeof body, (...given: never) => unknown>>) =>
    planted(typeof body === 'function' ? await body(...given) : body) as object;
  return [route, cells, names, sent];
}

test('nothing that a route does not take is in the record of changes, whatever the route', async () => {
  expect(done.size).toBeGreaterThan(70);
  const { db } = world.context;
  const changes = await db.selectFrom('audit').select(['action', 'object_name', 'change']).execute();
  expect(changes.length).toBeGreaterThan(done.size / 2);
  expect(changes.filter((entry) => JSON.stringify(entry).includes(PLANTED))).toEqual([]);
});

test('whatever changes what was there tells how it was before', async () => {
  const rows = await world.context.db.selectFrom('audit').select(['action', 'change']).execute();
  const updates = rows
    .map(({ action, change }) => ({ action, change: JSON.parse(change) as Record<string, unknown> }))
    .filter(({ action }) => /:(write|move|enable|disable|switch|hide)$/.test(action));
  expect(new Set(updates.map(({ action }) => action)).size).toBeGreaterThan(20);
  expect(
    updates.filter(({ action, change }) => change['before'] === undefined && action !== SESSIONS_END),
  ).toEqual([]);
});

test('whatever a route records has its words on the page of changes', async () => {
  const recorded = await world.context.db.selectFrom('audit').select('action').distinct().execute();
  const actions = recorded.map(({ action }) => action);
  expect(actions.length).toBeGreaterThan(60);
  expect(actions.filter((action) => CHANGE_WORDS[action] === undefined)).toEqual([]);
});
