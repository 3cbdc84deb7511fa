import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('a server that others reach, with the first password still the known one', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld({ server: { http_addr: '0.0.0.0' } });
    const viewer = { name: 'Vi', login: 'vi', email: 'vi@example.org', password: 'vis-password', OrgId: 1 };
    await world.send(ADMIN, 'POST', '/api/admin/users', viewer);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('says so above every page to an administrator of the server, until it is changed where the link leads', async () => {
    const visitor = await visit(browser, world.url.replace('0.0.0.0', '127.0.0.1'));
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    const alert = page.getByRole('alert').filter({ hasText: 'still has the password admin' });
    await alert.waitFor();
    await visitor.open('/admin/users');
    await alert.getByRole('link', { name: 'Profile' }).click();
    await page.getByLabel('Old password').fill('admin');
    await page.getByLabel('New password', { exact: true }).fill('my-own-password');
    await page.getByLabel('New password again').fill('my-own-password');
    await page.getByRole('button', { name: 'Change password' }).click();
    await alert.waitFor({ state: 'detached' });
    expect(await page.getByText('still has the password').count()).toBe(0);
    await visitor.close();
  });

  test('says nothing of it to anybody else', async () => {
    const visitor = await visit(browser, world.url.replace('0.0.0.0', '127.0.0.1'));
    await visitor.signIn('vi', 'vis-password');
    await visitor.open('/');
    expect(await visitor.page.getByText('still has the password').count()).toBe(0);
    await visitor.close();
  });
});
