import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../../server/testing/world.ts';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { visit } from './support/visit.ts';

describe.runIf(HAS_BROWSER)('signing in', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  test('a wrong password says so and keeps the name; the right one leads to the start page, and out again', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    visitor.forgive(401);
    await visitor.open('/login');
    await page.getByLabel('Email or username').fill('admin');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Invalid username or password');
    expect(await page.getByLabel('Email or username').inputValue()).toBe('admin');
    await page.getByRole('textbox', { name: 'Password' }).fill('admin');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
    await page.getByRole('button', { name: /^admin: profile/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Latchkey' }).waitFor();
    await visitor.close();
  });

  test('who asks for a page without a session signs in and goes on to it', async () => {
    const visitor = await visit(browser, world.url);
    const { page } = visitor;
    await visitor.open('/org/apikeys?page=2');
    expect(new URL(page.url()).pathname).toBe('/login');
    await page.getByLabel('Email or username').fill('admin');
    await page.getByRole('textbox', { name: 'Password' }).fill('admin');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${world.url}/org/apikeys?page=2`);
    await visitor.close();
  });

  test.each(['//example.org', 'https://example.org', '/\\example.org'])(
    'a link to sign in does not lead to another host afterwards: %s',
    async (elsewhere) => {
      const visitor = await visit(browser, world.url);
      const { page } = visitor;
      await visitor.open(`/login?redirect=${encodeURIComponent(elsewhere)}`);
      await page.getByLabel('Email or username').fill('admin');
      await page.getByRole('textbox', { name: 'Password' }).fill('admin');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation', { name: 'Main menu' }).waitFor();
      expect(new URL(page.url()).origin).toBe(world.url);
      await visitor.close();
    },
  );
});
