import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMember, makeOrg, makeUser } from '../../server/testing/people.ts';
import { type As, startWorld, type World } from '../../server/testing/world.ts';

// Whatever route somebody of one organization takes, by whatever name, nothing of another organization changes or shows.

const MARK = 'of the other organization';
// Both organizations have things of these uids, so that a look-up without the organization would find the wrong one.
const UIDS = { folder: 'same-folder', dashboard: 'same-dashboard', source: 'same-source' };

let world: World;
let victim: number;
let ids: number[];
let attackers: [string, As][];

beforeAll(async () => {
  world = await startWorld();
  victim = await makeOrg(world, MARK);
  const owner = await makeMember(world, victim, 'victim-admin', 'Admin');
  ids = await furnish(owner.as, MARK);
  ids.push(owner.id, (await makeUser(world, 'victim-viewer', { name: MARK, OrgId: victim })).id);

  const own = await makeOrg(world, 'own');
  const admin = await makeMember(world, own, 'attacker', 'Admin');
  await furnish(admin.as, 'mine');
  const key = await make(admin.as, '/api/auth/keys', { name: 'attacking', role: 'Admin' });
  attackers = [
    ['an Admin', admin.as],
    ["an Admin's key", { bearer: key.key }],
  ];
});
afterAll(() => world.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- each answer has a shape of its own
async function make(as: As, path: string, body: object): Promise<any> {
  const answer = await world.send(as, 'POST', path, body);
  expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

/** One of everything in the organization of somebody; returns the numbers of what was made. */
async function furnish(as: As, name: string): Promise<number[]> {
  const folder = await make(as, '/api/folders', { title: name, uid: UIDS.folder });
  const dashboard = { title: name, uid: UIDS.dashboard, tags: [name] };
  const saved = await make(as, '/api/dashboards/db', { dashboard, folderUid: UIDS.folder });
  const source = await make(as, '/api/datasources', { name, type: 'prometheus', uid: UIDS.source });
  const account = await make(as, '/api/serviceaccounts', { name, role: 'Admin' });
  const token = await make(as, `/api/serviceaccounts/${account.id}/tokens`, { name: `${name} token` });
  const key = await make(as, '/api/auth/keys', { name: `${name} key`, role: 'Viewer' });
  const team = await make(as, '/api/teams', { name });
  return [folder.id, saved.id, source.id, account.id, token.id, key.id, team.teamId];
}

/** What a body may hold for any route, pointing at the other organization wherever it can. */
function bodies(): object[] {
  const common = {
    name: 'taken over',
    title: 'taken over',
    login: 'taken-over',
    loginOrEmail: 'victim-viewer',
    orgId: victim,
    OrgId: victim,
    role: 'Admin',
    type: 'prometheus',
    overwrite: true,
    version: 1,
    items: [{ role: 'Viewer', permission: 4 }],
    permissions: [{ builtInRole: 'Viewer', permission: 'Edit' }],
    permission: 'Edit',
    userId: ids.at(-1),
    isDisabled: true,
  };
  const [folder, dashboard] = ids;
  return [
    { ...common, dashboard: { title: 'taken over', id: dashboard }, folderId: folder },
    { ...common, dashboard: { title: MARK, uid: UIDS.dashboard }, folderUid: UIDS.folder, uid: UIDS.folder },
    { ...common, isGrafanaAdmin: true, parentUid: UIDS.folder, homeDashboardId: dashboard, permission: 4 },
  ];
}

type Place = [query: string, headers: Record<string, string>];

/** The ways to name an organization to act in. */
function places(): [Place, ...Place[]] {
  const there = String(victim);
  return [
    ['', {}],
    [`?orgId=${there}`, {}],
    ['', { 'x-grafana-org-id': there }],
    [`?orgId=${there}`, { 'x-grafana-org-id': '0' }],
  ];
}

function pathsOf(url: string): string[] {
  const numbers = [...new Set(ids), victim].map(String);
  const named = ['*', ...Object.values(UIDS), encodeURIComponent(MARK)];
  const values = (name: string): string[] => {
    if (name === 'uid' || name === 'name') return named;
    return name === 'orgId' ? [String(victim)] : numbers;
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
  const tables = (await db.introspection.getTables()).filter(({ name }) => name !== 'audit');
  const found: string[] = [];
  for (const { name, columns } of tables) {
    const owner = name === 'org' ? 'id' : 'org_id';
    if (name === 'user' || !columns.some((column) => column.name === owner)) continue;
    const { rows } = await sql<Record<string, unknown>>`
      select * from ${sql.table(name)} where ${sql.ref(owner)} = ${victim}`.execute(db);
    found.push(...rows.map((row) => `${name} ${JSON.stringify({ ...row, last_used_at: undefined })}`));
  }
  expect(found.length).toBeGreaterThan(15);
  return found.toSorted().join('\n');
}

test('nobody of one organization changes or sees anything of another one', { timeout: 120_000 }, async () => {
  const before = await rowsOfVictim();
  const [own, ...foreign] = places();
  let tried = 0;
  let done = 0;
  for (const [who, as] of attackers) {
    for (const { method, url, access } of world.routes) {
      // Signing out and a new login of their own would end the attack.
      if (method === 'HEAD' || access.kind === 'open' || (url === '/api/user' && method !== 'GET')) continue;
      for (const path of pathsOf(url)) {
        const bodyless = method === 'GET' || method === 'DELETE';
        for (const body of bodyless ? [undefined] : bodies()) {
          const elsewhere = foreign[tried++ % foreign.length] ?? own;
          for (const place of [own, elsewhere]) {
            if (await succeeds({ who, as, method, path, place, body })) done++;
          }
        }
      }
    }
  }
  expect(done).toBeGreaterThan(100);
  expect(await rowsOfVictim()).toBe(before);
});

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
  expect(JSON.stringify(answer.body), what).not.toContain(MARK);
  return true;
}
