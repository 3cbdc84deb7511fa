import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit, type Visitor } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('service accounts on the page', { timeout: 60_000 }, () => {
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

  async function open(path: string, login = 'admin', password = 'admin'): Promise<void> {
    await visitor.signIn(login, password);
    await visitor.open(path);
  }

  async function make(name: string, more: object = {}): Promise<number> {
    return (await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name, ...more })).body.id;
  }

  async function makeToken(account: number, more: object = {}): Promise<string> {
    const token = { name: `token of ${account}`, ...more };
    return (await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account}/tokens`, token)).body.key;
  }

  async function confirm(title: string, button: string): Promise<void> {
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  async function choose(trigger: string, action: string): Promise<void> {
    await page.getByRole('button', { name: `Actions for ${trigger}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  }

  const ask = (secret: string, headers?: Record<string, string>) =>
    world.send({ bearer: secret }, 'GET', '/api/org', undefined, headers);

  test('an account is made, and gets a token that works until it is revoked and goes', async () => {
    await open('/org/serviceaccounts');
    await page.getByRole('button', { name: 'Add service account' }).first().click();
    await page.getByLabel('Display name').fill('deploy');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'deploy' }).waitFor();
    await page.getByRole('button', { name: 'Add service account token' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add token to deploy' });
    await dialog.getByLabel('Display name').fill('ci');
    await dialog.getByLabel('Time to live').fill('12 hours');
    await dialog.getByRole('button', { name: 'Generate token' }).click();
    await dialog.getByText('is no duration').waitFor();
    await dialog.getByLabel('Time to live').fill('12h');
    await dialog.getByRole('button', { name: 'Generate token' }).click();
    const token = await page.getByRole('textbox', { name: 'Token' }).inputValue();
    expect((await ask(token)).status).toBe(200);

    // Who closes without having copied it is asked.
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Close all the same' }).click();
    await choose('ci', 'Revoke');
    await confirm('Revoke token ci?', 'Revoke');
    await page.getByRole('row', { name: 'ci' }).getByText('Revoked').waitFor();
    expect((await ask(token)).body.message).toBe('Token revoked');
    await choose('ci', 'Delete');
    await confirm('Delete token ci?', 'Delete');
    await page.getByText('No tokens yet').waitFor();
  });

  test('a disabled account is refused until it is enabled, and a deleted one for good', async () => {
    const token = await makeToken(await make('exporter'));
    await open('/org/serviceaccounts');
    await choose('exporter', 'Disable');
    await confirm('Disable service account exporter?', 'Disable');
    const row = page.getByRole('row', { name: 'exporter' });
    await row.getByText('Disabled').waitFor();
    expect((await ask(token)).body.message).toBe('Service account is disabled');
    await choose('exporter', 'Enable');
    await confirm('Enable service account exporter?', 'Enable');
    await row.getByText('Enabled').waitFor();
    expect((await ask(token)).status).toBe(200);
    await row.getByRole('link', { name: 'exporter' }).click();
    await page.getByRole('button', { name: 'Delete service account' }).click();
    await confirm('Delete service account exporter?', 'Delete');
    await page.getByText('No service accounts yet').waitFor();
    expect((await ask(token)).status).toBe(401);
  });

  test('search, filters and pages find accounts, and a reload shows the same', async () => {
    for (let count = 10; count < 45; count++) await make(`batch ${count}`);
    await make('off', { isDisabled: true });
    await makeToken(await make('old'), { secondsToLive: 60 });
    world.clock.advance(120_000);
    await open('/org/serviceaccounts');
    await page.getByText('Page 1 of 2, 37 in all').waitFor();
    await page.getByRole('button', { name: 'next page' }).click();
    await page.getByRole('link', { name: 'batch 44' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search service accounts' }).fill('BATCH 4');
    await page.getByText('5 in all').waitFor();
    await page.reload();
    await page.getByText('5 in all').waitFor();
    await page.getByRole('searchbox', { name: 'Search service accounts' }).fill('');
    const names = () => page.getByRole('table').getByRole('link').allTextContents();
    for (const [filter, found] of [
      ['Disabled', 'off'],
      ['With expired tokens', 'old'],
    ] as const) {
      await page.getByRole('radiogroup', { name: 'Which service accounts' }).getByText(filter).click();
      await page.getByRole('table').getByRole('link', { name: found, exact: true }).waitFor();
      expect(await names()).toEqual([found]);
    }
  });

  test('name and role are changed; a refused change loses nothing, and leaving with one is asked about', async () => {
    await make('taken');
    const id = await make('renamed');
    await open(`/org/serviceaccounts/${id}`);
    const name = page.getByLabel('Display name');
    await name.fill('taken');
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Editor' }).click();
    visitor.forgive(400);
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('choose another name');
    expect(await name.inputValue()).toBe('taken');
    await page.getByRole('link', { name: 'Service accounts' }).first().click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByText('Cancel').click();
    await name.fill('reporter');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'reporter' }).waitFor();
    const { body } = await world.send(ADMIN, 'GET', `/api/serviceaccounts/${id}`);
    expect(body).toMatchObject({ name: 'reporter', role: 'Editor' });
  });

  test('an account acts in another organization once it was given, and no more once it was withdrawn', async () => {
    const orgId = await makeOrg(world, 'Payments');
    const id = await make('both');
    const token = await makeToken(id);
    const there = async () => (await ask(token, { 'x-grafana-org-id': String(orgId) })).status;
    await open(`/org/serviceaccounts/${id}?tab=organizations`);
    expect(await there()).toBe(403);
    await page.getByRole('button', { name: 'Add organization' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Let both act in another organization' });
    await dialog.getByRole('combobox', { name: 'Organization' }).fill('pay');
    await page.getByRole('option', { name: 'Payments' }).click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('row', { name: 'Payments' }).waitFor();
    expect(await there()).toBe(200);
    await page.getByRole('button', { name: 'Withdraw Payments' }).click();
    await confirm('Withdraw Payments?', 'Withdraw');
    await page.getByText('It acts in its own organization only').waitFor();
    expect(await there()).toBe(403);
  });

  test('an account says which of its tokens were used, with what outcome and from where', async () => {
    const id = await make('busy');
    const token = await makeToken(id);
    await ask(token);
    expect((await world.send({ bearer: token }, 'DELETE', '/api/folders/nothing')).status).toBe(403);
    await open(`/org/serviceaccounts/${id}`);
    await page.getByRole('tab', { name: 'Usage' }).click();
    const counts = page.getByRole('table', { name: 'Requests in the last 24 hours by token' });
    await counts.getByRole('row', { name: `token of ${id} 1 1 2` }).waitFor();
    await page.getByRole('row', { name: `127.0.0.1 token of ${id} 2` }).waitFor();
  });

  test('a migrated token says which key it was, and becomes that key again', async () => {
    const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', { name: 'sync', role: 'Viewer' });
    const { body } = await world.send(ADMIN, 'POST', `/api/serviceaccounts/migrate/${key.id}`);
    await open(`/org/serviceaccounts/${body.key.serviceAccountId}`);
    await page.getByText('It came from the API key sync').waitFor();
    await choose('sync', 'Make it an API key again');
    await confirm('Make sync an API key again?', 'Make it an API key');
    await page.getByText('No service accounts yet').waitFor();
    const { body: keys } = await world.send(ADMIN, 'GET', '/api/auth/keys');
    expect(keys).toMatchObject([{ id: key.id, name: 'sync' }]);
    expect((await ask(key.key)).status).toBe(200);
  });

  test('only an administrator of the server is offered accounts that administer it, and a Viewer none at all', async () => {
    const id = await make('plain');
    await makeMember(world, 1, 'olga', 'Admin');
    await makeMember(world, 1, 'vera', 'Viewer');
    await open(`/org/serviceaccounts/${id}`, 'olga', 'password of olga');
    await page.getByLabel('Display name').waitFor();
    expect(await page.getByRole('switch', { name: 'Administers the server' }).count()).toBe(0);
    const viewer = await visit(browser, world.url);
    viewer.forgive(403);
    await viewer.signIn('vera', 'password of vera');
    await viewer.open('/org/serviceaccounts');
    expect(await viewer.page.getByRole('alert').textContent()).toContain('Permission denied');
    expect(await viewer.page.getByRole('button', { name: 'Add service account' }).count()).toBe(0);
    await viewer.close();
  });
});
