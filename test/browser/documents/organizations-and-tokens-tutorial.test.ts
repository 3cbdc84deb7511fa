import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { makeUser } from '../../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../../server/testing/world.ts';
import { visit, type Visitor } from '../support/visit.ts';

// The tutorial on organizations and tokens, by mouse: each of its steps is one test, and each goes on from the one before.
describe.runIf(HAS_BROWSER)('an organization of its own with a token', { timeout: 60_000 }, () => {
  let world: World;
  let browser: Browser;
  let visitor: Visitor;
  let key = '';

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    await makeUser(world, 'ann');
    visitor = await visit(browser, world.url);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
  });
  afterAll(async () => {
    await visitor.close();
    await browser.close();
    await world.stop();
  });

  test('1. the organization is created, and the switcher offers it at once', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Organizations' }).click();
    await page.getByRole('button', { name: 'New organization' }).click();
    await page.getByRole('textbox', { name: 'Organization name' }).fill('apiorg');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'apiorg' }).waitFor();
    await page.getByRole('button', { name: 'Organization Main Org.: switch' }).click();
    await page.getByRole('menuitem', { name: 'apiorg' }).waitFor();
    await page.keyboard.press('Escape');
    const { body } = await world.send(ADMIN, 'GET', '/api/orgs/name/apiorg');
    expect(body.id).toBe(2);
  });

  test('2. a user is added to it as Admin', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Add user' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a user to apiorg' });
    await dialog.getByRole('textbox', { name: 'Login or email' }).fill('ann@example.org');
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Admin' }).click();
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('combobox', { name: 'Role of ann' }).waitFor();
    const { body } = await world.send({ basic: 'ann:password of ann' }, 'GET', '/api/user/orgs');
    expect(body).toContainEqual({ orgId: 2, name: 'apiorg', role: 'Admin' });
  });

  test('3. the administrator switches to it', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Organization Main Org.: switch' }).click();
    await page.getByRole('menuitem', { name: 'apiorg' }).click();
    await page.getByRole('button', { name: 'Organization apiorg: switch' }).waitFor();
    expect((await world.send(ADMIN, 'GET', '/api/org')).body.name).toBe('apiorg');
  });

  test('4. the key is made there, and shown once', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'API keys' }).first().click();
    await page.getByRole('button', { name: 'Add API key' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add API key' });
    await dialog.getByRole('textbox', { name: 'Key name' }).fill('apikeycurl');
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Admin' }).click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    key = await page
      .getByRole('dialog', { name: 'API key created' })
      .getByRole('textbox', { name: 'API key' })
      .inputValue();
    expect(JSON.parse(Buffer.from(key, 'base64').toString())).toMatchObject({ n: 'apikeycurl', id: 2 });
  });

  test('the key adds a dashboard without a switch, which is seen in that organization', async () => {
    const dashboard = {
      id: null,
      title: 'Production Overview',
      tags: ['templated'],
      timezone: 'browser',
      rows: [{}],
      schemaVersion: 6,
      version: 0,
    };
    const body = { dashboard, overwrite: false };
    const { status } = await world.send({ bearer: key }, 'POST', '/api/dashboards/db', body);
    expect(status).toBe(200);
    await visitor.open('/dashboards');
    await visitor.page.getByRole('link', { name: 'Production Overview' }).first().waitFor();
  });
});
