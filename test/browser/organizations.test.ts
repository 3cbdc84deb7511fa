import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('organizations', { timeout: 60_000 }, () => {
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

  test('a switch of organization in one tab does not move another one', async () => {
    const orgId = await makeOrg(world, 'Elsewhere');
    await makeMember(world, orgId, 'onlythere', 'Viewer');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    const menuOf = (tab: Page) => tab.getByRole('navigation', { name: 'Main menu' });
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/users');
    const other = await visitor.browser.newPage();
    await other.goto(`${world.url}/org/users`);
    await other.getByRole('button', { name: 'Organization Main Org.: switch' }).click();
    await other.getByRole('menuitem', { name: 'Elsewhere' }).click();
    await other.getByRole('button', { name: 'Organization Elsewhere: switch' }).waitFor();
    await menuOf(other).getByRole('link', { name: 'Users' }).click();
    await other.getByRole('cell', { name: 'onlythere', exact: true }).first().waitFor();
    await menuOf(page).getByRole('link', { name: 'Preferences' }).click();
    const name = page.getByRole('textbox', { name: 'Organization name' });
    await name.waitFor();
    expect(await name.inputValue()).toBe('Main Org.');
    await name.fill('Main office');
    await page.getByRole('button', { name: 'Save name' }).click();
    await page.getByRole('button', { name: 'Organization Main office: switch' }).waitFor();
    const { body } = await world.send(ADMIN, 'GET', '/api/orgs/search');
    expect(body.orgs.map((org: { name: string }) => org.name)).toEqual(['Elsewhere', 'Main office']);
    await visitor.close();
  });

  test('a name that is taken is refused in words, and keeps what was typed', async () => {
    await makeOrg(world, 'Taken');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(409);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/orgs');
    await page.getByRole('button', { name: 'New organization' }).click();
    const name = page.getByRole('textbox', { name: 'Organization name' });
    await name.fill('Taken');
    await page.getByRole('button', { name: 'Create' }).click();
    expect(await page.getByRole('dialog').getByRole('alert').textContent()).toContain(
      'Organization name taken',
    );
    expect(await name.inputValue()).toBe('Taken');
    await visitor.close();
  });

  test('an organization is deleted once its name was typed, after what goes with it was told', async () => {
    const orgId = await makeOrg(world, 'Closing down');
    const there = { 'x-grafana-org-id': String(orgId) };
    const { body: key } = await world.send(
      ADMIN,
      'POST',
      '/api/auth/keys',
      { name: 'last', role: 'Viewer' },
      there,
    );
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/orgs');
    await page.getByRole('button', { name: 'Delete Closing down' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete organization Closing down?' });
    await dialog.getByText('API keys: 1').waitFor();
    const confirm = dialog.getByRole('button', { name: 'Delete organization' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type Closing down to go on' }).fill('Closing down');
    await confirm.click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Closing down' }).waitFor({ state: 'detached' });
    expect((await world.send({ bearer: key.key }, 'GET', '/api/org')).status).toBe(401);
    await visitor.close();
  });

  test('a home dashboard found by name is where the organization begins', async () => {
    const { body: dashboard } = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
      dashboard: { title: 'Where we begin', panels: [] },
    });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org');
    await page.getByRole('combobox', { name: 'Home dashboard' }).fill('where we');
    await page.getByRole('option', { name: 'Where we begin' }).click();
    await page.getByRole('button', { name: 'Save preferences' }).click();
    await page.getByText('Preferences were saved').waitFor();
    const { body } = await world.send(ADMIN, 'GET', '/api/org/preferences');
    expect(body.homeDashboardUID).toBe(dashboard.uid);
    await visitor.close();
  });

  test('a page of API keys that was hidden is shown again by a switch', async () => {
    await world.send(ADMIN, 'POST', '/api/serviceaccounts/migrate');
    await world.send(ADMIN, 'POST', '/api/serviceaccounts/hideApiKeys');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org');
    const link = page.getByRole('navigation', { name: 'Main menu' }).getByRole('link', { name: 'API keys' });
    expect(await link.count()).toBe(0);
    await page.getByRole('switch', { name: 'Show the API keys page in the menu' }).click();
    await link.first().waitFor();
    await visitor.close();
  });
});
