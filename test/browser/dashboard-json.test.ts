import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('the JSON of a dashboard', () => {
  let world: World;
  let browser: Browser;
  let names = 0;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  /** Saves a dashboard, or the next version of one, for somebody else. */
  async function save(dashboard: object): Promise<string> {
    const { status, body } = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
      dashboard,
      overwrite: true,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    return body.uid;
  }

  async function stored(uid: string) {
    return (await world.send(ADMIN, 'GET', `/api/dashboards/uid/${uid}`)).body.dashboard;
  }

  const editorOf = (page: Page) => page.getByRole('textbox', { name: 'JSON of the dashboard' });

  /** Replaces all of it by what is pasted, as people do. */
  async function enter(page: Page, text: string): Promise<void> {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await editorOf(page).click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('ControlOrMeta+V');
  }

  async function upload(page: Page, text: string): Promise<void> {
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload dashboard JSON file' }).click();
    await (
      await chosen
    ).setFiles({ name: 'any.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  }

  test('is not sent while it is broken: line and column say where', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    const uid = await save({ title: 'To be broken' });
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${uid}?tab=json`);
    const text = `{ "uid": "${uid}" "title": "x" }`;
    await editorOf(page).click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(text);
    await page.getByRole('button', { name: 'Save changes' }).click();
    const alert = page.getByRole('alert');
    const column = text.indexOf('"title"') + 1;
    expect(await alert.textContent()).toContain(`Line 1, column ${column}: A comma is missing before this.`);
    await page.getByRole('button', { name: 'Go to line 1' }).click();
    expect(await editorOf(page).evaluate((element) => element === document.activeElement)).toBe(true);
    // Tab goes on, as anywhere on the page.
    await page.keyboard.press('Tab');
    expect(await editorOf(page).evaluate((element) => element === document.activeElement)).toBe(false);
    expect((await stored(uid)).version).toBe(1);

    await page.getByRole('link', { name: 'Home' }).click();
    await page
      .getByRole('dialog', { name: 'Leave without saving?' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    expect(await editorOf(page).textContent()).toBe(text);
    await visitor.close();
  });

  test('stays where it was typed when somebody else was faster, is compared with theirs, and may replace it', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(412);
    const title = 'Contested';
    const uid = await save({ title });
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${uid}?tab=json`);
    const { id } = await stored(uid);
    await enter(page, JSON.stringify({ id, uid, title, version: 1, mine: true }, null, 2));
    await save({ uid, title, theirs: true });
    await page.getByRole('button', { name: 'Save changes' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('admin saved version 2').waitFor();
    expect(await editorOf(page).textContent()).toContain('"mine": true');
    await page.getByRole('button', { name: 'Show the difference' }).click();
    await page.getByRole('textbox', { name: 'Version 2, theirs' }).getByText('"theirs": true').waitFor();
    await page.getByRole('button', { name: 'Overwrite with mine' }).click();
    await page.getByText('Saved as version 3').waitFor();
    expect(await stored(uid)).toEqual({ id, uid, title, version: 3, mine: true });

    await enter(page, JSON.stringify({ id, uid, title, version: 3, again: true }));
    await save({ uid, title, theirs: 'again' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('button', { name: 'Reload theirs and discard mine' }).click();
    await editorOf(page).getByText('"theirs": "again"').waitFor();
    await visitor.close();
  });

  test('is kept when the right to save it is lost meanwhile, and the refusal says what is missing', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    const uid = await save({ title: 'Guarded' });
    const editor = await makeMember(world, 1, 'tom', 'Editor');
    await visitor.signIn('tom', 'password of tom');
    await visitor.open(`/d/${uid}?tab=json`);
    await enter(page, `{ "uid": "${uid}", "title": "Guarded", "version": 1, "mine": true }`);
    await world.send(ADMIN, 'PATCH', `/api/org/users/${editor.id}`, { role: 'Viewer' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/Permission denied.*dashboards:write/);
    expect(await editorOf(page).textContent()).toContain('"mine": true');
    await visitor.close();
  });

  test('an older version is restored by its steps, once the difference was seen', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    const uid = await save({ title: 'Restored', tags: ['first'] });
    await save({ uid, title: 'Restored', tags: ['second'] });
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${uid}`);
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('checkbox', { name: 'Compare version 1' }).check();
    await page.getByRole('checkbox', { name: 'Compare version 2' }).check();
    await page.getByRole('button', { name: 'Compare versions' }).click();
    await page.getByRole('heading', { name: 'Version 1 compared with version 2' }).waitFor();
    await page.getByRole('textbox', { name: 'Version 1' }).getByText('"first"').waitFor();
    await page.getByRole('textbox', { name: 'Version 2' }).getByText('"second"').waitFor();
    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await page.getByRole('button', { name: 'Yes, restore to version 1' }).click();
    await page.getByText('Restored version 1 as version 3').waitFor();
    await page.getByRole('row').filter({ hasText: 'Latest' }).getByText('Restored from version 1').waitFor();
    expect(await stored(uid)).toMatchObject({ version: 3, tags: ['first'] });
    await visitor.close();
  });

  test('goes out and comes back as it is stored, number for number', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    // More digits than JavaScript holds, and an order that it would change.
    const text = '{"title":"Round trip","2":1.0,"1":12345678901234567890,"panels":[]}';
    await visitor.signIn('admin', 'admin');
    await visitor.open('/dashboards');
    await page.getByRole('link', { name: 'New dashboard' }).click();
    await editorOf(page).waitFor();
    await upload(page, text);
    await page.getByRole('textbox', { name: 'Name' }).fill(`Round trip ${++names}`);
    await page.getByRole('button', { name: 'Save dashboard' }).click();
    await page.getByRole('heading', { level: 1, name: `Round trip ${names}` }).waitFor();

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download JSON' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`round-trip-${names}.json`);
    const file = readFileSync(await download.path(), 'utf8');
    const { uid, id } = JSON.parse(file) as { uid: string; id: number };
    const wanted = `{"title":"Round trip ${names}","2":1.0,"1":12345678901234567890,"panels":[],"id":${id},"uid":"${uid}","version":1}`;
    expect(file.replaceAll(/\n */g, '').replaceAll('": ', '":')).toBe(wanted);

    const answer = await fetch(`${world.url}/api/dashboards/uid/${uid}`, {
      headers: { authorization: `Basic ${btoa('admin:admin')}` },
    });
    expect(await answer.text()).toContain(`"dashboard":${wanted}}`);
    await visitor.close();
  });

  test('an export asks for its data sources; a name or uid that is taken is explained, with what can be done', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(412);
    const uid = await save({ title: 'Exported' });
    const source = { name: 'Main', type: 'prometheus', access: 'proxy', url: 'http://localhost' };
    const { body } = await world.send(ADMIN, 'POST', '/api/datasources', source);
    const input = { name: 'DS_MAIN', label: 'prom', type: 'datasource', pluginId: 'prometheus' };
    const panels = [{ title: 'Up', type: 'stat', datasource: { uid: '${DS_MAIN}' } }];
    await visitor.signIn('admin', 'admin');
    await visitor.open('/dashboards/new');
    await upload(page, JSON.stringify({ __inputs: [input], title: 'Exported', panels, uid }));
    await page.getByRole('button', { name: 'Save dashboard' }).click();
    await page.getByText('The dashboard needs this').waitFor();
    await page.getByRole('combobox', { name: 'prom' }).click();
    await page.getByRole('option', { name: 'Main' }).click();
    await page.getByRole('button', { name: 'Save dashboard' }).click();

    await page.getByText(`The uid ${uid} is taken`).waitFor();
    await page.getByRole('button', { name: 'Save as a second dashboard' }).click();
    await page.getByText('General has a dashboard called Exported already').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Imported');
    await page.getByRole('button', { name: 'Save dashboard' }).click();
    await page.getByText(`The uid ${uid} is taken`).waitFor();
    await page.getByRole('button', { name: 'Save as a second dashboard' }).click();
    await page.getByRole('heading', { level: 1, name: 'Imported' }).waitFor();
    const made = await stored(new URL(page.url()).pathname.split('/')[2] ?? '');
    expect(made.panels[0].datasource.uid).toBe(body.datasource.uid);
    expect((await stored(uid)).version).toBe(1);
    await visitor.close();
  });
});
