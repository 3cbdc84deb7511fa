import { expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from './support/browser.ts';
import { startWorld } from '../../server/testing/world.ts';
import { visit } from './support/visit.ts';

test.runIf(HAS_BROWSER)(
  'the page works under a path of its own: signing in, going on, loading again',
  async () => {
    const world = await startWorld({
      server: { root_url: 'http://localhost/keys/', serve_from_sub_path: true },
    });
    const browser = await launchBrowser();
    const visitor = await visit(browser, `${world.url}/keys`);
    const { page } = visitor;
    await visitor.open('/org/teams');
    expect(new URL(page.url()).pathname).toBe('/keys/login');
    await page.getByLabel('Email or username').fill('admin');
    await page.getByRole('textbox', { name: 'Password' }).fill('admin');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Teams' }).waitFor();
    await page.getByRole('link', { name: 'Dashboards' }).click();
    await page.waitForURL(`${world.url}/keys/dashboards`);
    await page.reload();
    await page.getByRole('heading', { name: 'Dashboards' }).waitFor();
    await visitor.close();
    await browser.close();
    await world.stop();
  },
);
