import { expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { makeMember } from '../../server/testing/people.ts';
import { ADMIN, startWorld } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

test.runIf(HAS_BROWSER)(
  'when a session ends while somebody works, nothing that was entered is lost: they sign in above it and save',
  async () => {
    const world = await startWorld();
    const browser = await launchBrowser();
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(401);
    await visitor.signIn('admin', 'admin');
    await visitor.open('/org/teams');
    await page.getByRole('button', { name: 'New team' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('On call');
    await visitor.browser.clearCookies();
    await page.getByRole('button', { name: 'Create team' }).click();
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.getByLabel('Email or username').fill('admin');
    await again.getByRole('textbox', { name: 'Password' }).fill('admin');
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Create team' }).click();
    await page.getByRole('heading', { level: 1, name: 'On call' }).waitFor();
    const { body } = await world.send(ADMIN, 'GET', '/api/teams/search');
    expect(body.teams).toMatchObject([{ name: 'On call' }]);
    await visitor.close();
    await browser.close();
    await world.stop();
  },
);

test.runIf(HAS_BROWSER)(
  'whoever signs in as somebody else begins anew, and is not asked whether to stay on what the other has entered',
  async () => {
    const world = await startWorld();
    await makeMember(world, 1, 'ben', 'Admin');
    const source = { name: 'Metrics', type: 'prometheus', uid: 'metrics' };
    await world.send(ADMIN, 'POST', '/api/datasources', source);
    const browser = await launchBrowser();
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(401);
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await visitor.signIn('admin', 'admin');
    await visitor.open('/datasources/edit/metrics');
    await page.getByRole('textbox', { name: 'Name' }).first().fill('not for Ben');
    await visitor.browser.clearCookies();
    await page.getByRole('button', { name: 'Save' }).first().click();
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.getByLabel('Email or username').fill('ben');
    await again.getByRole('textbox', { name: 'Password' }).fill('password of ben');
    await again.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${world.url}/`);
    await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
    expect(asked).toEqual([]);
    await visitor.close();
    await browser.close();
    await world.stop();
  },
);
