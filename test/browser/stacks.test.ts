import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { makeMember } from '../../server/testing/people.ts';
import { startWorld } from '../../server/testing/world.ts';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('stacks', { timeout: 60_000 }, () => {
  let world: CloudWorld;
  let browser: Browser;

  beforeAll(async () => {
    world = await startCloudWorld();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('a stack is made, suspended, resumed, deleted and restored, and is at its address what the page says', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.signIn('admin', 'admin');
    await visitor.open('/');
    const menu = page.getByRole('navigation', { name: 'Main menu' });
    await menu.getByRole('link', { name: 'Administration' }).click();
    await menu.getByRole('link', { name: 'Stacks' }).click();
    await page.getByRole('button', { name: 'New stack' }).first().click();
    const form = page.getByRole('dialog', { name: 'New stack' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Blue Whale 2');
    expect(await form.getByRole('textbox', { name: 'Slug' }).inputValue()).toBe('blue-whale-2');
    await form.getByRole('textbox', { name: 'Description' }).fill('Of the sea');
    await form.getByRole('button', { name: 'Make stack' }).click();
    await page.getByRole('heading', { level: 1, name: 'Blue Whale 2' }).waitFor();
    await page.getByText(`latchkey cloud init`).waitFor();
    const made = await world.ask(world.admin, 'GET', '/api/instances/blue-whale-2');
    expect(made.body).toMatchObject({ name: 'Blue Whale 2', description: 'Of the sea', createdBy: 'admin' });
    const { url } = made.body;
    await page.getByRole('link', { name: url }).waitFor();
    const health = async () => (await world.sendTo(url, undefined, 'GET', '/api/health')).status;
    expect(await health()).toBe(200);

    await menu.getByRole('link', { name: 'Stacks' }).click();
    const choose = async (deed: string): Promise<void> => {
      await page.getByRole('button', { name: 'Actions for blue-whale-2' }).click();
      await page.getByRole('menuitem', { name: deed }).click();
    };
    const confirm = async (deed: string): Promise<void> => {
      const dialog = page.getByRole('dialog', { name: `${deed} stack blue-whale-2?` });
      await dialog.getByRole('button', { name: deed }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await choose('Suspend');
    await confirm('Suspend');
    await page.getByRole('cell', { name: 'Suspended' }).waitFor();
    expect(await health()).toBe(403);
    await choose('Resume');
    await confirm('Resume');
    await page.getByRole('cell', { name: 'Active' }).waitFor();
    expect(await health()).toBe(200);

    await choose('Delete');
    const button = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type blue-whale-2 to go on' }).fill('blue-whale-2');
    await confirm('Delete');
    await page.getByText('No stacks yet').waitFor();
    expect((await world.ask(world.admin, 'GET', '/api/instances/blue-whale-2')).status).toBe(404);
    await page.getByRole('tab', { name: 'Deleted' }).click();
    await choose('Restore');
    await confirm('Restore');
    await page.getByText('No deleted stack is kept').waitFor();
    const restored = await world.ask(world.admin, 'GET', '/api/instances/blue-whale-2');
    expect(restored.body).toMatchObject({ id: made.body.id, status: 'active' });
    await visitor.close();
  });

  test('a slug that is taken is refused in words, and protection is taken off before a stack is deleted', async () => {
    await world.ask(world.admin, 'POST', '/api/instances', {
      name: 'guarded',
      slug: 'guarded',
      deleteProtection: true,
    });
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(409);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/admin/stacks');
    await page.getByRole('button', { name: 'New stack' }).first().click();
    const form = page.getByRole('dialog', { name: 'New stack' });
    const name = form.getByRole('textbox', { name: 'Name' });
    await name.fill('Guarded');
    const slug = form.getByRole('textbox', { name: 'Slug' });
    await slug.fill('Bad Slug');
    await form.getByRole('button', { name: 'Make stack' }).click();
    await form.getByText('Use lower case letters').waitFor();
    await slug.fill('guarded');
    await form.getByRole('button', { name: 'Make stack' }).click();
    await form.getByText('That url is not available').waitFor();
    await form.getByText('There is a stack guarded already').waitFor();
    expect(await name.inputValue()).toBe('Guarded');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.getByRole('button', { name: 'Discard it' }).click();

    await page.getByRole('link', { name: 'guarded', exact: true }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete stack guarded?' });
    await dialog.getByRole('textbox', { name: 'Type guarded to go on' }).fill('guarded');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('The stack has delete protection').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('switch', { name: 'Delete protection' }).click();
    await page.getByRole('textbox', { name: 'Labels' }).fill('team=sea');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Protected').waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'team=sea' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('textbox', { name: 'Type guarded to go on' }).fill('guarded');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted', { exact: true }).waitFor();
    await visitor.close();
  });

  test('the menu leads to stacks only who administers a server that has them', async () => {
    await makeMember(world, 1, 'org-admin', 'Admin');
    const isLed = async (url: string, login: string, password: string): Promise<boolean> => {
      const visitor = await visit(browser, url);
      await visitor.signIn(login, password);
      await visitor.open('/org/users');
      const count = await visitor.page.getByRole('link', { name: 'Stacks' }).count();
      await visitor.close();
      return count > 0;
    };
    expect(await isLed(world.url, 'admin', 'admin')).toBe(true);
    expect(await isLed(world.url, 'org-admin', 'password of org-admin')).toBe(false);
    const other = await startWorld();
    expect(await isLed(other.url, 'admin', 'admin')).toBe(false);
    await other.stop();
  });
});
