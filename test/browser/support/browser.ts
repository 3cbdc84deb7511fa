import type { Browser } from 'playwright-core';
import { launchBrowser as launch } from '../../../scripts/browser.ts';

export { HAS_BROWSER } from '../../../scripts/browser.ts';

let shared: Promise<Browser> | undefined;

/**
 * The one Chromium of this test process, in which every person has cookies and a cache of their own. To close it closes nothing: it
 * ends with the process, since to start one takes longer than most tests.
 */
export function launchBrowser(): Promise<Browser> {
  shared ??= launch().then((browser) => Object.assign(browser, { close: () => Promise.resolve() }));
  return shared;
}
