import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('who is limited, on the page', { timeout: 60_000 }, () => {
  let browser: Browser;
  let world: World;

  beforeAll(async () => {
    browser = await launchBrowser();
    world = await startWorld({ rate_limiting: { enabled: true, per_second: 50, burst: 100 } });
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('an Admin finds the token that asks too much on the first page, and another organization sees nothing of it', async () => {
    const account = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'looping' });
    const path = `/api/serviceaccounts/${account.body.id}/tokens`;
    const { body } = await world.send(ADMIN, 'POST', path, { name: 'in a loop' });
    const many = Array.from({ length: 400 }, () => world.send({ bearer: body.key }, 'GET', '/api/org'));
    const refused = (await Promise.all(many)).filter(({ status }) => status === 429).length;
    expect(refused).toBeGreaterThan(0);

    const visitor = await visit(browser, world.url);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    const list = visitor.page.getByRole('region', { name: 'Limited lately' });
    const row = list.getByRole('row').filter({ hasText: 'in a loop' });
    await row.getByText('token of looping').waitFor();
    expect(await row.textContent()).toContain(refused.toLocaleString('en'));
    await row.getByRole('link', { name: 'in a loop' }).click();
    await visitor.page.getByRole('heading', { level: 1, name: 'looping' }).waitFor();
    await visitor.close();

    const orgId = await makeOrg(world, 'elsewhere');
    await makeMember(world, orgId, 'elsewhere', 'Admin');
    const other = await visit(browser, world.url);
    await other.signIn('elsewhere', 'password of elsewhere');
    await other.open('/');
    await other.page.getByRole('heading', { level: 1, name: 'elsewhere' }).waitFor();
    await other.page.waitForLoadState('networkidle');
    expect(await other.page.getByText('Limited lately').count()).toBe(0);
    await other.close();
  });

  test('the administrator of the server sees from where wrong passwords come', async () => {
    const { attempts } = world.context.limits;
    if (attempts) attempts.pause = async () => {};
    for (let time = 0; time < 8; time++) await world.send({ basic: 'admin:a guess' }, 'GET', '/api/org');
    const visitor = await visit(browser, world.url);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/stats');
    const list = visitor.page.getByRole('region', { name: 'Limited lately' });
    const row = list.getByRole('row').filter({ hasText: 'too many wrong passwords' });
    await row.waitFor();
    expect(await row.textContent()).toContain('127.0.0.1');
    await visitor.close();
  });
});
