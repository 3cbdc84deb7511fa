import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { liveIn } from './support/lived-in.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('the page of changes', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld();
    await liveIn(world);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('has a sentence for each change, and tells who, through what, from where and by which request', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/changes');
    const table = page.getByRole('table', { name: 'changes' });
    const { body } = await world.send(ADMIN, 'GET', '/api/audit?perpage=100');
    expect(await table.getByRole('row').count()).toBe(body.totalCount + 1);
    expect(await table.getByText(/ did .+:.+ to /).count()).toBe(0);
    await table.getByText('admin added the token gitlab of the service account “ci-deploy”').waitFor();

    await table.getByRole('button', { name: /^Details: admin added the token github-actions/ }).click();
    const details = page.getByRole('dialog', { name: 'Details of the change' });
    const entry = body.entries.find(
      ({ object }: { object: { name: string } }) => object.name === 'github-actions',
    );
    for (const text of ['a password', entry.address, entry.requestId, 'serviceaccounts.tokens:create'])
      await details.getByText(text).first().waitFor();
    await details.getByRole('rowheader', { name: 'expiresAt' }).waitFor();
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'hidden' });

    await table
      .getByRole('button', { name: 'Details: admin changed the role of tom from Viewer to Editor' })
      .click();
    const changed = details.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'role' }) });
    await expect.poll(() => changed.getByRole('cell').allTextContents()).toEqual(['Viewer', 'Editor']);
    await visitor.close();
  });

  test('is narrowed down by who, what, when and text; the address remembers it, and no match says how to go on', async () => {
    await world.send({ basic: 'maria:password of maria' }, 'POST', '/api/teams', { name: 'Made by Maria' });
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/changes');
    const rows = page.getByRole('table', { name: 'changes' }).getByRole('row');
    await page.getByRole('textbox', { name: 'Made by' }).fill('maria');
    await page.keyboard.press('Enter');
    await page.waitForURL(/actor=maria/);
    await page.getByText('maria created the team Made by Maria').waitFor();
    await page.reload();
    await page.getByText('maria created the team Made by Maria').waitFor();
    expect(await page.getByRole('textbox', { name: 'Made by' }).inputValue()).toBe('maria');

    await page.getByRole('combobox', { name: 'What was done' }).click();
    await page.getByRole('option', { name: 'Token revoked', exact: true }).click();
    await page.getByText('No change is like that').waitFor();
    await page.getByRole('button', { name: 'Show all changes' }).click();
    await page.waitForURL(`${world.url}/org/changes`);

    await page.getByRole('combobox', { name: 'To what' }).click();
    await page.getByRole('option', { name: 'Token', exact: true }).click();
    await expect.poll(() => rows.count()).toBe(6);
    await page.getByRole('searchbox', { name: 'Search changes' }).fill('GITLAB');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('combobox', { name: 'When' }).click();
    await page.getByRole('option', { name: 'Between two moments' }).click();
    await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');
    await page.getByText('No change is like that').waitFor();
    // Midnight in the zone of the browser, Berlin.
    await page.waitForURL(/to=2019-12-31T23%3A00/);

    // As a link that somebody wrote by hand.
    await visitor.open('/org/changes?from=yesterday');
    await page.getByText('The address has no time here').waitFor();
    await visitor.close();
  });

  test('downloads what the filters let through, all of it, in both forms', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/changes?kind=token&query=gitlab');
    const download = async (name: string): Promise<{ name: string; text: string }> => {
      const begun = page.waitForEvent('download');
      await page.getByRole('link', { name }).click();
      const file = await begun;
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
    };
    const lines = await download('Download JSON lines');
    expect(lines.name).toMatch(/^changes-\d{4}-\d\d-\d\d\.jsonl$/);
    const told = lines.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject([{ action: 'serviceaccounts.tokens:create', object: { name: 'gitlab' } }]);
    const csv = await download('Download CSV');
    expect(csv.name).toMatch(/\.csv$/);
    expect(csv.text.split('\r\n')).toHaveLength(3);
    await visitor.close();
  });

  test('shows what was changed on the whole server to its administrators alone, and nothing to a Viewer', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/changes');
    await page.getByRole('tab', { name: 'Whole server' }).click();
    await page.getByText('admin created the user yuki').waitFor();
    const admin = await visit(browser, world.url, { now: world.clock.now });
    await admin.signIn('maria', 'password of maria');
    await admin.open('/org/changes');
    await admin.page.getByRole('table', { name: 'changes' }).waitFor();
    expect(await admin.page.getByRole('tab').count()).toBe(0);
    await admin.close();
    const viewer = await visit(browser, world.url, { now: world.clock.now });
    viewer.forgive(403);
    await viewer.signIn('yuki', 'password of yuki');
    await viewer.open('/');
    expect(await viewer.page.getByRole('link', { name: 'Changes' }).count()).toBe(0);
    await viewer.open('/org/changes');
    expect(await viewer.page.getByRole('alert').textContent()).toContain('Permission denied');
    await viewer.close();
    await visitor.close();
  });
});
