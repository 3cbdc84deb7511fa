import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { ADMIN, startWorld, type World } from '../../../server/testing/world.ts';
import { visit, type Visitor } from '../support/visit.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

// The numbered lists of the document on API keys and their migration that are done by mouse, step by step.
describe.runIf(HAS_BROWSER)('API keys and their migration by mouse', { timeout: 60_000 }, () => {
  let browser: Browser;
  let world: World;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    world = await startWorld();
    visitor = await visit(browser, world.url);
    page = visitor.page;
  });
  afterEach(async () => {
    await visitor.close();
    await world.stop();
  });

  const menu = () => page.getByRole('navigation', { name: 'Main menu' });
  const statusOf = async (secret: string, method = 'GET', path = '/api/org', body?: object) =>
    (await world.send({ bearer: secret }, method, path, body)).status;

  async function makeKey(name: string, role: string): Promise<{ id: number; key: string }> {
    return (await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role })).body;
  }

  test.each([
    ['12h', 12 * HOUR_MS],
    ['1M', 30 * DAY_MS],
  ])('an API key is created, and works for %s', async (life, milliseconds) => {
    // 1. Sign in.
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    // 2. Click Administration in the left-side menu and select API Keys.
    await menu().getByRole('link', { name: 'Administration' }).click();
    await menu().getByRole('link', { name: 'API Keys' }).first().click();
    // 3. Click Add API key.
    await page.getByRole('button', { name: 'Add API key' }).first().click();
    // 4. Enter a unique name for the key.
    await page.getByLabel('Key name').fill('workload');
    // 5. In the Role field, select one of the access levels.
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Editor' }).click();
    // 6. In the Time to live field, specify how long the key is to be valid.
    await page.getByLabel('Time to live').fill(life);
    // 7. Click Add.
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const key = await page.getByRole('textbox', { name: 'API key' }).inputValue();

    expect(await statusOf(key, 'POST', '/api/folders', { title: 'made by an Editor' })).toBe(200);
    world.clock.advance(milliseconds - HOUR_MS / 2);
    expect(await statusOf(key)).toBe(200);
    world.clock.advance(HOUR_MS);
    expect(await statusOf(key)).toBe(401);
  });

  test('all API keys are migrated and go on working, and the page is hidden', async () => {
    const viewer = await makeKey('dashboards to slides', 'Viewer');
    const editor = await makeKey('deploy', 'Editor');
    // 1. Sign in, point to Configuration, and click API Keys.
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    await menu().getByText('Configuration').hover();
    await menu().getByRole('link', { name: 'API Keys' }).last().click();
    // 2. In the top of the page, find the section which says: Switch from API keys to service accounts.
    await page.getByRole('heading', { name: 'Switch from API keys to service accounts' }).waitFor();
    // 3. Click Migrate to service accounts now.
    await page.getByRole('button', { name: 'Migrate to service accounts now' }).click();
    // 4. A confirmation window appears: click Yes, migrate now.
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, migrate now' }).click();
    await page.getByText('2 API keys moved to service accounts').waitFor();
    // 5. Once it is successful, click Hide API keys page forever.
    await page.getByRole('button', { name: 'Hide API keys page forever' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, hide it' }).click();
    await page.getByText('The API keys page of Main Org. is hidden').waitFor();
    await menu().getByRole('link', { name: 'API Keys' }).waitFor({ state: 'detached' });

    // The migrated keys are in the Service Accounts section, in the Service Account Tokens tab.
    await menu().getByRole('link', { name: 'Service Accounts' }).click();
    await page.getByRole('link', { name: 'sa-autogen-deploy' }).click();
    await page.getByRole('tab', { name: 'Service Account Tokens' }).click();
    await page.getByText(`Was the API key ${editor.id}`).waitFor();

    expect(await statusOf(viewer.key)).toBe(200);
    expect(await statusOf(viewer.key, 'POST', '/api/folders', { title: 'too much' })).toBe(403);
    expect(await statusOf(editor.key, 'POST', '/api/folders', { title: 'as before' })).toBe(200);
    const another = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'another', role: 'Viewer' });
    expect(another.status).toBe(410);
  });

  test('a single API key is migrated and goes on working, and the others stay keys', async () => {
    await makeKey('stays', 'Viewer');
    const moved = await makeKey('moves', 'Viewer');
    // 1. Sign in.
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    // 2. Click Administration in the left-side menu and select API Keys.
    await menu().getByRole('link', { name: 'Administration' }).click();
    await menu().getByRole('link', { name: 'API Keys' }).first().click();
    // 3. Find the API key to migrate.
    const row = page.getByRole('row', { name: 'moves' });
    // 4. Click Migrate to service account.
    await row.getByRole('button', { name: 'Migrate to service account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Migrate' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: 'stays' }).waitFor();

    expect(await statusOf(moved.key)).toBe(200);
    const { body } = await world.send(ADMIN, 'GET', '/api/serviceaccounts/search');
    expect(body.serviceAccounts).toMatchObject([{ name: 'sa-autogen-moves', tokens: 1, role: 'Viewer' }]);
    expect(await makeKey('another', 'Viewer')).toHaveProperty('key');
  });
});
