import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeUser } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('users, teams and profiles', { timeout: 60_000 }, () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  const ask = async (path: string) => (await world.send(ADMIN, 'GET', path)).body;
  const choose = async (page: Page, label: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('option', { name: option }).click();
  };

  test('a Viewer is offered none of it, and is told why where they go by hand', async () => {
    await makeMember(world, 1, 'vera', 'Viewer');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('vera', 'password of vera');
    await visitor.open('/');
    const menu = page.getByRole('navigation', { name: 'Main menu' });
    for (const name of ['Users', 'Teams', 'Organizations', 'Preferences'])
      expect(await menu.getByRole('link', { name }).count(), name).toBe(0);
    for (const [path, action] of [
      ['/org/users', 'org.users:read'],
      ['/admin/users', 'users:read'],
      ['/admin/users/1', 'users:read'],
      ['/org/teams', 'teams:read'],
      ['/admin/orgs', 'orgs:read'],
      ['/admin/orgs/1', 'orgs:read'],
      ['/org', 'orgs.preferences:read'],
    ] as const) {
      await visitor.open(path);
      const said = await page.getByRole('alert').first().textContent();
      expect(said, path).toContain(`Permission denied: ${action}`);
      expect(said, path).toMatch(/ask an Admin|needs an administrator/);
      const offered = page.getByRole('button', { name: /^(Add|New|Save|Delete|Remove)/ });
      expect(await offered.count(), path).toBe(0);
    }
    await visitor.close();
  });

  test('a role changed in place counts at once and says what it means; lowering one’s own asks first', async () => {
    const user = await makeMember(world, 1, 'rolf', 'Viewer');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/users?query=rolf');
    await choose(page, 'Role of rolf', 'Editor');
    await page.getByText('rolf has the role Editor now: may also make and change dashboards').waitFor();
    expect((await world.send(user.as, 'GET', '/api/user')).body.orgRole).toBe('Editor');
    await visitor.open('/org/users?query=admin');
    await choose(page, 'Role of admin', 'Viewer');
    const asks = page.getByRole('dialog', { name: 'Lower your own role?' });
    await asks.getByRole('button', { name: 'Cancel' }).click();
    expect((await ask('/api/user')).orgRole).toBe('Admin');
    await visitor.close();
  });

  test('a user gets a role besides the basic one, has it, and loses it again', async () => {
    const user = await makeMember(world, 1, 'carla', 'Viewer');
    const held = async () =>
      (await ask(`/api/access-control/users/${user.id}/roles`)).map(({ name }: { name: string }) => name);
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/users?query=carla');
    await page.getByRole('button', { name: 'Roles of carla' }).click();
    const dialog = page.getByRole('dialog', { name: 'Roles of carla' });
    await dialog.getByRole('combobox', { name: 'Roles' }).fill('API key reader');
    await page.getByRole('option', { name: 'API key reader' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await held()).toEqual(['fixed:apikeys:reader']);
    await visitor.open(`/admin/users/${user.id}`);
    await page.getByRole('button', { name: 'Clear roles' }).click();
    await page.getByRole('region', { name: 'Roles' }).getByRole('button', { name: 'Save' }).click();
    await page.getByText('The roles of carla were saved').waitFor();
    expect(await held()).toEqual([]);
    await visitor.close();
  });

  test('the last administrator of the server stays one, and the page says why', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(400);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/users/1');
    await page.getByRole('button', { name: 'End server administration' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End server administration' }).click();
    const said = await dialog.getByRole('alert').textContent();
    expect(said).toContain('cannot remove last grafana admin');
    expect(said).toContain('the server needs an administrator who can sign in');
    expect((await ask('/api/users/1')).isGrafanaAdmin).toBe(true);
    await visitor.close();
  });

  test('a user is made, disabled, and deleted once the login was typed', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/users');
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByRole('textbox', { name: 'Username' }).fill('tempo');
    await page.getByRole('textbox', { name: 'Password' }).fill('abc');
    await page.getByRole('button', { name: 'Create user' }).click();
    await page.getByText('A password has at least 4 characters').waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill('password of tempo');
    await page.getByRole('button', { name: 'Create user' }).click();
    await page.getByRole('heading', { level: 1, name: 'tempo' }).waitFor();
    await page.getByRole('button', { name: 'Disable user' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable user' }).click();
    await page.getByRole('button', { name: 'Enable user' }).waitFor();
    const { status } = await world.send({ basic: 'tempo:password of tempo' }, 'GET', '/api/user');
    expect(status).toBe(401);
    await page.getByRole('button', { name: 'Delete user' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Delete user' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type tempo to go on' }).fill('tempo');
    await confirm.click();
    await page.waitForURL(`${world.url}/admin/users`);
    expect((await ask('/api/users/search?query=tempo')).totalCount).toBe(0);
    await visitor.close();
  });

  test('somebody found by name joins a team and becomes its Admin; a name that is taken keeps what was typed', async () => {
    const user = await makeMember(world, 1, 'timo', 'Viewer');
    const { body: team } = await world.send(ADMIN, 'POST', '/api/teams', { name: 'Night shift' });
    await world.send(ADMIN, 'POST', '/api/teams', { name: 'Day shift' });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(409);
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/org/teams/${team.teamId}`);
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'User' }).fill('timo');
    await page.getByRole('option', { name: 'timo' }).click();
    await page.getByRole('button', { name: 'Add to team' }).click();
    await choose(page, 'Permission of timo', 'Admin');
    await page.getByText('timo is an Admin of the team now').waitFor();
    expect(await ask(`/api/teams/${team.teamId}/members`)).toContainEqual(
      expect.objectContaining({ userId: user.id, permission: 4 }),
    );
    await page.getByRole('tab', { name: 'Settings' }).click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Day shift');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('Team name taken').waitFor();
    expect(await name.inputValue()).toBe('Day shift');
    await page.getByRole('tab', { name: 'Members' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await visitor.close();
  });

  test('a session is ended from another one, which is marked and stays', async () => {
    await makeUser(world, 'sam');
    const [here, there] = [await visit(browser, world.url), await visit(browser, world.url)];
    there.forgive(401);
    await there.signIn('sam', 'password of sam');
    await there.open('/');
    await here.signIn('sam', 'password of sam');
    await here.open('/profile');
    const sessions = here.page.getByRole('region', { name: 'open sessions' }).getByRole('row');
    await sessions.nth(2).waitFor();
    expect(await sessions.filter({ hasText: 'This session' }).getByRole('button').count()).toBe(0);
    await here.page.getByRole('button', { name: /^End session in/ }).click();
    await here.page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await sessions.nth(2).waitFor({ state: 'detached' });
    await there.page.getByRole('link', { name: 'Dashboards', exact: true }).click();
    await there.page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    await here.open('/profile');
    await there.close();
    await here.close();
  });

  test('a wrong old password keeps what was typed, and the right one changes it', async () => {
    await makeUser(world, 'paula');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(401);
    await visitor.signIn('paula', 'password of paula');
    await visitor.open('/profile');
    const field = (name: string) => page.getByRole('textbox', { name, exact: true });
    const change = page.getByRole('button', { name: 'Change password' });
    await field('Old password').fill('not it');
    await field('New password').fill('a new one');
    await field('New password again').fill('another');
    await change.click();
    await page.getByText('This is not the same as the new password').waitFor();
    await field('New password again').fill('a new one');
    await change.click();
    await page.getByRole('alert').getByText('Invalid old password').waitFor();
    expect(await field('Old password').inputValue()).toBe('not it');
    expect(await field('New password').inputValue()).toBe('a new one');
    await field('Old password').fill('password of paula');
    await change.click();
    await page.getByText('Your password was changed').waitFor();
    expect((await world.send({ basic: 'paula:a new one' }, 'GET', '/api/user')).status).toBe(200);
    await visitor.close();
  });

  test('a theme that is preferred shows at once', async () => {
    await makeUser(world, 'thea');
    const visitor = await visit(browser, world.url, { scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn('thea', 'password of thea');
    await visitor.open('/profile');
    await choose(page, 'Interface theme', 'Light');
    await page.getByRole('button', { name: 'Save preferences' }).click();
    await page.locator('html[data-mantine-color-scheme=light]').waitFor();
    const { body } = await world.send({ basic: 'thea:password of thea' }, 'GET', '/api/user/preferences');
    expect(body.theme).toBe('light');
    await visitor.close();
  });
});
