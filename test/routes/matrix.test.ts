import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN } from '../../server/testing/world.ts';
import { furnish } from '../support/furnished.ts';
import { ask, type Estates, figure, routeOf, type Way, waysOf } from './matrix/ask.ts';
import { MATRIX } from './matrix/matrix.ts';
import { type Asker, ASKERS, type Row } from './matrix/row.ts';
import { STACKS } from './matrix/stacks.ts';

// What every route answers to each who may ask, of their own organization's things, another's, and what is not there.

const MARK = 'strangers';
const MAIN_ORG = 1;
const ROWS = [...STACKS, ...MATRIX];
const ROUTES = new Set(ROWS.map(routeOf));
const CELLS = ROWS.length * ASKERS.length * 3;

let world: CloudWorld;
let estates: Estates;
let askers: Asker[];

beforeAll(async () => {
  world = await startCloudWorld();
  await world.ask(world.admin, 'POST', '/api/instances', { name: 'first' });
  estates = { own: await furnish(world, 'ours', 'our'), other: await furnish(world, MARK, 'their') };
  askers = [{ as: undefined, login: '', email: '', password: '' }];
  for (const [login, role] of [
    ['viewer', 'Viewer'],
    ['editor', 'Editor'],
    ['admin-of-ours', 'Admin'],
    ['server-administrator', 'Admin'],
  ] as const) {
    askers.push(await makeAsker(login, estates.own.orgId, role));
  }
});
afterAll(() => world.stop());

async function makeAsker(login: string, orgId: number, role: string): Promise<Asker> {
  const { id, as } = await makeMember(world, orgId, login, role);
  const path = `/api/admin/users/${id}/permissions`;
  const isGrafanaAdmin = login === 'server-administrator';
  if (isGrafanaAdmin) await world.send(ADMIN, 'PUT', path, { isGrafanaAdmin });
  return { as, login, email: `${login}@example.org`, password: `password of ${login}` };
}

test('every route has a row in the matrix, and every row a route', () => {
  const known = world.routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => `${method} ${url}`);
  const how =
    'Write a row for it in the file of its area in test/routes/matrix/: the statuses that the rules ask for, ' +
    'and the kinds of things that the request names (a new kind gets a maker in test/support/furnished.ts). For instance:\n' +
    "  ['DELETE /api/things/:uid', ADMINS.one, ['+thing.uid']],";
  expect(
    known.filter((route) => !ROUTES.has(route)),
    `These routes have no row. ${how}`,
  ).toEqual([]);
  expect(
    [...ROUTES].filter((route) => !known.includes(route)),
    'These rows have no route.',
  ).toEqual([]);
  const names = ROWS.map(([route]) => route);
  expect(
    names.filter((name, at) => names.indexOf(name) < at),
    'These rows are there twice.',
  ).toEqual([]);
});

test('HEAD asks for what GET asks for', () => {
  const accessOf = (wanted: string) =>
    world.routes.filter(({ method }) => method === wanted).map(({ url, access }) => [url, access]);
  expect(accessOf('HEAD')).toEqual(accessOf('GET'));
});

test(
  `${ROUTES.size} routes in ${ROWS.length} rows × ${ASKERS.length} who ask × 3 whose it is = ${CELLS} cells`,
  { timeout: 120_000 },
  async () => {
    const wrong: string[] = [];
    for (const row of ROWS) {
      for (const [at, asker] of askers.entries()) wrong.push(...(await wrongCells(row, at, asker)));
    }
    expect(wrong.join('\n')).toBe('');
  },
);

test("the main organization's Admins read of the server what the table says, and change nothing", async () => {
  const asker = await makeAsker('admin-of-main', MAIN_ORG, 'Admin');
  const wrong: string[] = [];
  for (const row of ROWS) {
    const [, { isOfServer, mainAdmin: wanted = 403 }] = row;
    const [way] = waysOf(row);
    if (isOfServer !== true || way === undefined) continue;
    const { status, what } = await ask(world, estates, row, { way, asker, wanted });
    if (status !== wanted) wrong.push(`${what}: ${wanted} expected, ${status} answered`);
  }
  expect(wrong.join('\n')).toBe('');
});

// Nobody is told the same, whatever they ask for.
let toNobody: string | undefined;

/** What is wrong with the answers to one who asks, a line each. */
async function wrongCells(row: Row, at: number, asker: Asker): Promise<string[]> {
  const [, cells, names = []] = row;
  const wrong: string[] = [];
  const texts = new Map<string, string>();
  const isOpen = isOpenRoute(routeOf(row));
  for (const way of waysOf(row)) {
    const wanted = figure(way.expected, at);
    const { status, text, what } = await ask(world, estates, row, { way, asker, wanted });
    const say = (fault: string): number =>
      wrong.push(`${row[0]} | ${ASKERS[at]}, ${way.whose}: ${fault}\n    ${what} -> ${status} ${text}`);

    if (status !== wanted) say(`${wanted} expected, ${status} answered`);
    const seesAll = cells.isOfServer === true && at === ASKERS.length - 1;
    if (text.includes(MARK) && !seesAll && !cells.isPublic) say('shows something of the other organization');
    if (at === 0 && !isOpen && text !== (toNobody ??= text))
      say('tells nobody something else than elsewhere');
    // Successful changes differ in what they made; refusals do not, nor lists of what is not one's own.
    if (seesAll || (status < 300 && (names.length === 0 || !row[0].startsWith('GET')))) continue;
    for (const twin of twinsOf(way, status, names.length)) {
      const other = texts.get(twin);
      if (other !== undefined && other !== text) say(`tells it from another:\n    ${twin} ${other}`);
    }
    texts.set(`${way.whose} ${way.twin} ${status}`, text);
  }
  return wrong;
}

function isOpenRoute(route: string): boolean {
  return world.routes.some(
    ({ method, url, access }) => `${method} ${url}` === route && access.kind === 'open',
  );
}

/** What must be answered the same: another's thing as one that is missing; a refusal, whether one's own thing is there or not. */
function twinsOf({ whose, twin }: Way, status: number, names: number): string[] {
  if (whose !== 'missing') return [];
  const other = `other ${twin} ${status}`;
  return status < 300 || names === 0 ? [other] : [other, `own ${twin} ${status}`];
}
