import { expect } from 'vitest';
import { makeMember, type MadeUser, makeOrg, makeUser, signIn } from '../../server/testing/people.ts';
import { ADMIN, type As, type World } from '../../server/testing/world.ts';

/** All that a test can ask for by name in an organization. */
export type Kind =
  | 'org'
  | 'person'
  | 'session'
  | 'folder'
  | 'dashboard'
  | 'published'
  | 'element'
  | 'annotation'
  | 'note'
  | 'playlist'
  | 'source'
  | 'account'
  | 'token'
  | 'grant'
  | 'key'
  | 'moved'
  | 'team'
  | 'member'
  | 'group'
  | 'role'
  | 'personRole'
  | 'teamRole';

/** What requests name a thing by: its id, uid, name, and whatever else its maker says. */
export type Thing = Readonly<Record<string, string | number>>;

interface Place {
  world: World;
  orgId: number;
  /** A name and a uid that nothing else has. */
  name: string;
  uid: string;
  /** What there is already. */
  of(kind: Kind): Thing;
  /** Sends this as the organization's owner, or as somebody else, and gives what is answered. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each answer has a shape of its own
  post(path: string, body?: object, as?: As): Promise<any>;
}

// In this order, since some belong to what is above them.
const MAKERS: Record<Kind, (place: Place) => Promise<Thing>> = {
  org: async ({ world, name }) => ({ id: await makeOrg(world, name), name }),
  person: makePerson,
  session: async ({ world, of }) => {
    const { id, login } = of('person');
    await signIn(world, String(login));
    const { body } = await world.send(ADMIN, 'GET', `/api/admin/users/${id}/auth-tokens`);
    return { id: Math.max(...body.map((session: Thing) => session['id'])) };
  },
  folder: async ({ post, name, uid }) => ({ ...(await post('/api/folders', { title: name, uid })), name }),
  dashboard: async ({ post, name, uid, of }) => {
    const dashboard = { title: name, uid, tags: [name] };
    return post('/api/dashboards/db', { dashboard, folderUid: of('folder')['uid'] });
  },
  // A dashboard that is public.
  published: async ({ post, name, uid: dashboard, of }) => {
    await post('/api/dashboards/db', {
      dashboard: { title: name, uid: dashboard },
      folderUid: of('folder')['uid'],
    });
    const settings = { isEnabled: true };
    const { uid, accessToken } = await post(`/api/dashboards/uid/${dashboard}/public-dashboards`, settings);
    return { uid, accessToken, dashboard };
  },
  element: async ({ post, name, uid, of }) => {
    const folderUid = of('folder')['uid'];
    await post('/api/library-elements', { name, uid, folderUid, kind: 1, model: { description: name } });
    return { uid, name };
  },
  annotation: async ({ post, name, of }) =>
    post('/api/annotations', { text: name, tags: [name], dashboardUID: of('dashboard')['uid'], panelId: 1 }),
  // An annotation of the organization.
  note: ({ post, name }) => post('/api/annotations', { text: name, tags: [name] }),
  playlist: ({ post, name, uid }) => post('/api/playlists', { name, uid, interval: '5m' }),
  source: async ({ post, name, uid }) => {
    const { id } = await post('/api/datasources', { name, type: 'prometheus', uid });
    return { id, uid, name };
  },
  account: ({ post, name }) => post('/api/serviceaccounts', { name, role: 'Admin' }),
  token: ({ post, name, of }) => post(`/api/serviceaccounts/${of('account')['id']}/tokens`, { name }),
  // An account, and a further organization that it may act in.
  grant: async ({ world, orgId: own, name, post }) => {
    const { id } = await post('/api/serviceaccounts', { name, role: 'Viewer' });
    const orgId = await makeOrg(world, name);
    await post(`/api/serviceaccounts/${id}/orgs?orgId=${own}`, { orgId }, ADMIN);
    return { account: id, orgId };
  },
  key: ({ post, name }) => post('/api/auth/keys', { name, role: 'Viewer' }),
  // A key that was moved to an account of its own.
  moved: async ({ post, name }) => {
    const { id } = await post('/api/auth/keys', { name, role: 'Viewer' });
    const { key } = await post(`/api/serviceaccounts/migrate/${id}`);
    return { id, account: key.serviceAccountId };
  },
  team: async ({ post, name }) => {
    const { teamId: id, uid } = await post('/api/teams', { name });
    return { id, uid, name };
  },
  member: async (place) => {
    const person = await makePerson(place);
    await place.post(`/api/teams/${place.of('team')['id']}/members`, { userId: person['id'] });
    return person;
  },
  group: async ({ post, name, of }) => {
    await post(`/api/teams/${of('team')['id']}/groups`, { groupId: name });
    return { name };
  },
  role: ({ post, name, uid }) => post('/api/access-control/roles', { name, uid }),
  personRole: async ({ post, name, uid, of }) => {
    await post('/api/access-control/roles', { name, uid });
    await post(`/api/access-control/users/${of('person')['id']}/roles`, { roleUid: uid });
    return { uid };
  },
  teamRole: async ({ post, name, uid, of }) => {
    await post('/api/access-control/roles', { name, uid });
    await post(`/api/access-control/teams/${of('team')['id']}/roles`, { roleUid: uid });
    return { uid };
  },
};

/** An organization with one of everything in it. */
export interface Estate {
  orgId: number;
  /** An Admin of it, who made what is in it. */
  owner: MadeUser;
  things: Readonly<Record<Kind, Thing>>;
  /** Another thing like one of those that there are. */
  make(kind: Kind): Promise<Thing>;
}

/** A new organization with one of everything; the mark, one word, is in the name of each; uids have one of their own. */
export async function furnish(world: World, mark: string, uidMark: string): Promise<Estate> {
  const orgId = await makeOrg(world, mark);
  const owner = await makeMember(world, orgId, `owner-${mark}`, 'Admin');
  const things: Partial<Record<Kind, Thing>> = { org: { id: orgId, name: mark } };
  let made = 0;

  const make = (kind: Kind): Promise<Thing> => {
    const number = kind in things ? ++made : 0;
    return MAKERS[kind]({
      world,
      orgId,
      name: `${mark}: ${kind} ${number}`,
      uid: `${uidMark}-${kind}-${number}`,
      of: (other) => existing(things, other),
      post: async (path, body, as = owner.as) => {
        const answer = await world.send(as, 'POST', path, body);
        expect(answer.status, `POST ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
        return answer.body;
      },
    });
  };

  for (const kind of Object.keys(MAKERS) as Kind[]) things[kind] ??= await make(kind);
  return { orgId, owner, things: things as Record<Kind, Thing>, make };
}

function existing(things: Partial<Record<Kind, Thing>>, kind: Kind): Thing {
  const thing = things[kind];
  if (thing === undefined) throw new Error(`The ${kind} has to be made before what belongs to it`);
  return thing;
}

async function makePerson({ world, orgId, name }: Place): Promise<Thing> {
  const { id, login } = await makeUser(world, name.replaceAll(/\W+/g, '-'), { name, OrgId: orgId });
  return { id, login, email: `${login}@example.org` };
}
