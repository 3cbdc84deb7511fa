import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeOrg } from '../../../server/testing/people.ts';
import { ADMIN, type As, startWorld, type World } from '../../../server/testing/world.ts';
import { dataSources } from './data-sources.ts';
import { type Given, givenPeople, givenThings } from './given.ts';
import { configure, type Provider } from './provider.ts';
import { expectLife } from './resource.ts';
import { besideDashboards } from './resources/beside-dashboards.ts';
import { dataSourcesAndSso } from './resources/data-sources-and-sso.ts';
import { foldersAndDashboards } from './resources/folders-and-dashboards.ts';
import { machines } from './resources/machines.ts';
import { organizations } from './resources/organizations.ts';
import { permissionsOfObjects } from './resources/permissions.ts';
import { roles } from './resources/roles.ts';
import { teams } from './resources/teams.ts';

// What Terraform's Grafana provider sends, resource by resource; the provider's own program is not needed for it.

const RESOURCES = [
  ...organizations,
  ...teams,
  ...foldersAndDashboards,
  ...besideDashboards,
  ...dataSourcesAndSso,
  ...machines,
  ...permissionsOfObjects,
  ...roles,
];

const PROVIDERS = [
  { who: 'by name and password', isMainOrg: true, isToken: false },
  { who: 'by name and password, with the org_id of another organization', isMainOrg: false, isToken: false },
  { who: "with the token of an Admin's service account", isMainOrg: true, isToken: true },
];

describe.each(PROVIDERS)('$who', ({ isMainOrg, isToken }) => {
  const isForUs = ({ isGlobal = false }): boolean => !isGlobal || (isMainOrg && !isToken);
  let world: World;
  let inOrg: (orgId: number) => Provider;
  let here: number;
  let elsewhere: number;
  let given: Given;

  beforeAll(async () => {
    world = await startWorld();
    const other = await makeOrg(world, 'Another');
    [here, elsewhere] = isMainOrg ? [1, other] : [other, 1];
    const admin = configure(world, ADMIN, here);
    const as = isToken ? await tokenOf(admin) : ADMIN;
    // A token is refused where it does not belong, so that there only a person can look.
    inOrg = (orgId) => configure(world, orgId === here ? as : ADMIN, orgId);
    given = { ...(await givenPeople(admin)), ...(await givenThings(inOrg(here))) };
  });
  afterAll(() => world.stop());

  test('the provider itself asks what the server is', async () => {
    const { get } = inOrg(here);
    const version = expect.stringMatching(/^\d+\.\d+\.\d+$/);
    expect(await get('/api/health')).toMatchObject({ database: 'ok', version });
    expect(await get('/api/frontend/settings')).toMatchObject({ buildInfo: { version } });
    expect(await get('/bootdata')).toMatchObject({
      user: { orgId: here },
      settings: { buildInfo: { version } },
    });
  });

  test.each(dataSources.filter(isForUs))('data $type', async ({ look, found }) => {
    expect(await look(inOrg(here), given)).toMatchObject(found(given));
  });

  test.each(RESOURCES.filter(isForUs))('$type', async (resource) => {
    await expectLife(resource, given, inOrg, { here, elsewhere });
  });

  test('grafana_folder, prevent_destroy_if_not_empty', async () => {
    const { get, post } = inOrg(here);
    await post('/api/folders', { title: 'Inside', uid: 'inside', parentUid: given.folder });
    const inside = (type: string) => get(`/api/search?folderUIDs=${given.folder}&type=${type}`);
    expect(await inside('dash-db')).toMatchObject([{ uid: given.dashboard }, { uid: 'tagged' }]);
    expect(await inside('dash-folder')).toMatchObject([{ uid: 'inside' }]);
  });
});

async function tokenOf({ post }: Provider): Promise<As> {
  const { id } = await post(
    '/api/serviceaccounts',
    { name: 'terraform itself', role: 'Admin' },
    { success: 201 },
  );
  return { bearer: (await post(`/api/serviceaccounts/${id}/tokens`, { name: 'terraform itself' })).key };
}
