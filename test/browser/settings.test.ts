import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('the settings and statistics of the server', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld({
      metrics: { basic_auth_username: 'scraper', basic_auth_password: 'nobody-reads-this' },
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('a setting is found by its variable and says what to write to change it; a secret is nowhere', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/settings');
    const secret = page.getByRole('row').filter({ hasText: 'basic_auth_password' });
    await secret.getByRole('cell', { name: 'Set, not shown' }).waitFor();
    expect(await page.content()).not.toContain('nobody-reads-this');
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('EDITORS_CAN_DEL');
    await page.getByText('1 of').waitFor();
    await page.getByRole('button', { name: 'How to change editors_can_delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change editors_can_delete' });
    const text = await dialog.textContent();
    expect(text).toContain('[access_control]\neditors_can_delete = false');
    expect(text).toContain('GF_ACCESS_CONTROL_EDITORS_CAN_DELETE=false');
    await dialog.getByRole('button', { name: 'Copy' }).last().click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'GF_ACCESS_CONTROL_EDITORS_CAN_DELETE=false',
    );
    await visitor.close();
  });

  test('the figures of the server say what they count and lead there', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/stats');
    await page.getByRole('row', { name: '1 organizations' }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Organizations' }).waitFor();
    expect(page.url()).toBe(`${world.url}/admin/orgs`);
    await visitor.close();
  });
});
