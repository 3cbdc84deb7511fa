import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

const HOUR = 3_600_000;

describe.runIf(HAS_BROWSER)('the page that says why a request was refused', () => {
  let world: World;
  let browser: Browser;
  let accountId: number;
  /** Expired, good, and of another organization. */
  let secrets: { old: string; good: string; theirs: string };

  beforeAll(async () => {
    world = await startWorld({ log: { level: 'debug' } });
    const post = async (path: string, body: object, headers = {}) =>
      (await world.send(ADMIN, 'POST', path, body, headers)).body;
    accountId = (await post('/api/serviceaccounts', { name: 'reader', role: 'Viewer' })).id;
    const tokens = `/api/serviceaccounts/${accountId}/tokens`;
    const { key: old } = await post(tokens, { name: 'old', secondsToLive: 3600 });
    const { key: good } = await post(tokens, { name: 'good' });
    world.clock.advance(2 * HOUR);
    const there = { 'x-grafana-org-id': String(await makeOrg(world, 'Payments')) };
    const { key: theirs } = await post('/api/auth/keys', { name: 'theirs', role: 'Admin' }, there);
    secrets = { old, good, theirs };
    await makeMember(world, 1, 'yuki', 'Viewer');
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('says of a pasted request at which step it is refused, and what to change, to whoever has a role here', async () => {
    const { old, good, theirs } = secrets;
    const folders = `${world.url}/api/folders`;
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/refused');
    await page.getByText('kept nowhere').waitFor();
    for (const [text, verdict, step, advice] of [
      [
        `curl -H "Authorization: Bearer ${old}" ${folders}`,
        'refuses this request with 401: whether it is still good',
        /4\. Whether it is still good.*Refused.*Token expired: on/,
        'make a new one',
      ],
      [
        `curl -X POST -H 'Authorization: Bearer ${good}' -d '{"title":"New"}' ${folders}`,
        'refuses this request with 403: the permission',
        /6\. The permission.*Refused.*folders:create.*It has the role Viewer/,
        'The lowest role that is enough is Editor',
      ],
      [
        `GET /api/folders HTTP/1.1\nHost: grafana.example.org\nAuthorization: Bearer ${theirs}\nX-Grafana-Org-Id: 1`,
        'refuses this request with 403: the organization',
        /5\. The organization.*Refused.*belongs to organization 2, not to organization 1/,
        'use a key of organization 1',
      ],
      [
        `curl -H "Authorization: Baerer ${good}" ${folders}`,
        'refuses this request with 401: the credential',
        /2\. The credential.*Refused.*no known scheme/,
        'Send "Authorization: Bearer <key or token>"',
      ],
      [
        `curl -H "Authorization: Bearer ${good.slice(0, 30)}" ${folders}`,
        'refuses this request with 401: the credential',
        /2\. The credential.*Refused.*30 characters instead of 46/,
        'Copy it again, whole',
      ],
    ] as const) {
      await explain(page, text);
      await page.getByRole('heading', { name: `The server ${verdict}` }).waitFor();
      const refused = page.getByRole('listitem').filter({ hasText: 'Refused' });
      await expect.poll(() => refused.allTextContents()).toEqual([expect.stringMatching(step)]);
      await page.getByText('What to change', { exact: true }).waitFor();
      await page.getByText(advice).waitFor();
      await page.getByRole('main').getByText('Not reached').first().waitFor();
    }

    await explain(page, `curl -H "Authorization: Bearer ${good}" ${world.url}/api/org`);
    await page.getByRole('heading', { name: 'The server lets this request in' }).waitFor();
    await visitor.close();
  });

  test('keeps nothing of what was pasted: not in the address, the browser, the log or the record', async () => {
    const { good } = secrets;
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/refused');
    const paste = page.getByLabel('The request');
    expect(await paste.getAttribute('autocomplete')).toBe('off');
    expect(await paste.getAttribute('spellcheck')).toBe('false');
    await explain(page, `curl -X POST -H "Authorization: Bearer ${good}" ${world.url}/api/folders`);
    await page.getByRole('button', { name: 'Copy the explanation' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('The server refuses this request with 403');
    expect(copied).not.toContain(good);
    expect(await kept(page)).not.toContain(good);

    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('heading', { name: 'What you may do here' }).waitFor();
    expect(await kept(page)).not.toContain(good);
    expect(await page.content()).not.toContain(good);
    await page.goBack();
    expect(await paste.inputValue()).toBe('');
    await page.reload();
    expect(await paste.inputValue()).toBe('');
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(0);

    expect(world.log.join('')).toContain('/api/access-control/explain');
    expect(world.log.join('')).not.toContain(good);
    const record = await world.context.db.selectFrom('audit').selectAll().execute();
    expect(JSON.stringify(record)).not.toContain(good);
    await visitor.close();
  });

  test('says what cannot be read in a text, and has it still there to be mended', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/refused');
    await explain(page, 'wget https://grafana.example.org/api/folders');
    await page.getByText('Commands of wget cannot be read').waitFor();
    expect(await page.getByLabel('The request').inputValue()).toContain('wget');
    await page
      .getByLabel('The request')
      .fill('curl -H "Authorization: Bearer $TOKEN" localhost:3000/api/folders');
    await page.getByText('The value of $TOKEN is not in the text').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await page.getByLabel('The request').inputValue()).toBe('');
    await visitor.close();
  });

  test('explains a call that is searched for, with a credential that is only named', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/refused');
    await page.getByRole('tab', { name: 'Choose who asks, and what' }).click();
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('Write a method and a path').waitFor();
    await choose(page, 'Who asks', 'A service account');
    await choose(page, 'Service account', 'reader');
    await choose(page, 'Token', 'old');
    await page.getByRole('combobox', { name: 'What is asked' }).fill('delete folder');
    await page.getByRole('option', { name: 'DELETE /api/folders/{uid}' }).click();
    await page.getByRole('textbox', { name: 'uid' }).fill('abc');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByRole('heading', { name: /with 401: whether it is still good/ }).waitFor();
    await choose(page, 'Token', 'Any that is good');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByRole('heading', { name: /with 403: the permission/ }).waitFor();
    const command = `npx latchkey service-accounts set ${accountId} --role Admin`;
    await expect.poll(() => page.getByText(command, { exact: true }).count()).toBe(1);
    await visitor.close();
  });

  test('offers to who may read nobody but themselves no others to choose', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/refused?tab=choose');
    await page.getByRole('combobox', { name: 'Who asks' }).click();
    await expect.poll(() => page.getByRole('option').allTextContents()).toEqual(['You yourself']);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'What is asked' }).fill('POST /api/teams');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('heading', { name: /^The server/ }).textContent()).toContain(
      'with 403: the permission',
    );
    await visitor.close();
  });
});

async function explain(page: Page, text: string): Promise<void> {
  await page.getByLabel('The request').fill(text);
  await page.getByRole('button', { name: 'Explain' }).click();
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

/** All that a browser keeps of a page: its address, what goes with it in the history, storage and cookies. */
async function kept(page: Page): Promise<string> {
  const inPage = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches = await window.caches?.keys();
    return JSON.stringify([
      location.href,
      history.state,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      databases,
      caches,
    ]);
  });
  return inPage + JSON.stringify(await page.context().cookies());
}
