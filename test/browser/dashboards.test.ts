import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('folders and dashboards', () => {
  let world: World;
  let browser: Browser;
  let productionUid: string;
  let requestsUid: string;
  let overviewUid: string;

  async function post(path: string, body: object): Promise<{ uid: string }> {
    const answer = await world.send(ADMIN, 'POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  }

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    await makeMember(world, 1, 'yuki', 'Viewer');
    await makeMember(world, 1, 'tom', 'Editor');
    productionUid = (await post('/api/folders', { title: 'Production' })).uid;
    const panel = { title: 'Errors', type: 'stat', gridPos: { x: 0, y: 0, w: 12, h: 6 } };
    const requests = { title: 'Requests', tags: ['http', 'a, b'], panels: [panel] };
    requestsUid = (await post('/api/dashboards/db', { dashboard: requests, folderUid: productionUid })).uid;
    const queue = { title: 'Queue', tags: ['http'], panels: [] };
    await post('/api/dashboards/db', { dashboard: queue });
    // As the tutorial sends it, with one panel more.
    const rows = [{ title: 'Load', panels: [{ title: 'CPU', type: 'graph', span: 12 }] }, {}];
    const overview = {
      id: null,
      title: 'Production Overview',
      tags: ['templated'],
      schemaVersion: 6,
      version: 0,
    };
    overviewUid = (await post('/api/dashboards/db', { dashboard: { ...overview, rows }, overwrite: false }))
      .uid;
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('are found by name, by tags and by star, in all folders, and the address remembers how', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    const expectNames = async (...names: string[]): Promise<void> => {
      const links = page.getByRole('row').getByRole('link');
      await expect.poll(() => links.allTextContents(), { timeout: 10_000 }).toEqual(names);
    };
    await visitor.signIn('admin', 'admin');
    await visitor.open('/dashboards');
    await expectNames('Production', 'Production Overview', 'Queue');

    await page.getByRole('searchbox', { name: 'Search dashboards and folders' }).fill('req');
    await expectNames('Requests', 'Production');
    await page.getByRole('button', { name: 'Star Requests' }).click();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    // A search comes a moment after what was typed.
    await page.waitForURL(({ searchParams }) => !searchParams.has('query'));

    await page.getByRole('switch', { name: 'Starred' }).click();
    await expectNames('Requests', 'Production');
    await page.getByRole('button', { name: 'Filter by the tag a, b' }).click();
    await page.waitForURL(/tag=/);
    await page.getByRole('button', { name: 'Filter by the tag http' }).click();
    await page.waitForURL(/tag=.*http/);
    await page.reload();
    await page.getByRole('button', { name: 'Unstar Requests' }).click();
    await page.getByText('Nothing here has all the tags a, b, http and has your star').waitFor();
    await visitor.close();
  });

  test('several are moved at once; what is refused stays selected, and says why', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(400);
    await visitor.signIn('admin', 'admin');
    await post('/api/folders', { title: 'Archive' });
    await post('/api/dashboards/db', { dashboard: { title: 'Old one' } });
    await visitor.open('/dashboards');
    await page.getByRole('checkbox', { name: 'Select the dashboard “Old one”' }).check();
    await page.getByRole('checkbox', { name: 'Select the folder “Archive”' }).check();
    await page.getByRole('button', { name: 'Move' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'To the folder' }).fill('arch');
    await page.getByRole('option', { name: 'Archive' }).click();
    await dialog.getByRole('button', { name: 'Move' }).click();
    expect(await dialog.getByRole('alert').textContent()).toContain('A folder cannot lie in itself.');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('1 selected').waitFor();

    await page.getByRole('link', { name: 'Archive' }).click();
    await page.getByRole('link', { name: 'Old one' }).waitFor();
    await visitor.close();
  });

  test('a folder is made within another, renamed, and deleted with the names of what goes', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/dashboards/f/${productionUid}/production`);
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('textbox', { name: 'Folder name' }).fill('Databases');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'Databases' }).waitFor();
    const path = page.getByRole('navigation', { name: 'Where this page lies' });
    await expect.poll(() => path.getByRole('link').allTextContents()).toEqual(['Dashboards', 'Production']);

    await page.getByRole('button', { name: 'Folder actions' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Folder name' }).fill('Stores');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { level: 1, name: 'Stores' }).waitFor();

    await path.getByRole('link', { name: 'Production' }).click();
    await page.getByRole('heading', { level: 1, name: 'Production' }).waitFor();
    await page.getByRole('button', { name: 'Folder actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('folder “Production”, with 1 folder, 1 dashboard').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('link', { name: 'Stores' }).click();
    await page.getByRole('heading', { level: 1, name: 'Stores' }).waitFor();
    await page.getByRole('button', { name: 'Folder actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByText('nothing in it').waitFor();
    await dialog.getByRole('textbox', { name: 'Type delete to go on' }).fill('delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { level: 1, name: 'Production' }).waitFor();
    await visitor.close();
  });

  test('the panels of a dashboard with rows of old are drawn row by row, and listed', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${overviewUid}/production-overview`);
    await page.getByRole('heading', { level: 1, name: 'Production Overview' }).waitFor();
    const row = page.getByRole('button', { name: /^Load 1 panel/ });
    await page.getByRole('heading', { name: 'Row without a title no panels' }).waitFor();
    const drawn = await page.getByRole('listitem').filter({ hasText: 'CPU' }).boundingBox();
    const whole = await page.getByRole('tablist').boundingBox();
    expect(drawn?.width).toBe(whole?.width);
    await row.click();
    await page.getByRole('listitem').filter({ hasText: 'CPU' }).waitFor({ state: 'detached' });
    await page.getByText('List', { exact: true }).click();
    expect(await page.getByRole('row').filter({ hasText: 'CPU' }).textContent()).toContain('24 × 7');
    await visitor.close();
  });

  test('who may not change or delete them is offered neither, and a Viewer sees no versions', async () => {
    for (const [login, buttons, tabs] of [
      ['yuki', ['Download JSON'], ['Layout', 'JSON']],
      ['tom', ['Download JSON', 'Move'], ['Layout', 'JSON', 'Versions']],
    ] as const) {
      const visitor = await visit(browser, world.url);
      const { page } = visitor;
      await visitor.signIn(login, `password of ${login}`);
      await visitor.open('/dashboards');
      expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Move' }).count()).toBe(login === 'tom' ? 1 : 0);
      await visitor.open(`/d/${requestsUid}`);
      expect(await page.getByRole('tab').allTextContents()).toEqual(tabs);
      for (const name of ['Download JSON', 'Move', 'Delete']) {
        const expected = buttons.some((button) => button === name) ? 1 : 0;
        expect(await page.getByRole('button', { name, exact: true }).count(), `${login}: ${name}`).toBe(
          expected,
        );
      }
      await visitor.close();
    }
  });

  test('a public link is read without signing in until it is paused', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${requestsUid}?tab=public`);
    await page.getByRole('button', { name: 'Make a public link' }).click();
    const address = await page.getByRole('textbox', { name: 'Address' }).inputValue();
    const open = async () => (await fetch(address)).status;
    expect(await open()).toBe(200);
    await page.getByRole('switch', { name: 'The link works' }).click();
    await page.getByText('The public link is paused').waitFor();
    expect(await open()).toBe(404);
    await page.getByRole('button', { name: 'Delete the link' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the link' }).click();
    await page.getByText('This dashboard has no public link').waitFor();
    await visitor.close();
  });
});
