import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countLoaded } from '../../../scripts/browser.ts';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { type LivedInWithStacks, liveInWithStacks } from '../support/lived-in.ts';
import { everyPage } from './pages.ts';

const KIB = 1024;

describe.runIf(HAS_BROWSER)(
  'what the page is made of, to a browser that has seen nothing of it',
  { timeout: 120_000 },
  () => {
    let world: CloudWorld;
    let browser: Browser;
    let made: LivedInWithStacks;

    beforeAll(async () => {
      world = await startCloudWorld();
      made = await liveInWithStacks(world);
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await world.stop();
    });

    test('is under 250 KiB for the page to sign in on, over the wire', async () => {
      const context = await browser.newContext();
      expect(await loadedBytes(context, `${world.url}/login`)).toBeLessThan(250 * KIB);
      await context.close();
    });

    test('is under 400 KiB for every other page, over the wire', async () => {
      const heavy: string[] = [];
      for (const [name, path] of everyPage(made)) {
        const context = await browser.newContext();
        await context.request.post(`${world.url}/login`, { data: { user: 'admin', password: 'admin' } });
        const bytes = await loadedBytes(context, world.url + path);
        if (bytes > 400 * KIB) heavy.push(`${name}: ${Math.round(bytes / KIB)} KiB`);
        await context.close();
      }
      expect(heavy).toEqual([]);
    });
  },
);

async function loadedBytes(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  const loaded = countLoaded(page);
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  return loaded();
}
