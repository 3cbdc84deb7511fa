import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countLoaded } from '../../../scripts/browser.ts';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { type LivedInWithStacks, liveInWithStacks } from '../support/lived-in.ts';
import { visit } from '../support/visit.ts';
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
      const { visitor, loadedBy } = await forgetful();
      expect(await loadedBy('/login')).toBeLessThan(250 * KIB);
      await visitor.close();
    });

    test('is under 400 KiB for every other page, over the wire', async () => {
      const { visitor, loadedBy } = await forgetful();
      visitor.forgive(404);
      await visitor.signIn('admin', 'admin');
      const heavy: string[] = [];
      for (const [name, path] of everyPage(made)) {
        const bytes = await loadedBy(path);
        expect(bytes, name).toBeGreaterThan(0);
        if (bytes > 400 * KIB) heavy.push(`${name}: ${Math.round(bytes / KIB)} KiB`);
      }
      expect(heavy).toEqual([]);
      await visitor.close();
    });

    /** Somebody whose browser keeps nothing of what it has loaded. */
    async function forgetful() {
      const visitor = await visit(browser, world.url);
      const session = await visitor.browser.newCDPSession(visitor.page);
      await session.send('Network.enable');
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      const loaded = countLoaded(visitor.page);
      const loadedBy = async (path: string): Promise<number> => {
        const before = await loaded();
        await visitor.open(path);
        return (await loaded()) - before;
      };
      return { visitor, loadedBy };
    }
  },
);
