import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { type LivedIn, liveIn } from './support/lived-in.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('the start page', () => {
  let world: World;
  let browser: Browser;
  let made: LivedIn;

  beforeAll(async () => {
    world = await startWorld();
    made = await liveIn(world);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  const api = async (path: string) => (await world.send(ADMIN, 'GET', path)).body;

  test('tells an Admin the figures of the API: how much there is, what needs attention, what was changed', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    const { totals, counts, expiringTokens, expiringKeys, disabledServiceAccounts } =
      await api('/api/org/attention');
    const tile = (name: string) =>
      page.getByRole('main').getByRole('listitem').filter({ hasText: name }).first();
    expect(await tile('API keys').textContent()).toBe(`API keys${totals.apiKeys}`);
    expect(await tile('Service accounts').textContent()).toBe(`Service accounts${totals.serviceAccounts}`);
    expect(await tile('Tokens').textContent()).toBe(`Tokens${totals.tokens}`);
    expect(await tile('Dashboards').textContent()).toBe('Dashboards3');

    const needs = page.getByRole('region', { name: 'Needs attention' });
    expect(counts).toMatchObject({ expiringTokens: 1, expiringKeys: 2, unusedTokens: 0, unusedKeys: 0 });
    for (const { name } of [...expiringTokens, ...expiringKeys, ...disabledServiceAccounts])
      await needs.getByRole('link', { name }).waitFor();
    await needs.getByText('put it in the place of the old one').waitFor();
    await needs.getByText('was used within 90 days').waitFor();

    const { entries } = await api('/api/audit?perpage=100');
    const last = entries.find(({ object }: { object: { kind: string } }) => object.kind !== 'session');
    const changes = page.getByRole('list', { name: 'Latest changes' });
    expect(await changes.getByRole('listitem').count()).toBe(10);
    expect(await changes.getByRole('listitem').first().textContent()).toContain(last.object.name);
    await page.getByRole('link', { name: 'All changes' }).click();
    await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();

    await page.goBack();
    await needs.getByRole('link', { name: 'github-actions' }).click();
    await page.waitForURL(`${world.url}/org/serviceaccounts/${made.accountId}`);
    await visitor.close();
  });

  test('draws who asks how much, and has the same figures in tables, for as long as one wants to look back', async () => {
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    const asked = page.getByRole('region', { name: 'Who asked' });
    const answered = page.getByRole('region', { name: 'How they were answered' });
    await asked.locator('svg.recharts-surface').first().waitFor();
    await answered
      .getByRole('figure')
      .getByText(/requests in the last 24 hours: \d+ answered/)
      .waitFor();
    await asked.getByText('Table').click();
    await answered.getByText('Table').click();

    const { groups } = await api('/api/usage?groupBy=credential,status');
    const of = (name: string, status: string): string =>
      String(
        groups.find(
          (group: { credential: { name: string }; status: string }) =>
            group.credential.name === name && group.status === status,
        )?.requests ?? 0,
      );
    expect(await cellsOf(asked, 'backup-cron')).toEqual([
      of('backup-cron', '2xx'),
      of('backup-cron', '4xx'),
      expect.any(String),
    ]);
    expect((await cellsOf(asked, 'github-actions'))[0]).toBe(of('github-actions', '2xx'));
    await answered.getByRole('table').waitFor();
    const refused = (await answered.getByRole('row').all())
      .slice(1)
      .map(async (row) => row.getByRole('cell').nth(1).textContent());
    const sum = (await Promise.all(refused)).reduce((all, count) => all + Number(count), 0);
    expect(sum).toBe(Number(of('backup-cron', '4xx')));

    await page.getByText('30 d', { exact: true }).click();
    await page.waitForURL(/from=30d/);
    await answered
      .getByRole('table', { name: 'Requests in the last 30 days by how they were answered' })
      .waitFor();
    await visitor.close();
  });

  test('shows who may see none of it their dashboards and what they may do', async () => {
    await world.send(
      { basic: 'yuki:password of yuki' },
      'POST',
      `/api/user/stars/dashboard/uid/${made.dashboardUid}`,
    );
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn('yuki', 'password of yuki');
    await visitor.open('/');
    const starred = page.getByRole('region', { name: 'Starred dashboards' });
    expect(await starred.getByRole('listitem').allTextContents()).toEqual(['HTTP requestsProduction']);
    const latest = page.getByRole('region', { name: 'Latest dashboards' });
    expect(await latest.getByRole('listitem').count()).toBe(3);
    const may = page.getByRole('region', { name: 'What you may do here' });
    await may.getByText('See dashboards').waitFor();
    expect(await may.getByText('Make service accounts').count()).toBe(0);
    for (const name of ['Needs attention', 'Requests', 'Latest changes'])
      expect(await page.getByRole('heading', { name }).count()).toBe(0);
    await may.getByRole('link', { name: 'Why was I refused?' }).click();
    await page.getByRole('heading', { level: 1, name: 'Why was I refused?' }).waitFor();
    await visitor.close();
  });

  test('leads through the first steps where no machine can get in yet, until one can', async () => {
    const orgId = await makeOrg(world, 'Brand new');
    const { as, login } = await makeMember(world, orgId, 'founder', 'Admin');
    const visitor = await visit(browser, world.url, { now: world.clock.now });
    const { page } = visitor;
    await visitor.signIn(login, `password of ${login}`);
    await visitor.open('/');
    const steps = page.getByRole('region', { name: 'First steps' });
    expect(await steps.getByRole('listitem').count()).toBe(3);
    expect(await steps.getByText('Done').count()).toBe(0);
    await steps.getByRole('link', { name: 'Add an API key' }).waitFor();
    await steps.getByRole('link', { name: 'Make a service account' }).click();
    await page.waitForURL(`${world.url}/org/serviceaccounts`);

    const { body: account } = await world.send(as, 'POST', '/api/serviceaccounts', {
      name: 'ci',
      role: 'Editor',
    });
    await visitor.open('/');
    expect(await steps.getByRole('listitem').first().textContent()).toContain('Done');
    await world.send(as, 'POST', `/api/serviceaccounts/${account.id}/tokens`, { name: 'pipeline' });
    await visitor.open('/');
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
    expect(await steps.count()).toBe(0);
    await visitor.close();
  });
});

/** The figures beside a name. */
async function cellsOf(table: Locator, name: string): Promise<string[]> {
  const row = table.getByRole('row').filter({ has: table.page().getByRole('rowheader', { name }) });
  await row.waitFor();
  return row.getByRole('cell').allTextContents();
}
