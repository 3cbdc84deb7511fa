import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_BROWSER, launchBrowser } from '../support/browser.ts';
import { type CloudWorld, startCloudWorld } from '../../../server/testing/cloud.ts';
import { type LivedInWithStacks, liveInWithStacks } from '../support/lived-in.ts';
import { visit, type Visitor } from '../support/visit.ts';
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

  test.each([
    ['dark', WIDE],
    ['light', WIDE],
    ['dark', NARROW],
    ['light', NARROW],
  ] as const)(
    '%s, %d wide: is accessible by the rules of axe, fits the window and complains of nothing',
    async (scheme, width) => {
      const visitor = await visit(browser, world.url, { scheme, width, now: world.clock.now });
      visitor.forgive(404);
      const faults: string[] = [];
      const see = async (name: string, path: string): Promise<void> => {
        await visitor.open(path);
        await visitor.page.screenshot({
          path: join(PICTURES, `${name}-${scheme}-${width}.png`),
          fullPage: true,
        });
        faults.push(...(await faultsOf(visitor, name)));
      };
      await see('sign-in', '/login');
      await visitor.signIn('admin', 'admin');
      for (const [name, path] of everyPage(made)) await see(name, path);
      expect(faults).toEqual([]);
      await visitor.close();
    },
  );
});

async function faultsOf({ page }: Visitor, name: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const all = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return all.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
  });
  const found = violations.map((violation) => `${name}: ${violation}`);
  return (await overflowOf(page)) > 0 ? [...found, `${name}: is wider than the window`] : found;
}

function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}
