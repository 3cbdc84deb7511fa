import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('roles', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    await makeMember(world, 1, 'maria', 'Admin');
    await makeMember(world, 1, 'yuki', 'Viewer');
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  async function makeRole(name: string): Promise<string> {
    const permissions = [{ action: 'teams:read', scope: 'teams:*' }];
    const { body } = await world.send(ADMIN, 'POST', '/api/access-control/roles', { name, permissions });
    return body.uid;
  }

  const roleOf = async (uid: string) =>
    (await world.send(ADMIN, 'GET', `/api/access-control/roles/${uid}`)).body;

  test('a role that is made and given to a service account really gives its token what it says, until it is taken away', async () => {
    const { body: account } = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'ci-deploy' });
    const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.id}/tokens`, { name: 't' });
    let teams = 0;
    const makingTeamAnswers = async (): Promise<number> => {
      const as = { bearer: token.body.key };
      return (await world.send(as, 'POST', '/api/teams', { name: `team ${++teams}` })).status;
    };
    expect(await makingTeamAnswers()).toBe(403);
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/roles');

    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('custom:team-maker');
    await page.getByRole('textbox', { name: 'Display name' }).fill('Team maker');
    await page.getByRole('button', { name: 'Create role' }).click();
    await page.getByRole('heading', { level: 1, name: 'Team maker' }).waitFor();
    await page.getByRole('combobox', { name: 'Action' }).fill('teams:cre');
    await page.getByRole('option', { name: /^teams:create/ }).click();
    await page.getByRole('button', { name: 'Add permission' }).click();
    await page.getByRole('row').filter({ hasText: 'create teams' }).waitFor();
    await page.getByRole('button', { name: 'Save role' }).click();
    await page.getByText('Role Team maker was saved').waitFor();

    await page.getByRole('tab', { name: 'Assignments' }).click();
    await page.getByRole('button', { name: 'Give the role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Give it to a' }).click();
    await page.getByRole('option', { name: 'Service account' }).click();
    await dialog.getByRole('combobox', { name: 'Service account' }).fill('ci');
    await page.getByRole('option', { name: /^ci-deploy/ }).click();
    await dialog.getByRole('button', { name: 'Give the role' }).click();
    await page.getByText('ci-deploy has the role Team maker now').waitFor();
    expect(await makingTeamAnswers()).toBe(200);

    await page.getByRole('button', { name: 'Take the role from ci-deploy' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
    await page.getByText('ci-deploy no longer has the role Team maker').waitFor();
    await page.getByText('Nobody has this role').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(await makingTeamAnswers()).toBe(403);
    await visitor.close();
  });

  test('nobody puts into a role what they do not hold: the refusal says what it is, and nothing that was entered is lost', async () => {
    const uid = await makeRole('custom:too-much');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('maria', 'password of maria');
    await visitor.open(`/admin/roles/${uid}`);
    await page.getByRole('combobox', { name: 'Action' }).fill('orgs:create');
    await page.getByRole('button', { name: 'Add permission' }).click();
    await page.getByRole('button', { name: 'Save role' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Permission denied' });
    expect(await alert.textContent()).toContain(
      'you do not have orgs:create; nobody gives what they do not have',
    );
    await page.getByRole('button', { name: 'Take orgs:create out' }).waitFor();
    expect((await roleOf(uid)).permissions).toHaveLength(1);
    await visitor.close();
  });

  test('a role that somebody else changed meanwhile is overwritten only by who says so', async () => {
    const uid = await makeRole('custom:contested');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(409);
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/admin/roles/${uid}`);
    await page.getByRole('textbox', { name: 'Description' }).fill('mine');
    const theirs = { name: 'custom:contested', description: 'theirs', permissions: [] };
    await world.send(ADMIN, 'PUT', `/api/access-control/roles/${uid}`, theirs);
    await page.getByRole('button', { name: 'Save role' }).click();
    await page.getByText('Somebody else has changed this role meanwhile').waitFor();
    expect(await roleOf(uid)).toMatchObject({ description: 'theirs' });
    await page.getByRole('button', { name: 'Load what is saved' }).click();
    await page.getByText('It gives nothing yet').waitFor();
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('theirs');
    await visitor.close();
  });

  test('a Viewer who comes to the roles by their address is told in words that they may not', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/admin/roles');
    const alert = page.getByRole('alert').filter({ hasText: 'Permission denied' }).first();
    expect(await alert.textContent()).toContain('roles:read on roles:* is needed');
    expect(await page.getByRole('button', { name: 'New role' }).count()).toBe(0);
    await visitor.close();
  });
});
