import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit, type Visitor } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('API keys on the page', { timeout: 60_000 }, () => {
  let browser: Browser;
  let world: World;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await visitor.close();
    await world.stop();
  });

  async function openKeys(login = 'admin', password = 'admin', forgiven?: number): Promise<void> {
    visitor = await visit(browser, world.url, { now: world.clock.now });
    page = visitor.page;
    if (forgiven !== undefined) visitor.forgive(forgiven);
    await visitor.signIn(login, password);
    await visitor.open('/org/apikeys');
  }

  async function makeKey(name: string, more: object = {}): Promise<{ id: number; key: string }> {
    const key = { name, role: 'Viewer', ...more };
    return (await world.send(ADMIN, 'POST', '/api/auth/keys', key)).body;
  }

  const add = () => page.getByRole('button', { name: 'Add', exact: true }).click();
  const startAdding = () => page.getByRole('button', { name: 'Add API key' }).first().click();

  test('a wrong unit, a life that is too long and a taken name are told, and what was entered stays', async () => {
    world = await startWorld();
    await makeKey('taken');
    await openKeys();
    await startAdding();
    await page.getByLabel('Key name').fill('taken');
    const life = page.getByLabel('Time to live');
    for (const [wrong, told] of [
      ['12y', /s \(seconds\), m \(minutes\).* or M \(months of 30 days\)/],
      ['31d', /31d is too long\. Enter 30d or 1M at most/],
    ] as const) {
      await life.fill(wrong);
      await add();
      await page.getByText(told).first().waitFor();
      expect(await life.inputValue()).toBe(wrong);
    }
    visitor.forgive(409);
    await life.fill('12h');
    await add();
    expect(await page.getByRole('alert').textContent()).toContain('choose another');
    expect(await page.getByLabel('Key name').inputValue()).toBe('taken');
    expect(await life.inputValue()).toBe('12h');
    expect((await world.send(ADMIN, 'GET', '/api/auth/keys')).body).toHaveLength(1);
  });

  test("the server's limit is told, holds, and leaves no key without an end", async () => {
    world = await startWorld({ auth: { api_key_max_seconds_to_live: '7200' } });
    await openKeys();
    await startAdding();
    await page.getByLabel('Key name').fill('short');
    const life = page.getByLabel('Time to live');
    expect(await life.inputValue()).toBe('2h');
    expect(await page.getByRole('switch', { name: 'No expiry' }).count()).toBe(0);
    await life.fill('3h');
    await add();
    await page.getByText(/3h is too long. Enter 2h at most: .*api_key_max_seconds_to_live/).waitFor();
    expect(await life.inputValue()).toBe('3h');
    await life.fill('90m');
    await add();
    await page.getByRole('dialog', { name: 'API key created' }).waitFor();
  });

  test('without a limit a key may have no end, after a warning', async () => {
    world = await startWorld();
    await openKeys();
    await startAdding();
    expect(await page.getByLabel('Time to live').inputValue()).toBe('30d');
    await page.getByLabel('Key name').fill('for good');
    await page.getByRole('switch', { name: 'No expiry' }).check();
    await page.getByText('This API key will work until somebody ends it').waitFor();
    await add();
    await page.getByRole('dialog', { name: 'API key created' }).waitFor();
    const { body } = await world.send(ADMIN, 'GET', '/api/auth/keys');
    expect(body).toMatchObject([{ name: 'for good' }]);
    expect(body[0]).not.toHaveProperty('expiration');
  });

  test('a key is revoked and deleted only once its name was confirmed, and is refused at once', async () => {
    world = await startWorld();
    const { key } = await makeKey('nightly');
    await openKeys();
    const act = async (what: string) => {
      await page.getByRole('button', { name: 'Actions for nightly' }).click();
      await page.getByRole('menuitem', { name: what }).click();
    };
    await act('Delete');
    await page.getByRole('dialog', { name: 'Delete API key nightly?' }).getByText('Cancel').click();
    await act('Revoke');
    const revoking = page.getByRole('dialog', { name: 'Revoke API key nightly?' });
    await revoking.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('row', { name: 'nightly' }).getByText('Revoked').waitFor();
    const migrate = page.getByRole('button', { name: 'Migrate to service account: nightly' });
    expect(await migrate.count()).toBe(0);
    const refused = await world.send({ bearer: key }, 'GET', '/api/org');
    expect(refused).toMatchObject({ status: 401, body: { message: 'Token revoked' } });
    await act('Delete');
    const deleting = page.getByRole('dialog', { name: 'Delete API key nightly?' });
    await deleting.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No API keys yet').waitFor();
    expect((await world.send(ADMIN, 'GET', '/api/auth/keys?includeExpired=true')).body).toEqual([]);
  });

  test('each key says which programs use it and what to do about it', async () => {
    world = await startWorld();
    const { key } = await makeKey('backup', { role: 'Admin' });
    await world.send({ bearer: key }, 'GET', '/api/org', undefined, { 'user-agent': 'restic-hook/2' });
    await openKeys();
    await page.getByRole('row', { name: 'backup' }).getByRole('button', { name: '1 program' }).click();
    const uses = page.getByRole('dialog', { name: 'API key backup' });
    const caller = uses.getByRole('row', { name: 'restic-hook/2' });
    await expect
      .poll(() => caller.getByRole('cell').allTextContents())
      .toEqual(expect.arrayContaining(['restic-hook/2', '127.0.0.1', '1', '0']));
    await uses.getByText('It never expires: move it to a service account').waitFor();
  });

  test('a migration that breaks on the way says so and goes on from there, and new keys are over', async () => {
    world = await startWorld();
    const keys = [];
    for (let count = 0; count < 120; count++) keys.push(await makeKey(`key ${count}`));
    await openKeys();
    visitor.forgive(503);
    let calls = 0;
    await page.route('**/api/serviceaccounts/migrate?**', async (route) => {
      if (++calls !== 2) return route.continue();
      return route.fulfill({ status: 503, json: { message: 'The database is away' } });
    });
    await page.getByRole('button', { name: 'Migrate to service accounts now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Yes, migrate now' }).click();
    await dialog.getByText('The database is away').waitFor();
    await dialog.getByText('100 of 120 keys looked at, 100 moved.').waitFor();
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('120 API keys moved to service accounts, 0 skipped, 0 had moved before.').waitFor();
    await page.getByText('No new API keys here').waitFor();
    expect(await page.getByRole('button', { name: 'Add API key' }).count()).toBe(0);
    for (const { key } of [keys[0], keys.at(-1)].filter((made) => made !== undefined)) {
      expect((await world.send({ bearer: key }, 'GET', '/api/org')).status).toBe(200);
    }
  });

  test('a hidden page comes back for who opens its address and may', async () => {
    world = await startWorld();
    await world.send(ADMIN, 'POST', '/api/serviceaccounts/hideApiKeys');
    await openKeys();
    const menu = page.getByRole('navigation', { name: 'Main menu' });
    expect(await menu.getByRole('link', { name: 'API keys' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show API keys page again' }).click();
    await menu.getByRole('link', { name: 'API keys' }).first().waitFor();
    await page.getByText('No API keys yet').waitFor();
  });

  test('a Viewer is told that keys are not for them, and is offered nothing', async () => {
    world = await startWorld();
    await makeMember(world, 1, 'vera', 'Viewer');
    await openKeys('vera', 'password of vera', 403);
    expect(await page.getByRole('alert').textContent()).toContain('Permission denied');
    expect(
      await page
        .getByRole('main')
        .getByRole('button', { name: /Add|Migrate|Hide/ })
        .count(),
    ).toBe(0);
  });
});
