import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { type LivedInWithStacks, liveInWithStacks } from '../support/lived-in.ts';
import { visit } from '../support/visit.ts';
import { everyPage } from './pages.ts';

// What each page looks like, for a person to look through: kept as output of the run.
const PICTURES = process.env['LATCHKEY_TEST_PICTURES'] ?? 'test-output/pictures';
const WIDE = 1280;
const NARROW = 360;

describe.runIf(HAS_BROWSER)('every page', { timeout: 300_000 }, () => {
  let world: CloudWorld;
  let browser: Browser;
  let made: LivedInWithStacks;

  beforeAll(async () => {
    world = await startCloudWorld();
    made = await liveInWithStacks(world);
    browser = await launchBrowser();
    mkdirSync(PICTURES, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  // What axe judges by colour it finds at any width, and what it judges by width in any colours.
  test.each([
    ['dark', WIDE, NARROW],
    ['light', NARROW, WIDE],
  ] as const)(
    '%s: is accessible by the rules of axe %d wide, fits that window and one %d wide, and complains of nothing',
    async (scheme, width, other) => {
      const visitor = await visit(browser, world.url, { scheme, width, now: world.clock.now });
      const { page } = visitor;
      visitor.forgive(404);
      const faults: string[] = [];
      const see = async (name: string, path: string): Promise<void> => {
        await setWidth(page, width);
        await visitor.open(path);
        faults.push(...(await violationsOf(page)).map((violation) => `${name}: ${violation}`));
        for (const wide of [width, other]) {
          await setWidth(page, wide);
          const file = join(PICTURES, `${name}-${scheme}-${wide}.png`);
          await page.screenshot({ path: file, fullPage: true });
          if ((await overflowOf(page)) > 0) faults.push(`${name}: is wider than a window of ${wide}`);
        }
      };
      await see('sign-in', '/login');
      await visitor.signIn('admin', 'admin');
      for (const [name, path] of everyPage(made)) await see(name, path);
      expect(faults).toEqual([]);
      await visitor.close();
    },
  );
});

const setWidth = (page: Page, width: number): Promise<void> => page.setViewportSize({ width, height: 800 });

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const all = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return all.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
  });
}

/** By how much the page is wider than the window, once what slides to its place in a new width has come there. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const sliding = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(sliding.map(({ finished }) => finished));
    return document.documentElement.scrollWidth - window.innerWidth;
  });
}
