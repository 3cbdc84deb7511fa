import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { type MadeUser, makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('the permissions of an object', () => {
  let world: World;
  let browser: Browser;
  let viewer: MadeUser;
  let folderUid: string;
  let names = 0;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    viewer = await makeMember(world, 1, 'yuki', 'Viewer');
    const { body: team } = await world.send(ADMIN, 'POST', '/api/teams', { name: 'Observability' });
    await world.send(ADMIN, 'POST', `/api/teams/${team.teamId}/members`, { userId: viewer.id });
    folderUid = (await world.send(ADMIN, 'POST', '/api/folders', { title: 'Production' })).body.uid;
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  /** What the server answers the Viewer who saves a new dashboard in the folder. */
  async function savingAnswers(): Promise<number> {
    const body = { dashboard: { title: `dashboard ${++names}` }, folderUid };
    return (await world.send(viewer.as, 'POST', '/api/dashboards/db', body)).status;
  }

  async function give(kind: string, id: string, wanted: object): Promise<void> {
    const answer = await world.send(ADMIN, 'POST', `/api/access-control/${kind}/${id}`, {
      permissions: [wanted],
    });
    expect(answer.status).toBe(200);
  }

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  test('the members of a team may edit a folder as soon as the team is given Edit on it, until that is taken away', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/dashboards/f/${folderUid}?tab=permissions`);
    expect(await savingAnswers()).toBe(403);

    await page.getByRole('button', { name: 'Add a permission' }).click();
    await page.getByRole('combobox', { name: 'Add permission for' }).click();
    await page.getByRole('option', { name: 'Team' }).click();
    await page.getByRole('combobox', { name: 'Team' }).fill('observ');
    await page.getByRole('option', { name: /^Observability/ }).click();
    await page.getByRole('combobox', { name: 'Permission', exact: true }).click();
    await page.getByRole('option', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Observability has Edit now').waitFor();
    expect(await savingAnswers()).toBe(200);

    await page.getByRole('button', { name: 'Take the permission of Observability away' }).click();
    await page.getByText('The permission of Observability was taken away').waitFor();
    await rowOf(page, 'Observability').waitFor({ state: 'detached' });
    // Whoever goes by keyboard is not sent back to the top.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('permissions');
    expect(await savingAnswers()).toBe(403);
    await visitor.close();
  });

  test('what is inherited says from which folder, and is changed only there', async () => {
    const { body } = await world.send(ADMIN, 'POST', '/api/dashboards/db', {
      dashboard: { title: 'inside' },
      folderUid,
    });
    await give('dashboards', body.uid, { userId: viewer.id, permission: 'Edit' });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open(`/d/${body.uid}?tab=permissions`);
    const inherited = rowOf(page, 'Inherited from Production').filter({ hasText: 'Editor' });
    expect(await inherited.getByRole('button').count()).toBe(0);
    expect(await inherited.getByRole('link', { name: 'Production' }).count()).toBe(1);
    await rowOf(page, 'yuki').getByRole('button', { name: 'Take the permission of yuki away' }).waitFor();
    await visitor.close();
  });

  test('who would lose what they have themselves is asked first, and told in words what they may no longer do', async () => {
    const owner = await makeMember(world, 1, 'olga', 'Viewer');
    await give('folders', folderUid, { userId: owner.id, permission: 'Admin' });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('olga', 'password of olga');
    await visitor.open(`/dashboards/f/${folderUid}?tab=permissions`);
    await page.getByRole('button', { name: 'Take the permission of olga away' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take away your own permission?' });
    expect(await dialog.textContent()).toContain('Without it you have View on this folder');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await rowOf(page, 'olga').waitFor();

    await page.getByRole('button', { name: 'Take the permission of olga away' }).click();
    await dialog.getByRole('button', { name: 'Take it away' }).click();
    await page.getByText('The permission of olga was taken away').waitFor();
    const path = `/api/access-control/folders/${folderUid}`;
    expect((await world.send(owner.as, 'GET', path)).status).toBe(403);
    await visitor.close();
  });

  test('a refused change is told in the words of the server, and what is shown stays as it is', async () => {
    const tom = await makeMember(world, 1, 'tom', 'Viewer');
    await give('folders', folderUid, { userId: tom.id, permission: 'Admin' });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(403);
    await visitor.signIn('tom', 'password of tom');
    await visitor.open(`/dashboards/f/${folderUid}?tab=permissions`);
    await give('folders', folderUid, { userId: tom.id, permission: '' });
    const level = page.getByRole('combobox', { name: 'Permission of Viewer' });
    await level.click();
    await page.getByRole('option', { name: 'Admin' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Permission denied' });
    expect(await alert.textContent()).toContain(`folders.permissions:write on folders:uid:${folderUid}`);
    expect(await level.inputValue()).toBe('View');
    await visitor.close();
  });
});
