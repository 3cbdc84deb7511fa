import type { Provider } from './provider.ts';

const CREATED = { success: 201 };

/** What the resources of a configuration refer to. */
export interface Given {
  /** Two members of the organization, by their email as Terraform names people. */
  ann: Person;
  bob: Person;
  team: number;
  folder: string;
  dashboard: string;
  dataSource: string;
  account: number;
  role: string;
}

export interface Person {
  id: number;
  email: string;
}

/** People, who can be made by a server administrator alone. */
export async function givenPeople(admin: Provider): Promise<Pick<Given, 'ann' | 'bob'>> {
  return { ann: await makePerson(admin, 'ann'), bob: await makePerson(admin, 'bob') };
}

async function makePerson({ post, orgId }: Provider, login: string): Promise<Person> {
  const email = `${login}@example.org`;
  const { id } = await post('/api/admin/users', { login, email, password: 'a long password', OrgId: orgId });
  return { id, email };
}

/** Everything else that is referred to, made with the provider's own credential. */
export async function givenThings({ post }: Provider): Promise<Omit<Given, 'ann' | 'bob'>> {
  const { teamId } = await post('/api/teams', { name: 'Given team' });
  const folder = await post('/api/folders', { title: 'Given folder', uid: 'given-folder' });
  const document = { title: 'Given', uid: 'given' };
  const dashboard = await post('/api/dashboards/db', { dashboard: document, folderUid: folder.uid });
  const tagged = { uid: 'tagged', title: 'Tagged', tags: ['a', 'b'] };
  await post('/api/dashboards/db', { dashboard: tagged, folderUid: folder.uid });
  const panel = {
    uid: 'given-panel',
    name: 'Given panel',
    kind: 1,
    folderUid: folder.uid,
    model: { type: 'text' },
  };
  await post('/api/library-elements', panel);
  const source = { name: 'Given source', type: 'prometheus', access: 'proxy', uid: 'given-source' };
  const { datasource } = await post('/api/datasources', source);
  const account = await post('/api/serviceaccounts', { name: 'given', role: 'Viewer' }, CREATED);
  const permissions = [{ action: 'teams:read', scope: 'teams:*' }];
  const role = await post('/api/access-control/roles', { name: 'given', version: 1, permissions }, CREATED);
  return {
    team: teamId,
    folder: folder.uid,
    dashboard: dashboard.uid,
    dataSource: datasource.uid,
    account: account.id,
    role: role.uid,
  };
}
