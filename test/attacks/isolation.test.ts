import { sql } from 'kysely';
import { afterAll, beforeAll, expect } from 'vitest';
import { writeRequests } from '../../server/modules/usage/written.ts';
import { type As, startWorld, type World } from '../../server/testing/world.ts';
import { type Estate, furnish } from '../support/furnished.ts';
import { attack } from './attack.ts';

// Whatever route somebody of one organization takes, by whatever name, nothing of another organization changes or shows.

const MARK = 'strangers';
// The key may be a token of an account named after it by the end.
const ATTACKERS = /^owner-mine$|attacking$/;

let world: World;
let victim: Estate;
let attackers: [string, As][];

beforeAll(async () => {
  world = await startWorld();
  // Both organizations have things of the same uids, so that a look-up without the organization would find the wrong one.
  victim = await furnish(world, MARK, 'same');
  const { owner } = await furnish(world, 'mine', 'same');
  const { body } = await world.send(owner.as, 'POST', '/api/auth/keys', { name: 'attacking', role: 'Admin' });
  attackers = [
    ['an Admin', owner.as],
    ["an Admin's key", { bearer: body.key }],
  ];
});
afterAll(() => world.stop());

/** What the victim's things have for one of these names, each once. */
function named(...names: string[]): string[] {
  const found = Object.values(victim.things).flatMap((thing) => names.map((name) => thing[name]));
  return [...new Set(found.filter((value) => value !== undefined).map(String))];
}

/** What a body may hold for any route, pointing at the other organization wherever it can. */
function bodies(): object[] {
  const { orgId, things } = victim;
  const { folder, dashboard, person } = things;
  const common = {
    name: 'taken over',
    title: 'taken over',
    login: 'taken-over',
    loginOrEmail: person['login'],
    orgId,
    OrgId: orgId,
    role: 'Admin',
    type: 'prometheus',
    overwrite: true,
    version: 1,
    items: [{ role: 'Viewer', permission: 4 }],
    permissions: [{ builtInRole: 'Viewer', permission: 'Edit' }],
    permission: 'Edit',
    userId: person['id'],
    isDisabled: true,
  };
  const uid = folder['uid'];
  return [
    { ...common, dashboard: { title: 'taken over', id: dashboard['id'] }, folderId: folder['id'] },
    { ...common, dashboard: { title: MARK, uid: dashboard['uid'] }, folderUid: uid, uid },
    { ...common, isGrafanaAdmin: true, parentUid: uid, homeDashboardId: dashboard['id'], permission: 4 },
  ];
}

type Place = [query: string, headers: Record<string, string>];

/** The ways to name an organization to act in. */
function places(): [Place, ...Place[]] {
  const there = String(victim.orgId);
  return [
    ['', {}],
    [`?orgId=${there}`, {}],
    ['', { 'x-grafana-org-id': there }],
    [`?orgId=${there}`, { 'x-grafana-org-id': '0' }],
  ];
}

function pathsOf(url: string): string[] {
  const numbers = named('id');
  const uids = ['*', ...named('uid')];
  const values = (name: string): string[] => {
    if (name === 'orgId') return [String(victim.orgId)];
    if (name === 'name') return named('name').map(encodeURIComponent);
    // Newer calls name by `id` what has a uid.
    if (name === 'id' && /^\/api\/access-control\/(folders|da)/.test(url)) return uids;
    return /^(id|[a-z]+Id)$/.test(name) ? numbers : uids;
  };
  return [...url.matchAll(/:(\w+)/g)].reduce<string[]>(
    // Of a second parameter only some: what a first one does not find is not looked at further.
    (paths, [parameter, name = ''], at) =>
      paths.flatMap((path) =>
        values(name)
          .slice(at === 0 ? 0 : -3)
          .map((value) => path.replace(parameter, value)),
      ),
    [url],
  );
}

/** Every row of the other organization, without what says when something was last used. */
async function rowsOfVictim(): Promise<string> {
  const { db } = world.context;
  // Requests are counted where somebody belongs, not where they try to act.
  await writeRequests(world.context);
  const tables = (await db.introspection.getTables()).filter(({ name }) => name !== 'audit');
  const found: string[] = [];
  for (const { name, columns } of tables) {
    const owner = name === 'org' ? 'id' : 'org_id';
    if (name === 'user' || !columns.some((column) => column.name === owner)) continue;
    const { rows } = await sql<Record<string, unknown>>`
      select * from ${sql.table(name)} where ${sql.ref(owner)} = ${victim.orgId}`.execute(db);
    found.push(...rows.map((row) => `${name} ${JSON.stringify({ ...row, last_used_at: undefined })}`));
  }
  expect(found.length).toBeGreaterThan(15);
  return found.toSorted().join('\n');
}

attack(
  "an Admin of one organization who changes or reads another one's users, roles, teams or anything else, by every route",
  'every store asks for the organization',
  async (tried) => {
    const before = await rowsOfVictim();
    const [own, ...foreign] = places();
    let place = 0;
    let done = 0;
    for (const [who, as] of attackers) {
      for (const { method, url, access } of world.routes) {
        // Signing out and a new login of their own would end the attack.
        if (method === 'HEAD' || access.kind === 'open' || (url === '/api/user' && method !== 'GET'))
          continue;
        for (const path of pathsOf(url)) {
          const all = method === 'GET' || method === 'DELETE' ? [undefined] : bodies();
          const elsewhere = foreign[place++ % foreign.length] ?? own;
          const tries = [...all.map((body) => ({ body, place: own })), { body: all[0], place: elsewhere }];
          tried(tries.length);
          for (const one of tries) if (await succeeds({ who, as, method, path, ...one })) done++;
        }
      }
    }
    expect(done).toBeGreaterThan(100);
    expect(await rowsOfVictim()).toBe(before);
  },
  120_000,
);

interface Attack {
  who: string;
  as: As;
  method: string;
  path: string;
  place: Place;
  body: object | undefined;
}

/** Whether the attack was answered with anything but a refusal; what it got must be nothing of the other organization. */
async function succeeds({ who, as, method, path, place, body }: Attack): Promise<boolean> {
  const [query, headers] = place;
  const answer = await world.send(as, method, path + query, body, headers);
  const what = `${who}: ${method} ${path}${query} -> ${answer.status} ${JSON.stringify(answer.body)}`;
  expect(answer.status, what).toBeLessThan(500);
  if (answer.status >= 300) return false;
  expect(JSON.stringify(told(path, answer.body)), what).not.toContain(MARK);
  return true;
}

interface Told {
  actor: { name: string };
}

/** What is told of others: the record of one's own changes names what one aimed at. */
function told(path: string, body: string | { entries: Told[] }): unknown {
  const byOthers = ({ actor }: Told): boolean => !ATTACKERS.test(actor.name);
  if (path === '/api/audit' && typeof body === 'object') return body.entries.filter(byOthers);
  if (path !== '/api/audit/export' || typeof body !== 'string') return body;
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Told).filter(byOthers);
}
