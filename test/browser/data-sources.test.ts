import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit, type Visitor } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('data sources', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    await makeMember(world, 1, 'yuki', 'Viewer');
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  async function makeSource(name: string): Promise<string> {
    const { body } = await world.send(ADMIN, 'POST', '/api/datasources', {
      name,
      type: 'loki',
      url: 'http://a',
    });
    return body.datasource.uid;
  }

  const sourceOf = async (uid: string) =>
    (await world.send(ADMIN, 'GET', `/api/datasources/uid/${uid}`)).body;

  /** The secrets of a data source as the database has them. */
  async function sealedOf(uid: string): Promise<string> {
    const { db } = world.context;
    const row = db.selectFrom('data_source').select('secure_json_data').where('uid', '=', uid);
    return (await row.executeTakeFirstOrThrow()).secure_json_data;
  }

  /** Returns a function that resolves to all that the page was answered from now until it is called. */
  function listenTo({ page }: Visitor): () => Promise<string> {
    const bodies: Promise<string>[] = [];
    const hear = (response: Response): void => {
      if (response.url().includes('/api/')) bodies.push(response.text());
    };
    page.on('response', hear);
    return async () => {
      page.off('response', hear);
      return (await Promise.all(bodies)).join('\n');
    };
  }

  test('a secret is in no answer and nowhere on the page once it was sent, and stays when other fields are saved', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/datasources');
    const heard = listenTo(visitor);
    await page.getByRole('link', { name: 'Add data source' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Metrics');
    await page.getByRole('combobox', { name: 'Type' }).fill('prometheus');
    await page.getByRole('textbox', { name: 'URL' }).fill('http://prometheus.internal:9090');
    await page.getByRole('button', { name: 'Add a secret' }).click();
    await page.getByRole('combobox', { name: 'Name of the secret' }).fill('httpHeaderValue1');
    await page.getByRole('textbox', { name: 'Value of httpHeaderValue1' }).fill('nobody-reads-this');
    await page.getByRole('button', { name: 'Add data source' }).click();
    await page.waitForURL(/\/datasources\/edit\//);
    await page.getByRole('button', { name: 'Reset httpHeaderValue1' }).waitFor();
    const uid = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const sealed = await sealedOf(uid);
    expect(sealed).toContain('httpHeaderValue1');

    await page.getByRole('textbox', { name: 'URL' }).fill('http://prometheus.internal:9999');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Data source Metrics was saved').waitFor();
    expect(await sourceOf(uid)).toMatchObject({
      url: 'http://prometheus.internal:9999',
      secureJsonFields: { httpHeaderValue1: true },
    });
    expect(await sealedOf(uid)).toBe(sealed);
    expect(await heard()).not.toContain('nobody-reads-this');
    expect(await page.content()).not.toContain('nobody-reads-this');

    await page.getByRole('button', { name: 'Reset httpHeaderValue1' }).click();
    await page.getByRole('textbox', { name: 'New value of httpHeaderValue1' }).fill('nor-this');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Reset httpHeaderValue1' }).waitFor();
    expect(await sealedOf(uid)).not.toBe(sealed);
    expect(await page.content()).not.toContain('nor-this');
    await visitor.close();
  });

  test('a data source that is deleted is named first, and gone then', async () => {
    const uid = await makeSource('Old logs');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/datasources/edit/${uid}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete data source?' });
    expect(await dialog.textContent()).toContain('Old logs');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(`${world.url}/datasources`);
    await page.getByText('Data source Old logs was deleted').waitFor();
    expect((await world.send(ADMIN, 'GET', `/api/datasources/uid/${uid}`)).status).toBe(404);
    await visitor.close();
  });

  test('what somebody else saved meanwhile is overwritten only by who says so, and nothing that was entered is lost', async () => {
    const uid = await makeSource('Logs');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(409);
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/datasources/edit/${uid}`);
    const address = page.getByRole('textbox', { name: 'URL' });
    await address.fill('http://mine');
    const theirs = { name: 'Logs', type: 'loki', url: 'http://theirs' };
    await world.send(ADMIN, 'PUT', `/api/datasources/uid/${uid}`, theirs);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else has changed this data source meanwhile').waitFor();
    expect(await address.inputValue()).toBe('http://mine');
    expect((await sourceOf(uid)).url).toBe('http://theirs');
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText('Data source Logs was saved').waitFor();
    expect((await sourceOf(uid)).url).toBe('http://mine');
    await visitor.close();
  });

  test('whoever may not change a data source is shown it without a way to, and so is everybody where a file keeps it', async () => {
    const uid = await makeSource('Traces');
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open(`/datasources/edit/${uid}?tab=permissions`);
    expect(await page.getByRole('textbox', { name: 'URL' }).isDisabled()).toBe(true);
    for (const name of ['Save', 'Delete', 'Add a secret'])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0);
    await visitor.close();

    await world.context.db.updateTable('data_source').set({ read_only: 1 }).where('uid', '=', uid).execute();
    const admin = await visit(browser, world.url);
    await admin.signIn('admin', 'admin');
    await admin.open(`/datasources/edit/${uid}`);
    await admin.page.getByText('is changed only there').waitFor();
    for (const name of ['Save', 'Delete'])
      expect(await admin.page.getByRole('button', { name }).count(), name).toBe(0);
    await admin.close();
  });
});
