import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { ADMIN, startWorld, type World } from '../../../server/testing/world.ts';
import { visit, type Visitor } from '../support/visit.ts';

const HOUR_MS = 3_600_000;

// What the troubleshooting document does by mouse, step by step.
describe.runIf(HAS_BROWSER)('looking into refused API keys by mouse', { timeout: 60_000 }, () => {
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
  });
  afterEach(async () => {
    await visitor.close();
    await world.stop();
  });

  async function signIn(): Promise<void> {
    visitor = await visit(browser, world.url, { now: world.clock.now });
    page = visitor.page;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
  }

  /** Configuration > API Keys. */
  async function goToKeys(): Promise<void> {
    const menu = page.getByRole('navigation', { name: 'Main menu' });
    await menu.getByRole('link', { name: 'Configuration' }).click();
    await menu.getByRole('link', { name: 'API Keys' }).last().click();
  }

  test('the page tells a key that has expired from one that has not', async () => {
    const make = async (name: string, secondsToLive?: number) =>
      (await world.send(ADMIN, 'POST', '/api/auth/keys', { name, role: 'Viewer', secondsToLive })).body;
    const expired = await make('of an hour', 3600);
    await make('of a day', 86_400);
    world.clock.advance(2 * HOUR_MS);
    const refused = await world.send({ bearer: expired.key }, 'GET', '/api/dashboards/home');
    expect(refused).toMatchObject({ status: 401, body: { message: 'Token expired' } });
    await signIn();
    // API keys can have expiration dates. Check if the key has expired: navigate to Configuration > API Keys.
    await goToKeys();
    await page.getByRole('row', { name: 'of a day' }).getByText('in 21 hours').waitFor();
    await page.getByRole('switch', { name: 'Include expired keys (1)' }).check();
    const row = page.getByRole('row', { name: 'of an hour' });
    await row.getByText('Expired').waitFor();
    await row.getByText('1 hour ago').waitFor();
  });

  test('a new key is made, copied while it is shown, and works', async () => {
    await signIn();
    // Navigate to Configuration > API Keys.
    await goToKeys();
    // Click "Add API key".
    await page.getByRole('button', { name: 'Add API key' }).first().click();
    // Set name, role, and expiration.
    await page.getByLabel('Key name').fill('automation-key');
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Admin' }).click();
    await page.getByLabel('Time to live').fill('1d');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    // Copy the key immediately: it is shown only once.
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    const key = await page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row', { name: 'automation-key' }).waitFor();
    expect(await page.content()).not.toContain(key);

    const self = await world.send({ bearer: key }, 'GET', '/api/user');
    expect(self).toMatchObject({ status: 200, body: { name: 'automation-key', orgId: 1 } });
    expect((await world.send({ bearer: key }, 'GET', '/api/admin/stats')).status).toBe(200);
  });
});
