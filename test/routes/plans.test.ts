import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { furnish } from '../support/furnished.ts';
import { LISTS_OF_ORG, LISTS_OF_SERVER } from '../support/lists.ts';
import { avoidWholeReads, leaveUncounted, listening, listWholeReads, type Sent } from '../support/plans.ts';
import { ask, type Estates, figure, waysOf } from './matrix/ask.ts';
import { MATRIX } from './matrix/matrix.ts';
import { type Asker, ASKERS } from './matrix/row.ts';

// However much there is in other organizations, nobody has to wait for it to be read.

const TIMEOUT_MS = 240_000;
let world: World;
let estates: Estates;
let askers: [at: number, asker: Asker][];
const sent: Sent[] = [];

beforeAll(async () => {
  world = await startWorld({ usage: { flush_interval: '1s' } });
  if (world.context.config.database.type === 'postgres') await leaveUncounted(world.context.db);
  world.context.db = listening(world.context.db, (statement) => void sent.push(statement));
  estates = { own: await furnish(world, 'ours', 'our'), other: await furnish(world, 'strangers', 'their') };
  askers = [];
  for (const [name, role] of [
    ['a Viewer', 'Viewer'],
    ['an Admin', 'Admin'],
    ['the server administrator', 'Admin'],
  ] as const) {
    const login = name.replaceAll(' ', '-');
    const { id, as } = await makeMember(world, estates.own.orgId, login, role);
    const isGrafanaAdmin = name === 'the server administrator';
    // Taken away and given again: each of them looks for who else there is.
    for (const rank of isGrafanaAdmin ? [true, false, true] : []) {
      await world.send(ADMIN, 'PUT', `/api/admin/users/${id}/permissions`, { isGrafanaAdmin: rank });
    }
    const asker = { as, login, email: `${login}@example.org`, password: `password of ${login}` };
    askers.push([ASKERS.indexOf(name), asker]);
  }
}, TIMEOUT_MS);
afterAll(() => world.stop());

test('no statement of any route reads a whole table that grows', { timeout: TIMEOUT_MS }, async () => {
  for (const [at, { as }] of askers) {
    for (const path of [...LISTS_OF_ORG, ...(at === ASKERS.length - 1 ? LISTS_OF_SERVER : [])]) {
      const { status, body } = await world.send(as, 'GET', path);
      expect([200, 403], `${path}: ${JSON.stringify(body)}`).toContain(status);
    }
  }
  for (const row of MATRIX) {
    const [way] = waysOf(row);
    if (way === undefined) continue;
    for (const [at, asker] of askers) {
      await ask(world, estates, row, { way, asker, wanted: figure(way.expected, at) });
    }
  }
  const { type } = world.context.config.database;
  const whole = await world.context.db.transaction().execute(async (db) => {
    if (type === 'postgres') await avoidWholeReads(db);
    return listWholeReads(db, type, [...sent]);
  });
  expect(sent.length).toBeGreaterThan(MATRIX.length);
  expect(
    whole,
    'These read a whole table. Give it an index that begins with what they look for, or say in test/support/plans.ts why they may.',
  ).toEqual([]);
});

test('a read of a whole table is noticed', async () => {
  const { type } = world.context.config.database;
  const statement = { sql: 'select name from credential where created_at = 1', parameters: [] };
  expect(await listWholeReads(world.context.db, type, [statement])).toEqual([
    { table: 'credential', sql: statement.sql },
  ]);
});
